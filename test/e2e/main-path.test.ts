/**
 * The main job on real parts: tray on D-Bus, sign-in in a real browser, the real Claude Code answering through the
 * loopback Bedrock, renewals with nobody acting, a window closed and opened again. Then no secret is found anywhere.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/index.ts';
import { findClaude } from '../support/claude.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { terminalSettled, terminalShows, terminalText } from '../support/page/terminal-text.ts';
import { secretsFound } from '../support/secret-scan.ts';
import { stateHome } from '../support/tray/tray-app.ts';
import {
  ask,
  type ClaudeDesktop,
  openClaude,
  startClaudeDesktop,
  toTerminal,
} from './support/claude-desktop.ts';

const missing = desktopMissing() ?? (findClaude() ? undefined : 'Claude Code is not installed for tests');
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'main-path');
/** A token lives this long, a role credential that long; each is renewed at about half of it. */
const short = { accessToken: 40, roleCredentials: 16 };

describe.skipIf(missing !== undefined)(
  `the main path: ${missing ?? describeElectron(findElectron())}`,
  () => {
    let place: ClaudeDesktop;
    let page: Page;

    const shot = (name: string) =>
      page.screenshot({ path: join(artefacts, `${name}.png`), animations: 'disabled' });

    beforeAll(async () => {
      mkdirSync(artefacts, { recursive: true });
      place = await startClaudeDesktop({ switches: { lifetimes: short } });
      await place.cli('env', 'create', 'sandbox', '--profile', 'sandbox', '--region', 'us-east-1', '--use');
      page = await place.window();
      page.setDefaultTimeout(45_000);
    }, 300_000);

    afterAll(() => place?.stop());

    test('the icon is on D-Bus and the menu offers the way to sign in', async () => {
      const { desktop } = place;
      await desktop.tray.waitForItems(1);
      const menu = await desktop.tray.waitForMenu((entries) =>
        entries.some((e) => /^Sign in/.test(e.label) && e.enabled),
      );
      expect(menu.map((e) => e.label).join('\n')).toContain('Signed out');
      await page.getByRole('heading', { name: /You are signed out/ }).waitFor();
      await shot('1-signed-out');
    });

    test('Sign in in the menu, Allow in a real browser, and the state is valid', async () => {
      const { desktop, status } = place;
      await desktop.tray.click([/^Sign in/]);
      await place.allow((person, step) =>
        person.screenshot({
          path: join(artefacts, step === 'asked' ? '2-identity-center.png' : '3-signed-in-page.png'),
        }),
      );
      await page.getByRole('heading', { name: /ready to use Amazon Bedrock/ }).waitFor();
      const menu = await desktop.tray.waitForMenu((entries) => /^Signed in/.test(entries[0]?.label ?? ''));
      const words = menu.map((e) => e.label).join('\n');
      expect(words).toContain('111122223333');
      expect(words).toContain('BedrockDeveloper');
      await shot('4-overview');
      const after = await status();
      expect(after.ssoSessions.find((s) => s.id === 'sandbox')).toMatchObject({ refreshable: true });
      expect(after.credentials.find((c) => c.profile === 'sandbox')?.state).toMatch(/valid|renewing/);
    });

    test('Open Claude Code: the real claude answers in the window', async () => {
      const { project, status } = place;
      await openClaude(page, project);
      await ask(page, 'first question');
      await terminalShows(page, 'Sandbox heard: "first question"');
      await shot('5-claude-session');
      expect((await status()).sessions[0]).toMatchObject({
        state: 'running',
        cwd: project,
        program: 'claude',
      });
    });

    test('Chinese by the input method, Shift+Enter and an image from the clipboard reach Claude Code', async () => {
      const { launched } = place;
      const cdp = await page.context().newCDPSession(page);
      await page.locator('.terminal-host:visible .xterm-helper-textarea').focus();
      for (const text of ['ni', 'ni hao'])
        await cdp.send('Input.imeSetComposition', {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
      // The candidates' window goes by the input, which stands where Claude Code's own cursor is.
      const away = () =>
        page.evaluate(() => {
          const host = [...document.querySelectorAll<HTMLElement>('.terminal-host')].find(
            (h) => h.offsetParent,
          );
          const rows = [...(host?.querySelectorAll('.xterm-rows > div') ?? [])];
          const prompt = rows.filter((r) => /^[❯>]/.test(r.textContent ?? '')).at(-1);
          const input = host?.querySelector('.xterm-helper-textarea')?.getBoundingClientRect().top ?? 0;
          return Math.abs(input - (prompt?.getBoundingClientRect().top ?? -1000));
        });
      await expect.poll(away).toBeLessThan(3);
      await cdp.send('Input.insertText', { text: '你好' });
      await terminalShows(page, /[❯>] 你好/);
      await page.keyboard.press('Shift+Enter');
      await page.keyboard.type('second line');
      await terminalShows(page, /[❯>] 你好\s*\n\s+second line/);
      await launched.app.evaluate(({ clipboard, nativeImage }) =>
        (clipboard as unknown as { writeImage(image: unknown): void }).writeImage(
          nativeImage.createFromDataURL(
            'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
          ),
        ),
      );
      await page.keyboard.press('Control+v');
      await terminalShows(page, /second line\s*\[Image #1\]/);
      await shot('5b-typed');
      await page.waitForTimeout(300);
      await page.keyboard.press('Enter');
      await terminalShows(page, /Sandbox heard: "你好\s+second line/);
    });

    test('it answers again after three generations of credentials and a refresh of the token, with no person acting', async () => {
      const { desktop, sandbox, status } = place;
      const before = await status();
      const generation = (s: Snapshot) => s.credentials.find((c) => c.profile === 'sandbox')?.generation ?? 0;
      const token = (s: Snapshot) => s.ssoSessions.find((x) => x.id === 'sandbox')?.generation ?? 0;
      const opened = desktop.opener.opened.length;
      let now = before;
      const deadline = Date.now() + 90_000;
      while (
        (generation(now) < generation(before) + 3 || token(now) < token(before) + 1) &&
        Date.now() < deadline
      ) {
        // Each look starts a program, and nothing is to be done meanwhile.
        await page.waitForTimeout(2500);
        now = await status();
      }
      expect(generation(now)).toBeGreaterThanOrEqual(generation(before) + 3);
      expect(token(now)).toBeGreaterThanOrEqual(token(before) + 1);
      const asked = (await sandbox.requests({ service: 'bedrock-runtime' })).at(-1)?.id ?? 0;
      await ask(page, 'second question');
      await terminalShows(page, 'Sandbox heard: "second question"');
      expect(desktop.opener.opened.length).toBe(opened);
      expect(desktop.notifications.shown).toEqual([]);
      const used = (await sandbox.requests({ after: asked, service: 'bedrock-runtime' })).map(
        (r) => r.accessKeyId,
      );
      // Looked at after what was used: the next one may be issued meanwhile.
      const issued = new Set((await sandbox.issued()).map((k) => k.accessKeyId));
      expect(used.length).toBeGreaterThan(0);
      for (const key of used) expect(issued).toContain(key);
    });

    test('a window closed and opened again shows the same screen, with its scrollback', async () => {
      const { desktop, launched } = place;
      await toTerminal(page);
      for (let i = 0; i < 6; i++) {
        await ask(page, `line ${i} of a longer talk`);
        await terminalShows(page, `Sandbox heard: "line ${i} of a longer talk"`);
      }
      const screen = await terminalSettled(page);
      await page.keyboard.press('Shift+PageUp');
      await expect.poll(() => terminalText(page)).not.toBe(screen);
      const scrolled = await terminalSettled(page);
      await page.close();
      // A window that is still on its way out would be brought to the front.
      const windows = () =>
        launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
      await expect.poll(windows).toBe(0);
      const opened = launched.app.waitForEvent('window', { timeout: 30_000 });
      await desktop.tray.click(['Open window']);
      page = await opened;
      page.setDefaultTimeout(45_000);
      await toTerminal(page);
      await terminalShows(page, 'line 5 of a longer talk');
      const shown = () => expect.poll(() => terminalText(page), { timeout: 30_000 });
      await shown().toBe(screen);
      await page.keyboard.press('Shift+PageUp');
      await shown().toBe(scrolled);
      await shot('6-same-screen');
    });

    test('the palette splits the tab: a second Claude Code beside the first, and back to one', async () => {
      const { status } = place;
      const [first] = (await status()).sessions;
      await page.keyboard.press('Control+Shift+P');
      const palette = page.getByRole('combobox', { name: 'Command palette' });
      await palette.fill('split beside');
      await shot('palette');
      await page.keyboard.press('Enter');
      await page.getByRole('combobox', { name: /^Beside / }).fill('new session in');
      await page.keyboard.press('Enter');
      await page.getByRole('separator').waitFor();
      const live = () => page.locator('.terminal-host[data-state=live]:visible').count();
      await expect.poll(live, { timeout: 60_000 }).toBe(2);
      const second = (await status()).sessions.find((s) => s.id !== first?.id);
      // The window shows a new arrangement before the agent has heard of it.
      await expect
        .poll(async () => (await status()).layout.find((t) => t.panes.length === 2)?.panes, {
          timeout: 30_000,
        })
        .toEqual([first?.id, second?.id]);
      const added = page.locator(`#pane-${second?.id} .xterm-rows`);
      await added
        .getByText(/Claude Code v|\? for shortcuts/)
        .first()
        .waitFor({ timeout: 60_000 });
      await shot('split');
      await place.cli('sessions', 'kill', second?.id ?? '');
      await page.locator(`#pane-${second?.id}`).getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('separator').waitFor({ state: 'detached' });
      await page.locator('.terminal-host:visible').click();
    });

    test('no secret is in logs, argument lists, output or settings', async () => {
      const { desktop, launched, cli } = place;
      const found = await secretsFound({
        folders: [stateHome(desktop), join(desktop.home, '.claude'), join(desktop.home, '.config')],
        files: [join(desktop.home, '.claude.json')],
        argv: desktop.running().map((p) => p.argv.join(' ')),
        output: [launched.output()],
        home: desktop.home,
        credentials: await cli('export-credentials', '--profile', 'sandbox'),
        endpoint: await cli(
          'exec',
          '--profile',
          'sandbox',
          '--',
          '/usr/bin/printenv',
          'AWS_CONTAINER_AUTHORIZATION_TOKEN',
        ),
      });
      expect(found).toEqual([]);
    });

    test('quitting the tray, and a killed agent, leave the session running', async () => {
      const { launched, cli, status } = place;
      const [session] = (await status()).sessions;
      await launched.close();
      expect((await status()).sessions[0]).toMatchObject({
        id: session?.id,
        state: 'running',
        pid: session?.pid,
      });
      const { pid } = JSON.parse(await cli('agent', 'status', '--json')) as { pid: number };
      process.kill(pid, 'SIGKILL');
      expect((await status()).sessions[0]).toMatchObject({
        id: session?.id,
        state: 'running',
        pid: session?.pid,
      });
      await expect
        .poll(async () => (await status()).ssoSessions.find((s) => s.id === 'sandbox')?.state, {
          timeout: 30_000,
        })
        .toMatch(/valid|refreshing/);
    });
  },
);
