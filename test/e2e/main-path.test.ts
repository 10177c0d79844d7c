/**
 * The main job on real parts: tray on D-Bus, sign-in in a real browser, the real Claude Code answering through the
 * loopback Bedrock, renewals with nobody acting, a window closed and opened again. Then no secret is found anywhere.
 */

import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/index.ts';
import { findClaude, prepareClaudeHome } from '../support/claude.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { giveTo } from '../support/desktop/session-parts.ts';
import { buildOnce } from '../support/installation.ts';
import { terminalShows, terminalText } from '../support/page/terminal-text.ts';
import { type SandboxProcess, startSandbox } from '../support/sandbox.ts';
import { secretsFound } from '../support/secret-scan.ts';
import { stateHome } from '../support/tray/tray-app.ts';
import { type Desktop, startDesktop } from './support/desktop.ts';
import { type LaunchedApp, launchApp } from './support/electron-app.ts';

const missing = desktopMissing() ?? (findClaude() ? undefined : 'Claude Code is not installed for tests');
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'main-path');
/** A token lives this long, a role credential that long; each is renewed at about half of it. */
const short = { accessToken: 40, roleCredentials: 16 };

describe.skipIf(missing !== undefined)(
  `the main path: ${missing ?? describeElectron(findElectron())}`,
  () => {
    let sandbox: SandboxProcess;
    let desktop: Desktop;
    let launched: LaunchedApp;
    let page: Page;
    let project: string;

    const cli = (...args: string[]): Promise<string> =>
      desktop.run(join(desktop.checkout, 'node_modules/node/bin/node'), [
        join(desktop.checkout, 'bin/bedrock-tray.cjs'),
        ...args,
      ]);
    const status = async (): Promise<Snapshot> => JSON.parse(await cli('status', '--json'));
    const shot = (name: string) =>
      page.screenshot({ path: join(artefacts, `${name}.png`), animations: 'disabled' });
    /** Window of the app; waits for one. */
    const window = async (): Promise<Page> =>
      launched.app.windows()[0] ?? (await launched.app.waitForEvent('window', { timeout: 15_000 }));

    beforeAll(async () => {
      buildOnce();
      mkdirSync(artefacts, { recursive: true });
      sandbox = await startSandbox({ switches: { lifetimes: short } });
      const { HOME: _, PATH: __, AWS_DATA_PATH: ___, ...client } = sandbox.environment();
      desktop = await startDesktop({
        env: { ...client, SHELL: '/bin/bash', CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1' },
        size: { width: 1280, height: 860 },
      });
      project = join(desktop.home, 'project');
      mkdirSync(project);
      cpSync(join(sandbox.home, '.aws'), join(desktop.home, '.aws'), { recursive: true });
      chmodSync(join(desktop.home, '.aws'), 0o700);
      await prepareClaudeHome(desktop.home, [project]);
      // The login shell finds claude where npm put it.
      writeFileSync(
        join(desktop.home, '.bash_profile'),
        `export PATH="${join(desktop.checkout, '.cache/claude/node_modules/.bin')}:$PATH"\n`,
      );
      mkdirSync(stateHome(desktop), { recursive: true, mode: 0o700 });
      // The DOM renderer's rows can be read by a test.
      writeFileSync(
        join(stateHome(desktop), 'settings.json'),
        JSON.stringify({ version: 1, terminal: { renderer: 'dom' } }),
      );
      giveTo(desktop.user, desktop.home);
      launched = await launchApp(desktop, {});
      page = await window();
      page.setDefaultTimeout(20_000);
    }, 180_000);

    afterAll(async () => {
      await cli('agent', 'stop', '--end-sessions').catch(() => undefined);
      await desktop?.stop();
      await sandbox?.stop();
    });

    test('the icon is on D-Bus and the menu offers the way to sign in', async () => {
      await desktop.tray.waitForItems(1);
      await cli('env', 'create', 'sandbox', '--profile', 'sandbox', '--region', 'us-east-1', '--use');
      const menu = await desktop.tray.waitForMenu((entries) =>
        entries.some((e) => /^Sign in/.test(e.label) && e.enabled),
      );
      expect(menu.map((e) => e.label).join('\n')).toContain('Signed out');
      await page.getByRole('heading', { name: /You are signed out/ }).waitFor();
      await shot('1-signed-out');
    });

    test('Sign in in the menu, Allow in a real browser, and the state is valid', async () => {
      await desktop.tray.click([/^Sign in/]);
      const url = await desktop.opener.next();
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/authorize\?/);
      const browser = await desktop.browser();
      const person = await browser.newPage();
      await person.goto(url);
      await person.screenshot({ path: join(artefacts, '2-identity-center.png') });
      await person.getByRole('button', { name: 'Allow' }).click();
      await person.waitForURL(/127\.0\.0\.1:\d+\/oauth\/callback/);
      await person.screenshot({ path: join(artefacts, '3-signed-in-page.png') });
      await page.getByRole('heading', { name: /ready to use Amazon Bedrock/ }).waitFor();
      const menu = await desktop.tray.waitForMenu((entries) => /^Signed in/.test(entries[0]?.label ?? ''));
      const words = menu.map((e) => e.label).join('\n');
      expect(words).toContain('111122223333');
      expect(words).toContain('BedrockDeveloper');
      await shot('4-overview');
      const after = await status();
      expect(after.ssoSessions.find((s) => s.id === 'sandbox')).toMatchObject({ refreshable: true });
      expect(after.credentials.find((c) => c.profile === 'sandbox')?.state).toMatch(/valid|renewing/);
      await browser.close();
    });

    test('Open Claude Code: the real claude answers in the window', async () => {
      await page.getByRole('link', { name: /^Sessions/ }).click();
      await page
        .getByRole('textbox', { name: 'Folder' })
        .or(page.getByRole('combobox', { name: 'Folder' }))
        .fill(project);
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await terminalShows(page, /\? for shortcuts|Claude Code v/);
      await page.keyboard.type('first question');
      await page.waitForTimeout(300);
      await page.keyboard.press('Enter');
      await terminalShows(page, 'Sandbox heard: "first question"');
      await shot('5-claude-session');
      expect((await status()).sessions[0]).toMatchObject({
        state: 'running',
        cwd: project,
        program: 'claude',
      });
    });

    test('it answers again after three generations of credentials and a refresh of the token, with no person acting', async () => {
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
        await page.waitForTimeout(1000);
        now = await status();
      }
      expect(generation(now)).toBeGreaterThanOrEqual(generation(before) + 3);
      expect(token(now)).toBeGreaterThanOrEqual(token(before) + 1);
      const asked = (await sandbox.requests({ service: 'bedrock-runtime' })).at(-1)?.id ?? 0;
      await page.keyboard.type('second question');
      await page.waitForTimeout(300);
      await page.keyboard.press('Enter');
      await terminalShows(page, 'Sandbox heard: "second question"');
      expect(desktop.opener.opened.length).toBe(opened);
      expect(desktop.notifications.shown).toEqual([]);
      const issued = new Set((await sandbox.issued()).map((k) => k.accessKeyId));
      const used = (await sandbox.requests({ after: asked, service: 'bedrock-runtime' })).map(
        (r) => r.accessKeyId,
      );
      expect(used.length).toBeGreaterThan(0);
      for (const key of used) expect(issued).toContain(key);
    });

    test('a window closed and opened again shows the same screen, with its scrollback', async () => {
      for (let i = 0; i < 6; i++) {
        await page.keyboard.type(`line ${i} of a longer talk`);
        await page.waitForTimeout(200);
        await page.keyboard.press('Enter');
        await terminalShows(page, `Sandbox heard: "line ${i} of a longer talk"`);
      }
      await page.waitForTimeout(1500);
      const screen = await terminalText(page);
      const scrollBack = async (): Promise<string> => {
        await page.keyboard.press('Shift+PageUp');
        await page.waitForTimeout(500);
        return terminalText(page);
      };
      const scrolled = await scrollBack();
      expect(scrolled).not.toBe(screen);
      await page.close();
      await desktop.tray.click(['Open window']);
      page = await launched.app.waitForEvent('window', { timeout: 15_000 }).catch(() => window());
      page.setDefaultTimeout(20_000);
      await page.getByRole('link', { name: /^Sessions/ }).click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await terminalShows(page, 'line 5 of a longer talk');
      await page.waitForTimeout(1500);
      expect(await terminalText(page)).toBe(screen);
      expect(await scrollBack()).toBe(scrolled);
      await shot('6-same-screen');
    });

    test('no secret is in logs, argument lists, output or settings', async () => {
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
      expect((await status()).ssoSessions.find((s) => s.id === 'sandbox')?.state).toMatch(/valid|refreshing/);
    });
  },
);
