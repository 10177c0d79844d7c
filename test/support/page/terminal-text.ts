import type { Page } from 'playwright';

/** What the shown terminal has on its screen (the DOM renderer's rows). */
export function terminalText(page: Page): Promise<string> {
  return page
    .locator('.terminal-host:visible .xterm-rows > div')
    .allTextContents()
    .then((rows) =>
      rows
        .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
        .join('\n')
        .trimEnd(),
    );
}

/** Waits until the screen shows a text; answers the whole screen. Line breaks and frames in between do not matter. */
export async function terminalShows(
  page: Page,
  wanted: string | RegExp,
  timeoutMs = 30_000,
): Promise<string> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = await terminalText(page);
    const found = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    if (found) return text;
    if (Date.now() > deadline) throw new Error(`the terminal did not show ${wanted}; it shows:\n${text}`);
    await page.waitForTimeout(100);
  }
}

/** The screen once nothing has changed on it for a while: what a program still had to say has been said. */
export async function terminalSettled(page: Page, quietMs = 1_500, timeoutMs = 30_000): Promise<string> {
  const deadline = Date.now() + timeoutMs;
  let text = await terminalText(page);
  for (let since = Date.now(); Date.now() - since < quietMs; ) {
    if (Date.now() > deadline) throw new Error(`the terminal goes on changing; it shows:\n${text}`);
    await page.waitForTimeout(100);
    const now = await terminalText(page);
    if (now === text) continue;
    text = now;
    since = Date.now();
  }
  return text;
}
