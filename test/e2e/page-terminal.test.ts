import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CDPSession, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/index.ts';
import { Settings } from '../../src/contract/settings.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import {
  expectAccessible,
  goTo,
  PageHarness,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import { terminalShows, terminalText } from '../support/page/terminal-text.ts';
import type { TestTerminal } from '../support/pty-host.ts';
import { everyTrick, hostileBytes } from '../support/terminal/hostile-bytes.ts';

/** Shows what it is typed, with control characters as ^X. */
const TYPED = 'stty raw -echo; printf ready; exec cat -v';
const terminal = (more: Partial<Settings['terminal']>): Partial<Snapshot> => ({
  settings: Settings.parse({ terminal: { renderer: 'dom', ...more } }),
});

describe.skipIf(!hasChromium())('a terminal of the page in Chromium (needs Debian’s chromium)', () => {
  let pages: PageHarness;
  beforeAll(async () => {
    pages = await PageHarness.start();
  });
  afterAll(() => pages?.[Symbol.asyncDispose]());

  interface Shown {
    page: Page;
    agent: FakeAgent;
    id: string;
    /** What another terminal on the session sees. */
    other: TestTerminal;
    /** Types, as the program would get it from somewhere else. */
    host: ReturnType<Page['locator']>;
  }

  /** A page on a session that runs `script`, with the keyboard in its terminal. */
  const withTerminal = (
    script: string,
    use: (shown: Shown) => Promise<void>,
    settings: Partial<Settings['terminal']> = {},
    session: Parameters<FakeAgent['open']>[0] = {},
  ): Promise<void> =>
    pages.withPage(ready(terminal(settings)), async (page, agent) => {
      const { id } = await agent.open({ name: 'billing', ...session }, script);
      await goTo(page, `#/sessions/${id}`);
      await terminalLive(page);
      const other = await agent.host.attach(id, { cols: 80, rows: 24 });
      await other.live();
      const host = page.locator('.terminal-host:visible');
      await host.locator('.xterm-helper-textarea').focus();
      await use({ page, agent, id, other, host });
    });

  /** Reads the shown terminal's xterm.js, however it is drawn. */
  const inTerminal = <T>(page: Page, read: string): Promise<T> =>
    page.evaluate(`((t) => ${read})(
      [...document.querySelectorAll('.terminal-host')].find((h) => h.offsetParent !== null).terminal)`);

  /** Middle of the cell in which a text begins on the screen. */
  async function cellOf(page: Page, text: string, offset = 1): Promise<{ x: number; y: number }> {
    const rows = (await terminalText(page)).split('\n');
    const row = rows.findIndex((r) => r.includes(text));
    const column = (rows[row] ?? '').indexOf(text) + offset;
    const box = await page.locator('.terminal-host:visible .xterm-screen').boundingBox();
    const [cols, lines] = await inTerminal<[number, number]>(page, '[t.cols, t.rows]');
    if (!box || row < 0) throw new Error(`${text} is not on the screen`);
    return { x: box.x + ((column + 0.5) * box.width) / cols, y: box.y + ((row + 0.5) * box.height) / lines };
  }

  async function compose(cdp: CDPSession, text: string): Promise<void> {
    await cdp.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }

  test('Chinese and Japanese come in through the input method, whose window is at the cursor', async () => {
    await withTerminal(`stty raw -echo; printf 'ready\\033[5;20H'; exec cat`, async ({ page, other }) => {
      const cdp = await page.context().newCDPSession(page);
      await terminalShows(page, 'ready');
      await compose(cdp, 'ni');
      await compose(cdp, 'ni hao');
      const view = page.locator('.terminal-host:visible .composition-view.active');
      await view.waitFor();
      expect(await view.textContent()).toContain('ni hao');
      await shot(page, 'terminal-ime');
      // xterm.js puts both there a moment after it has shown them.
      const away = () =>
        inTerminal<number>(
          page,
          `(() => { const s = t.element.querySelector('.xterm-screen').getBoundingClientRect();
            const at = { x: s.x + (19 * s.width) / t.cols, y: s.y + (4 * s.height) / t.rows };
            const boxes = ['.composition-view', '.xterm-helper-textarea']
              .map((name) => t.element.querySelector(name).getBoundingClientRect());
            return Math.max(...boxes.flatMap((b) => [Math.abs(b.x - at.x), Math.abs(b.y - at.y)])); })()`,
        );
      await expect.poll(away).toBeLessThan(3);
      expect(other.text).not.toContain('ni');
      await cdp.send('Input.insertText', { text: '你好' });
      await other.shows('你好');
      // かんじ becomes 漢字; Enter ends the composition and is no key for the program.
      await compose(cdp, 'かんじ');
      await compose(cdp, '漢字');
      await cdp.send('Input.dispatchKeyEvent', {
        type: 'rawKeyDown',
        key: 'Process',
        windowsVirtualKeyCode: 229,
      });
      await cdp.send('Input.insertText', { text: '漢字' });
      await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', windowsVirtualKeyCode: 13 });
      await page.keyboard.type('!');
      await other.shows('漢字!');
      expect(other.text.replace(/.*ready/s, '').replace(/^\x1b\[5;20H/, '')).toBe('你好漢字!');
      await shot(page, 'terminal-ime-done');
    });
  });

  test('keys reach the program as the kitty protocol has them; the page’s own chords do not', async () => {
    await withTerminal(`stty raw -echo; printf '\\033[>3uready'; exec cat -v`, async ({ page, other }) => {
      await terminalShows(page, 'ready');
      const since = (): string => other.text.replace(/.*ready/s, '');
      await page.keyboard.press('Shift+Enter');
      await other.shows('^[[13;2u');
      await page.keyboard.press('Control+c');
      await other.shows('^[[99;5u');
      await page.keyboard.press('Escape');
      await other.shows(/\^\[\[27u|\^\[\[27;1u|\^\[\[27;1:1u/);
      const before = since().length;
      // Neither the press nor the release of a chord of the page, nor anything with Super or Command.
      for (const chord of ['Control+f', 'Meta+j', 'Control+Shift+K', 'Control+Shift+A', 'Shift+PageUp']) {
        await page.keyboard.press(chord);
        await page.locator('.terminal-host:visible .xterm-helper-textarea').focus();
      }
      await page.keyboard.press('x');
      await other.shows(/x/);
      expect(
        since()
          .slice(before)
          .replace(/\^\[\[(57441|57442|57444|57447|57448);[\d:]+u/g, ''),
      ).toMatch(/^(\^\[\[27;1:3u)?x(\^\[\[120;1:3u)?$/);
    });
  });

  test('a paste cannot leave its brackets; an image is asked for; a drop without a path is explained', async () => {
    await withTerminal(`printf '\\033[?2004h'; ${TYPED}`, async ({ page, other, host }) => {
      await terminalShows(page, 'ready');
      await page.evaluate(() => navigator.clipboard.writeText('a\u001b[201~\rrm -rf x\u009b201~中'));
      await page.keyboard.press('Control+v');
      await other.shows('^[[201~');
      expect(other.text.match(/\^\[\[201~/g)).toHaveLength(1);
      expect(other.text).toMatch(/\^\[\[200~a\[201~\^Mrm -rf x201~.*\^\[\[201~/s);
      // A real image on the real clipboard.
      await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(4, 4);
        canvas.getContext('2d')?.fillRect(0, 0, 4, 4);
        const blob = await canvas.convertToBlob({ type: 'image/png' });
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
      });
      await page.keyboard.press('Control+v');
      await other.shows('^V');
      await host.evaluate((element) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'shot.png', { type: 'image/png' }));
        element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      });
      await page.getByText('A browser does not say where a dropped file lies.', { exact: false }).waitFor();
      await host.evaluate((element) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.setData('text/plain', 'dropped\u001b[201~words');
        element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      });
      await other.shows('dropped[201~words^[[201~');
    });
  });

  test('links: files open in the editor, addresses after a look at them, nothing else at all', async () => {
    const script =
      "printf 'error in src/pay.ts:12:5 and gone.ts\\r\\n⏺ Update(docs/my notes.md)\\r\\nhttps://example.com/docs ok\\r\\n\\033]8;;https://evil.example/%%61?x=1\\033\\\\click me\\033]8;;\\033\\\\ \\033]8;;javascript:alert(1)\\033\\\\script\\033]8;;\\033\\\\ \\033]8;;file:///etc/passwd\\033\\\\local\\033]8;;\\033\\\\\\r\\nready'; exec cat";
    await withTerminal(script, async ({ page, agent, id }) => {
      agent.files.add('src/pay.ts').add('docs/my notes.md');
      await terminalShows(page, 'ready');
      await page.evaluate(() => {
        const opened: string[] = [];
        Object.assign(window, { opened });
        window.open = (address) => {
          opened.push(String(address));
          return null;
        };
      });
      const opened = (): Promise<string[]> =>
        page.evaluate(() => (window as unknown as { opened: string[] }).opened);
      const point = async (text: string): Promise<void> => {
        const { x, y } = await cellOf(page, text);
        await page.mouse.move(x, y + 40);
        await page.mouse.move(x, y);
      };
      /** `link` is said of it once it is one, which for a file the agent is asked first. */
      const press = async (text: string, link: string | null, chord = true): Promise<void> => {
        await point(text);
        if (link) await page.locator('.terminal-address').getByText(link).waitFor();
        if (chord) await page.keyboard.down('Control');
        const { x, y } = await cellOf(page, text);
        await page.mouse.click(x, y);
        if (chord) await page.keyboard.up('Control');
      };
      const from = performance.now();
      await point('src/pay.ts');
      await page.locator('.terminal-address').getByText('src/pay.ts:12:5').waitFor();
      await shot(page, 'terminal-link');
      await press('src/pay.ts', 'src/pay.ts:12:5', false);
      expect(agent.inputs('files.open')).toEqual([]);
      await press('src/pay.ts', 'src/pay.ts:12:5');
      await expect
        .poll(() => agent.inputs('files.open'))
        .toEqual([{ session: id, path: 'src/pay.ts', line: 12, column: 5 }]);
      // Asked for the line under the pointer, once in the 5 s for which an answer is good.
      const asks = agent.inputs('files.resolve').filter((i) => i.paths.includes('src/pay.ts')).length;
      expect(asks).toBeGreaterThan(0);
      expect(asks).toBeLessThanOrEqual(1 + Math.floor((performance.now() - from) / 5_000));
      await press('docs/my notes.md', 'docs/my notes.md');
      await expect
        .poll(() => agent.inputs('files.open')[1])
        .toEqual({ session: id, path: 'docs/my notes.md' });
      await press('gone.ts', null);
      await press('https://example.com', 'https://example.com/docs');
      await expect.poll(opened).toEqual(['https://example.com/docs']);
      // What a program hides behind other words is shown whole first.
      await press('click me', 'https://evil.example/%61?x=1');
      const question = page.getByRole('alertdialog', { name: 'Open this address?' });
      await question.getByText('https://evil.example/%61?x=1').waitFor();
      await expectAccessible(page);
      await shot(page, 'terminal-link-asked');
      await page.keyboard.press('Escape');
      expect(await opened()).toHaveLength(1);
      await question.waitFor({ state: 'detached' });
      await press('script', null);
      await press('local', null);
      await press('click me', 'https://evil.example/%61?x=1');
      await question.getByRole('button', { name: 'Open', exact: true }).click();
      await expect.poll(opened).toEqual(['https://example.com/docs', 'https://evil.example/%61?x=1']);
      expect(agent.inputs('files.open')).toHaveLength(2);
      // With the keyboard alone.
      await page.locator('.terminal-host:visible .xterm-helper-textarea').focus();
      await page.keyboard.press('Control+Shift+G');
      const list = page.getByRole('region', { name: 'Links' });
      await list.getByText('3 links on the screen').waitFor();
      await shot(page, 'terminal-links');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.inputs('files.open')).toHaveLength(3);
      expect(agent.inputs('files.open')[2]).toEqual({ session: id, path: 'src/pay.ts', line: 12, column: 5 });
    });
  });

  test('links open also while a program has the mouse', async () => {
    const script =
      "stty raw -echo; printf '\\033[?1049h\\033[?1003h\\033[?1006h\\033[Hsee src/pay.ts:3 here'; exec cat -v > typed";
    await withTerminal(script, async ({ page, agent }) => {
      agent.files.add('src/pay.ts');
      await terminalShows(page, 'here');
      const { x, y } = await cellOf(page, 'src/pay.ts');
      await page.mouse.move(x, y + 60);
      await page.mouse.move(x, y);
      await page.getByText('src/pay.ts:3').and(page.locator('.terminal-hint')).waitFor();
      await page.keyboard.down('Control');
      await page.mouse.click(x, y);
      await page.keyboard.up('Control');
      await expect.poll(() => agent.inputs('files.open').length).toBe(1);
    });
  });

  test('OSC 52: a person decides by name and first words; never read; by setting always or never', async () => {
    const wish = (text: string): string => `printf '\\033]52;c;${Buffer.from(text).toString('base64')}\\a'`;
    const ask = `stty raw -echo; printf ready; head -c1 >/dev/null; ${wish('剪贴板 from the program')}; printf '\\033]52;c;?\\a asked'; head -c1 >/dev/null; ${wish('second')}; exec cat -v`;
    const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await withTerminal(ask, async ({ page, other, id, agent }) => {
      await terminalShows(page, 'ready');
      await page.evaluate(() => navigator.clipboard.writeText('before'));
      await page.keyboard.press('a');
      const notice = page.getByRole('alert').filter({ hasText: 'billing' });
      await notice.getByText('剪贴板 from the program').waitFor();
      expect(await clipboard(page)).toBe('before');
      await expectAccessible(page);
      await shot(page, 'terminal-clipboard');
      await notice.getByRole('button', { name: 'Copy', exact: true }).click();
      await notice.waitFor({ state: 'detached' });
      await expect.poll(() => clipboard(page)).toBe('剪贴板 from the program');
      await page.keyboard.press('b');
      await notice.getByText('second').waitFor();
      await notice.getByRole('button', { name: 'Do not copy' }).click();
      await page.keyboard.type('end');
      await other.shows('end');
      expect(await clipboard(page)).toBe('剪贴板 from the program');
      // The question for what is on it got no answer.
      expect(other.text).not.toContain('^[]52');
      // Drawn again, nobody is asked again.
      await goTo(page, '#/overview');
      await page.getByRole('main', { name: 'Overview' }).waitFor();
      await goTo(page, `#/sessions/${id}`);
      await terminalLive(page);
      await terminalShows(page, 'end');
      await expect.poll(() => notice.count()).toBe(0);
      expect(agent.calls.map((c) => c.name).filter((n) => n.startsWith('files'))).toEqual([]);
    });
    // By setting, while the same terminal is open: always, never.
    const wishes = `stty raw -echo; printf ready; head -c1 >/dev/null; ${wish('by itself 中')}; printf one; head -c1 >/dev/null; ${wish('refused')}; printf two; exec cat`;
    await withTerminal(
      wishes,
      async ({ page, agent }) => {
        await terminalShows(page, 'ready');
        await page.evaluate(() => navigator.clipboard.writeText('before'));
        await page.keyboard.press('a');
        await terminalShows(page, 'one');
        await expect.poll(() => clipboard(page)).toBe('by itself 中');
        agent.set(terminal({ clipboardWrite: 'deny', theme: 'dark' }));
        await expect.poll(() => inTerminal(page, 't.options.theme.background')).toBe('#141518');
        await page.keyboard.press('b');
        await terminalShows(page, 'two');
        expect(await clipboard(page)).toBe('by itself 中');
        expect(await page.getByRole('alert').count()).toBe(0);
      },
      { clipboardWrite: 'allow' },
    );
  });

  test('find: in the scrollback, and in the conversation where a program draws the whole screen', async () => {
    const conversation = '7f3c1f5e-9d3a-4c60-8f0e-3f6a3b1f2d11';
    const script =
      'i=0; while [ $i -lt 80 ]; do echo "line $i of the log"; i=$((i+1)); done; printf ready; head -c1 >/dev/null; printf \'\\033[?1049h\\033[Hwhole screen\'; exec cat';
    await withTerminal(
      `stty raw -echo opost onlcr; ${script}`,
      async ({ page, agent }) => {
        agent.found = {
          matches: [
            { role: 'user', at: Date.now() - 60_000, text: 'Which invoice is wrong?', matches: [[6, 13]] },
            {
              role: 'assistant',
              at: Date.now(),
              text: 'The invoice\n  of line 3 of the log.',
              matches: [[4, 11]],
            },
          ],
          more: false,
        };
        await terminalShows(page, 'ready');
        await page.keyboard.press('Control+f');
        const find = page.getByRole('searchbox', { name: 'Find' });
        await find.fill('line 7 of');
        await page.getByText('1 of 1').waitFor();
        await terminalShows(page, 'line 7 of');
        await page.getByRole('button', { name: 'To the latest output' }).waitFor();
        await page.getByRole('button', { name: 'Conversation', exact: true }).click();
        await page.getByText('2 places').waitFor();
        expect(agent.inputs('history.find').at(-1)).toEqual({ conversation, text: 'line 7 of' });
        await expectAccessible(page);
        await shot(page, 'terminal-find-conversation');
        await page.keyboard.press('Escape');
        await page.keyboard.press('x');
        await terminalShows(page, 'whole screen');
        await page.keyboard.press('Control+f');
        await find.fill('发票');
        // Two characters, asked of the agent at once: the grid has no past.
        await expect.poll(() => agent.inputs('history.find').at(-1)?.text).toBe('发票');
        await page.locator('mark').getByText('invoice').first().waitFor();
      },
      {},
      { conversation, hasTranscript: true },
    );
  });

  test('high contrast: every colour on its ground, and no serious finding', async () => {
    const script =
      'for n in 0 1 2 3 4 5 6 7; do printf "\\033[3%smcolour\\033[9%smbright\\033[0m " $n $n; done; printf \'\\033[38;2;40;40;40mdim24\\033[0m \\033[2mfaint\\033[0m ready\'; exec cat';
    await withTerminal(
      script,
      async ({ page }) => {
        await terminalShows(page, 'ready');
        const worst = () =>
          page.evaluate(() => {
            const luminance = (colour: string): number => {
              const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((c) => {
                const n = Number(c) / 255;
                return n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4;
              });
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const spans = [...document.querySelectorAll<HTMLElement>('.terminal-host .xterm-rows span')];
            return Math.min(
              ...spans
                .filter((s) => /colour|bright|dim24|faint|ready/.test(s.textContent ?? ''))
                // Without opacity: `rgb()`, not `rgba()`.
                .map((s) => getComputedStyle(s).color)
                .map((c) => (c.startsWith('rgb(') ? (luminance(c) + 0.05) / 0.05 : 0)),
            );
          });
        await expect.poll(worst).toBeGreaterThanOrEqual(7);
        expect(await inTerminal(page, 't.options.theme.background')).toBe('#000000');
        await expectAccessible(page, 'contrast');
        await shot(page, 'terminal-high-contrast');
      },
      { theme: 'high-contrast' },
    );
  });

  test('a screen reader gets the lines, new output and the name of the terminal', async () => {
    await withTerminal(
      TYPED,
      async ({ page }) => {
        await terminalShows(page, 'ready');
        const tree = page.locator('.terminal-host:visible .xterm-accessibility-tree');
        await tree.getByText('ready').waitFor();
        await page.keyboard.type('spoken words');
        await tree.getByText('spoken words').waitFor();
        await page.getByRole('textbox', { name: 'Terminal of billing' }).waitFor();
        await expectAccessible(page);
      },
      { screenReader: true },
    );
  });

  test('synchronized output is drawn in one piece', async () => {
    // Long enough for a frame, and far from the second after which xterm.js draws all the same.
    const script =
      "printf ready; head -c1 >/dev/null; printf '\\033[?2026h\\033[H\\033[2Jhalf'; sleep 0.15; printf ' and whole\\033[?2026l'; exec cat";
    await withTerminal(`stty raw -echo; ${script}`, async ({ page }) => {
      await terminalShows(page, 'ready');
      await page.evaluate(() => {
        const seen = new Set<string>();
        Object.assign(window, { seen });
        const rows = document.querySelector('.terminal-host .xterm-rows');
        new MutationObserver(() => seen.add(rows?.firstElementChild?.textContent?.trim() ?? '')).observe(
          rows as Element,
          { childList: true, subtree: true, characterData: true },
        );
      });
      await page.keyboard.press('a');
      await terminalShows(page, 'half and whole');
      const seen = await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
      expect(seen.map((s) => s.replaceAll('\u00a0', ' '))).not.toContain('half');
    });
  });

  test('who reads earlier output stays there while more comes, also when a program clears inside a frame', async () => {
    const script =
      'i=0; while [ $i -lt 200 ]; do echo "line $i"; i=$((i+1)); done; printf ready; head -c1 >/dev/null; n=0; while [ $n -lt 20 ]; do printf \'\\033[?2026h\\033[2J\\033[Hframe %s\\r\\nmore\\r\\n\\033[?2026l\' $n; n=$((n+1)); done; i=0; while [ $i -lt 50 ]; do echo "late $i"; i=$((i+1)); done; printf finished; exec cat';
    await withTerminal(`stty raw -echo opost onlcr; ${script}`, async ({ page, other }) => {
      await terminalShows(page, 'ready');
      await page.keyboard.press('Shift+PageUp');
      await page.keyboard.press('Shift+PageUp');
      const toLatest = page.getByRole('button', { name: 'To the latest output' });
      await toLatest.waitFor();
      const top = await inTerminal<string>(
        page,
        't.buffer.active.getLine(t.buffer.active.viewportY).translateToString(true)',
      );
      expect(top).toMatch(/^line \d+$/);
      // Typed elsewhere: the person here goes on reading.
      other.connection.input('a');
      await other.shows('finished');
      await expect
        .poll(() =>
          inTerminal<string>(
            page,
            '(() => { let s = ""; for (let y = 0; y < t.buffer.active.length; y++) s += t.buffer.active.getLine(y).translateToString(true); return s.slice(-200); })()',
          ),
        )
        .toContain('finished');
      expect(
        await inTerminal<string>(
          page,
          't.buffer.active.getLine(t.buffer.active.viewportY).translateToString(true)',
        ),
      ).toBe(top);
      await shot(page, 'terminal-scrolled');
      await toLatest.click();
      await terminalShows(page, 'finished');
      await toLatest.waitFor({ state: 'detached' });
    });
  });

  test('a bell is a mark; clear, select all, copy on select and larger characters', async () => {
    await withTerminal(
      `printf 'old\\r\\nmarked words\\r\\n'; ${TYPED}`,
      async ({ page, agent }) => {
        await terminalShows(page, 'ready');
        const { x, y } = await cellOf(page, 'marked words', 0);
        await page.mouse.dblclick(x + 4, y);
        await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('marked');
        await page.keyboard.press('Control+Shift+A');
        await expect.poll(() => inTerminal<string>(page, 't.getSelection()')).toContain('old');
        const size = await inTerminal<number>(page, 't.options.fontSize');
        await page.keyboard.press('Control+=');
        await page.keyboard.press('Control+=');
        await expect.poll(() => inTerminal<number>(page, 't.options.fontSize')).toBe(size + 2);
        await expect
          .poll(() => agent.inputs('settings.set').at(-1)?.terminal)
          .toMatchObject({ fontSize: size + 2, copyOnSelect: true });
        await page.keyboard.press('Control+0');
        await expect.poll(() => inTerminal<number>(page, 't.options.fontSize')).toBe(13);
        await page.keyboard.press('Control+Shift+K');
        await expect.poll(() => terminalText(page)).not.toContain('old');
      },
      { copyOnSelect: true },
    );
    await withTerminal(
      "printf 'ready'; sleep 0.3; read x; printf '\\a rang'; exec cat",
      async ({ page, other }) => {
        await terminalShows(page, 'ready');
        await page.keyboard.press('Control+Shift+L');
        other.connection.input('\r');
        await terminalShows(page, 'rang');
        await page.getByText('Bell', { exact: true }).waitFor();
        await shot(page, 'terminal-bell');
        await page.locator('.terminal-host:visible .xterm-helper-textarea').focus();
        await page.getByText('Bell', { exact: true }).waitFor({ state: 'detached' });
      },
    );
  });

  test('what is hidden keeps its size; what is shown again is drawn anew', async () => {
    await withTerminal(TYPED, async ({ page, agent, id }) => {
      // The other terminal of the test came last; the one that is worked in takes its size back.
      await page.keyboard.press('a');
      await expect.poll(() => agent.host.ptys.get(id)?.rows).not.toBe(24);
      const shown = await agent.open({ name: 'beside' }, TYPED);
      const before = agent.host.ptys.get(id);
      await goTo(page, `#/sessions/${shown.id}`);
      // Not the terminal that is still shown: the other one, which has the same room.
      await page.locator(`#pane-${shown.id} .terminal-host[data-state=live]:visible`).waitFor();
      await expect.poll(() => agent.host.ptys.get(shown.id)?.rows).toBe(before?.rows);
      await page.setViewportSize({ width: 900, height: 600 });
      await expect.poll(() => agent.host.ptys.get(shown.id)?.rows).not.toBe(before?.rows);
      const { cols, rows } = agent.host.ptys.get(id) ?? {};
      expect([cols, rows]).toEqual([before?.cols, before?.rows]);
      await page.setViewportSize({ width: 1200, height: 800 });
    });
  });

  test('a terminal elsewhere that is worked in keeps its size, whatever news the page gets', async () => {
    await withTerminal(TYPED, async ({ page, agent, id, other }) => {
      await page.keyboard.press('a');
      // A key that comes later than the other's would take the size again.
      await other.shows(/readya/);
      await expect.poll(() => agent.host.ptys.get(id)?.rows).not.toBe(24);
      other.connection.input('x');
      await expect.poll(() => agent.host.ptys.get(id)?.rows).toBe(24);
      agent.changeSession(id, { name: 'renamed' });
      await page.getByRole('heading', { name: 'renamed' }).waitFor();
      // Longer than a size settles in the page: nothing follows that could be waited for.
      await page.waitForTimeout(400);
      expect(agent.host.ptys.get(id)).toMatchObject({ cols: 80, rows: 24 });
    });
  });

  test('WebGL draws where it can, and only what is shown; colours are answered once', async () => {
    const script =
      "stty raw -echo; printf 'a => b != c\\r\\nready'; head -c1 >/dev/null; printf '\\033]11;?\\033\\\\\\033]10;?\\033\\\\\\033[c'; exec cat -v";
    await withTerminal(
      script,
      async ({ page, agent, other, host, id }) => {
        await expect
          .poll(() => inTerminal<string>(page, 't.buffer.active.getLine(1).translateToString(true)'))
          .toBe('ready');
        await expect.poll(() => host.getAttribute('data-renderer')).toBe('webgl');
        // Left to itself it does not draw by a WebGL that software plays.
        const software = await page.evaluate(() => {
          const gl = document.createElement('canvas').getContext('webgl2');
          const name = gl?.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? 0;
          return /SwiftShader|llvmpipe/.test(String(gl?.getParameter(name)));
        });
        agent.set(terminal({ renderer: 'auto' }));
        await expect.poll(() => host.getAttribute('data-renderer')).toBe(software ? 'dom' : 'webgl');
        agent.set(terminal({ renderer: 'webgl' }));
        await expect.poll(() => host.getAttribute('data-renderer')).toBe('webgl');
        const second = await agent.host.attach(id);
        await second.live();
        await shot(page, 'terminal-webgl');
        await page.keyboard.press('a');
        await other.shows(/\^\[\[\?[\d;]+c/);
        expect(other.text.match(/\^\[\]11;rgb:/g)).toHaveLength(1);
        expect(other.text.match(/\^\[\]10;rgb:/g)).toHaveLength(1);
        expect(other.text.match(/\^\[\[\?[\d;]+c/g)).toHaveLength(1);
        // The colours of the theme that is shown.
        expect(other.text).toContain('^[]11;rgb:fbfb/fafa/f8f8');
        // Hidden, it holds no graphics context.
        await goTo(page, '#/overview');
        await page.getByRole('main', { name: 'Overview' }).waitFor();
        await expect.poll(() => page.locator('.terminal-host[data-renderer=webgl]').count()).toBe(0);
      },
      { renderer: 'webgl' },
    );
  });

  test('ligatures are a wish, which changes what is shown at once', async () => {
    await withTerminal("printf 'a => b != c\\r\\nready'; exec cat", async ({ page, agent, host }) => {
      await terminalShows(page, 'ready');
      for (const ligatures of [false, true, false]) {
        agent.set(terminal({ ligatures }));
        await expect.poll(() => host.getAttribute('data-ligatures')).toBe(ligatures ? 'on' : 'off');
        const rows = page.locator('.terminal-host:visible .xterm-rows');
        await expect
          .poll(() => rows.evaluate((e) => getComputedStyle(e).fontVariantLigatures))
          .toBe(ligatures ? 'normal' : 'none');
        await terminalShows(page, 'a => b != c');
      }
    });
  });

  test('hostile bytes do nothing outside of the terminal', async () => {
    for (const clipboardWrite of process.env.CI ? (['ask', 'deny'] as const) : (['ask'] as const)) {
      await pages.withPage(ready(terminal({ clipboardWrite })), async (page, agent) => {
        const file = join(agent.host.folder, `tricks-${clipboardWrite}`);
        // A cancel (CAN) after each, so that none hides the next.
        const more = fc.sample(hostileBytes, { seed: 21, numRuns: process.env.CI ? 150 : 40 });
        await writeFile(file, Buffer.concat([everyTrick, ...more.flatMap((b) => [b, Buffer.from('\x18')])]));
        const { id } = await agent.open(
          { name: 'tricks' },
          `stty raw -echo -opost; printf ready; head -c1 >/dev/null; cat '${file}'; printf '\\030\\033c\\033[Hthe end'; exec sleep 600`,
        );
        await goTo(page, `#/sessions/${id}`);
        await terminalLive(page);
        await terminalShows(page, 'ready');
        await page.evaluate(() => {
          const done: string[] = [];
          Object.assign(window, { done });
          const spy = (target: object, name: string): void => {
            Object.defineProperty(target, name, { value: () => done.push(name), configurable: true });
          };
          for (const name of ['open', 'alert', 'prompt', 'confirm', 'print', 'postMessage', 'Notification'])
            spy(window, name);
          for (const name of ['readText', 'read', 'writeText', 'write']) spy(navigator.clipboard, name);
          for (const name of ['pushState', 'replaceState']) spy(history, name);
          spy(document, 'execCommand');
          spy(Document.prototype, 'write');
          spy(HTMLAnchorElement.prototype, 'click');
          spy(window, 'fetch');
          navigator.sendBeacon = () => done.push('sendBeacon') > 0;
          addEventListener('hashchange', () => done.push('hashchange'));
          document.addEventListener('securitypolicyviolation', (e) => done.push(e.violatedDirective));
        });
        const requests: string[] = [];
        const count = (request: { url(): string }): void => void requests.push(request.url());
        page.on('request', count);
        page.on('download', count as never);
        const [title, address] = [await page.title(), page.url()];
        const calls = agent.calls.length;
        await page.locator('.terminal-host:visible .xterm-helper-textarea').focus();
        await page.keyboard.press('a');
        await terminalShows(page, 'the end');
        // Nor when somebody points and clicks around in it.
        const box = await page.locator('.terminal-host:visible').boundingBox();
        for (let n = 0; box && n < 12; n++)
          await page.mouse.click(box.x + (box.width * (n + 1)) / 14, box.y + (box.height * (n + 1)) / 14);
        expect(await page.evaluate(() => (window as unknown as { done: string[] }).done)).toEqual([]);
        expect(requests).toEqual([]);
        expect([await page.title(), page.url()]).toEqual([title, address]);
        expect(
          await page.evaluate(() => document.querySelectorAll('img[src="x"], script[src=""], iframe').length),
        ).toBe(0);
        expect(
          agent.calls
            .slice(calls)
            .map((c) => c.name)
            .filter((name) => name !== 'sessions.look' && name !== 'files.resolve'),
        ).toEqual([]);
        await expect
          .poll(() => page.getByText('wants to put', { exact: false }).count())
          .toBe(clipboardWrite === 'ask' ? 1 : 0);
        page.off('request', count);
        page.off('download', count as never);
      });
    }
  });
});
