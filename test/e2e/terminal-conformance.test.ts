import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findClaude, prepareClaudeHome } from '../support/claude.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import { goTo, PageHarness, ready, terminalLive } from '../support/page/page-harness.ts';
import { TestPtyHost } from '../support/pty-host.ts';
import { keyVariables, type SandboxProcess, startSandbox } from '../support/sandbox.ts';
import { AttachedScreen } from '../support/terminal/attached-screen.ts';
import {
  parts,
  playCommand,
  playDirectly,
  type Recording,
  record,
  type Step,
} from '../support/terminal/recording.ts';
import { type ScreenState, screenState } from '../support/terminal/screen-state.ts';

/**
 * What the real Claude Code writes is recorded and played again through pty, pty-host, transport and xterm.js: the
 * screen is the one of an xterm.js that is fed the same bytes directly, also where somebody attaches later.
 */

const claude = findClaude() ?? '';
const missing = claude === '' ? ': Claude Code is not installed for tests' : '';

const steps: readonly Step[] = [
  { shows: /\? for shortcuts|Claude Code v/ },
  { settles: 400 },
  { type: 'first question, 你好 👋' },
  // Enter in one piece with it would be a line break of a paste.
  { shows: /[❯>]\s+first question, 你好/ },
  { settles: 200 },
  { type: '\r' },
  { shows: /Sandbox heard: "first/ },
  { settles: 400 },
  { size: { cols: 64, rows: 20 } },
  { settles: 400 },
  { type: 'two\x1b[13;2ulines' },
  { shows: /[❯>]\s+two\s+lines/ },
  { settles: 200 },
  { type: '\x1b[200~pasted\rtext\x1b[201~' },
  { shows: /linespasted\s+text/ },
  { settles: 200 },
  { type: '\r' },
  { shows: /heard: "two/ },
  { settles: 300 },
  { size: { cols: 120, rows: 40 } },
  { settles: 400 },
  { type: '/' },
  { settles: 400 },
  { size: { cols: 90, rows: 28 } },
  { settles: 400 },
  { type: '\x1b' },
  { settles: 400 },
  { type: '?' },
  { settles: 400 },
];

describe.skipIf(missing !== '')(`recorded Claude Code sessions${missing}`, () => {
  let sandbox: SandboxProcess;
  let folder: string;
  let host: TestPtyHost;
  const recordings = new Map<string, { recording: Recording; wanted: ScreenState }>();

  beforeAll(async () => {
    sandbox = await startSandbox();
    folder = await mkdtemp(join(tmpdir(), 'recordings-'));
    host = await TestPtyHost.start();
    const make = async (name: string, more: Record<string, string>): Promise<void> => {
      const home = join(folder, name);
      const cwd = join(home, 'project');
      await mkdir(cwd, { recursive: true });
      await prepareClaudeHome(home, [cwd]);
      const { AWS_DATA_PATH: _, ...env } = sandbox.environment({
        HOME: home,
        TERM: 'xterm-256color',
        COLORTERM: 'truecolor',
        LANG: 'C.UTF-8',
        CLAUDE_CODE_USE_BEDROCK: '1',
        ...keyVariables(await sandbox.issueCredentials()),
        ...more,
      });
      const recording = await record(claude, ['--permission-mode', 'default'], {
        env,
        cwd,
        start: { cols: 100, rows: 30 },
        steps,
      });
      const direct = await playDirectly(recording);
      recordings.set(name, { recording, wanted: screenState(direct) });
      direct.dispose();
    };
    await Promise.all([
      make('classic', { CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1' }),
      make('fullscreen', { CLAUDE_CODE_NO_FLICKER: '1' }),
    ]);
  }, 300_000);
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    await sandbox?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const of = (name: string) => {
    const found = recordings.get(name);
    if (!found) throw new Error(`nothing recorded: ${name}`);
    return found;
  };

  /** Gives the terminal one size after the other, each once all that belongs to the last has come. */
  async function conduct(screen: AttachedScreen, recording: Recording): Promise<void> {
    let bytes = 0;
    for (const part of parts(recording)) {
      screen.connection.resize(part.size.cols, part.size.rows);
      bytes += part.bytes.length;
      await screen.until(() => screen.consumed >= bytes, `${bytes} bytes`);
    }
  }

  test('are of both kinds, and have resizes, colours and modes in them', () => {
    const classic = of('classic');
    const fullscreen = of('fullscreen');
    expect(classic.wanted.active).toBe('normal');
    expect(classic.wanted.normal.rows.join('\n')).toContain('Sandbox heard: "first question');
    expect(fullscreen.wanted.active).toBe('alternate');
    expect(fullscreen.wanted.alternate.rows.length).toBeGreaterThan(10);
    for (const { recording, wanted } of [classic, fullscreen]) {
      expect(parts(recording).filter((p) => p.bytes.length > 0).length).toBe(4);
      expect(wanted.modes.bracketedPasteMode).toBe(true);
    }
  });

  test.for(['classic', 'fullscreen'])(
    '%s: the same screen while it plays, and for who comes later',
    async (name) => {
      const { recording, wanted } = of(name);
      const id = await host.shell(playCommand(recording, folder));
      const live = await AttachedScreen.on(host, id, { cols: 33, rows: 11 });
      await live.live();
      await conduct(live, recording);
      expect(screenState(live.terminal)).toEqual(wanted);
      const all = createHash('sha256').update(Buffer.concat(parts(recording).map((p) => p.bytes)));
      expect(live.digest()).toBe(all.digest('hex'));
      // Somebody else, whose screen is as large.
      const { cols, rows } = live.terminal;
      const later = await AttachedScreen.on(host, id, { cols, rows });
      await later.live();
      await later.until(() => later.consumed >= live.received, 'the replay');
      expect(screenState(later.terminal)).toEqual(wanted);
      live.dispose();
      later.dispose();
      await host.client.request({ type: 'kill', id, graceMs: 0 });
    },
  );

  describe.skipIf(!hasChromium())('in the page (needs Debian’s chromium)', () => {
    let pages: PageHarness;
    beforeAll(async () => {
      pages = await PageHarness.start();
    });
    afterAll(() => pages?.[Symbol.asyncDispose]());

    const stateIn = (page: Page): Promise<ScreenState> =>
      page.evaluate(`(${screenState.toString()})(
        [...document.querySelectorAll('.terminal-host')].find((h) => h.offsetParent !== null).terminal)`);

    test.for(['classic', 'fullscreen'])('%s: the same screen', async (name) => {
      const { recording, wanted } = of(name);
      await pages.withPage(ready(), async (page, agent) => {
        const opened = await agent.open({ name }, playCommand(recording, folder));
        await goTo(page, `#/sessions/${opened.id}`);
        await terminalLive(page);
        // The page has taken its own size by now; from here on another terminal decides.
        await expect.poll(() => agent.host.ptys.get(opened.id)?.cols).not.toBe(80);
        const conductor = await AttachedScreen.on(agent.host, opened.id, { cols: 33, rows: 11 });
        await conductor.live();
        await conduct(conductor, recording);
        await expect.poll(() => stateIn(page), { timeout: 30_000 }).toEqual(wanted);
        conductor.dispose();
        await agent.host.client.request({ type: 'kill', id: opened.id, graceMs: 0 });
      });
    });
  });
});
