import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import type { SessionView } from '../../src/contract/index.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import type { Installation } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { median, type Row, ratio } from './statistics.ts';
import { flood } from './terminal.ts';

const client = fileURLToPath(new URL('./terminal-client.ts', import.meta.url));
const MARKER = 'the-last-line-of-it';
const mb = (rate: number) => `${(rate / 1e6).toFixed(1)} MB/s`;

/** Opens a session with a program in Claude Code's place: a flood after Enter, then the marker, then nothing. */
async function openFlood(agent: AgentConnection, own: Installation, stay: boolean): Promise<SessionView> {
  return agent.call('sessions.openWith', {
    profile: 'sandbox',
    cwd: own.home,
    args: [],
    env: { PATH: process.env.PATH ?? '', HOME: own.home, STAY: stay ? '1' : '' },
  });
}

/** Bytes per second from Enter until an attached client in a process of its own has all of it. */
async function toClient(agent: AgentConnection, id: string): Promise<number> {
  const { ticket, socket } = await agent.call('sessions.attach', { id });
  const child = fork(client, { execPath: pinnedNode, execArgv: [] });
  try {
    child.send({ socket, ticket });
    const [answer] = (await once(child, 'message', { signal: AbortSignal.timeout(120_000) })) as [
      { rate: number },
    ];
    return answer.rate;
  } finally {
    child.kill();
  }
}

/** Milliseconds, by the page's own clock, from the key until the marker stands in the terminal. */
async function toPage(page: Page, bytes: number): Promise<number> {
  await page.locator('.terminal-host:visible[data-state=live]').waitFor();
  await page.locator('.terminal-host:visible').click();
  // In place before the key is pressed: neither waits for the other by itself.
  const taken = await page.evaluateHandle((marker) => {
    let from = 0;
    addEventListener(
      'keydown',
      () => {
        from = performance.now();
      },
      { capture: true, once: true },
    );
    const drawn = new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        const hosts = [...document.querySelectorAll<HTMLElement>('.terminal-host')];
        const host = hosts.find((one) => one.offsetParent !== null);
        if (from === 0 || !host?.textContent?.includes(marker)) return;
        observer.disconnect();
        resolve(performance.now() - from);
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    // In an object, so that it is not waited for yet.
    return { drawn };
  }, MARKER);
  await page.keyboard.press('Enter');
  // A tenth of a megabyte a second at the least, however busy the machine is.
  const seconds = 60 + bytes / 100_000;
  const late = new Promise<never>((_, reject) => {
    const words = `the last line did not come to the page within ${seconds} s`;
    setTimeout(() => reject(new Error(words)), seconds * 1000).unref();
  });
  return Promise.race([taken.evaluate(({ drawn }) => drawn), late]);
}

/** From the pty through the page server to xterm in Chromium, until the last marker is on the screen. */
export async function benchPage(
  own: Installation,
  agent: AgentConnection,
  { bytes, rounds }: { bytes: number; rounds: number },
): Promise<Row[]> {
  const what = 'terminal: pty to page, until drawn (median)';
  if (!hasChromium()) return [{ what, figure: '-', against: 'not measured: Chromium is not installed' }];
  const bin = join(own.home, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = join(bin, 'claude');
  writeFileSync(
    program,
    `#!/bin/sh\n[ "$1" = --version ] && exec echo 1.0.0\nread -r go\n${flood(bytes)}\nprintf '${MARKER}'\n[ -z "$STAY" ] || sleep 600\n`,
  );
  chmodSync(program, 0o755);
  const before = await agent.call('settings.get', {});
  await agent.call('settings.set', {
    claudePath: program,
    terminal: { ...before.terminal, renderer: 'dom' },
  });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const rates = { page: [] as number[], attached: [] as number[] };
  try {
    for (let round = 0; round < rounds; round++) {
      const alone = await openFlood(agent, own, false);
      rates.attached.push(await toClient(agent, alone.id));
      await agent.call('sessions.remove', { id: alone.id }).catch(() => undefined);

      const shown = await openFlood(agent, own, true);
      const page = await browser.newPage({ viewport: { width: 1080, height: 720 }, locale: 'en-US' });
      page.setDefaultTimeout(30_000);
      const { stdout } = await own.run(['open', '--page']);
      await page.goto(stdout.trim().split('\n').at(-1) ?? '');
      await page.evaluate((hash) => location.assign(hash), `#/sessions/${shown.id}`);
      rates.page.push((bytes / (await toPage(page, bytes))) * 1000);
      await page.close();
      await agent.call('sessions.kill', { id: shown.id });
    }
  } finally {
    await browser.close();
  }
  const [page, attached] = [median(rates.page), median(rates.attached)];
  return [
    {
      what,
      figure: mb(page),
      against: `attached client, same sessions: ${mb(attached)}, ratio ${ratio(page, attached)}`,
    },
  ];
}
