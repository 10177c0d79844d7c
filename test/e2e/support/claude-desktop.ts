import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Snapshot } from '../../../src/contract/index.ts';
import { prepareClaudeHome } from '../../support/claude.ts';
import { giveTo } from '../../support/desktop/session-parts.ts';
import { buildOnce } from '../../support/installation.ts';
import { terminalShows } from '../../support/page/terminal-text.ts';
import { type SandboxProcess, type SwitchesChange, startSandbox } from '../../support/sandbox.ts';
import { stateHome } from '../../support/tray/tray-app.ts';
import { type Desktop, type DesktopOptions, startDesktop } from './desktop.ts';
import { type LaunchedApp, launchApp } from './electron-app.ts';

/** A person's whole place: loopback AWS, a desktop with the tray and its window, the real Claude Code, a project. */
export interface ClaudeDesktop {
  readonly sandbox: SandboxProcess;
  readonly desktop: Desktop;
  readonly launched: LaunchedApp;
  /** Folder to open Claude Code in. */
  readonly project: string;
  /** The app's window; waits for one. */
  window(): Promise<Page>;
  /** Runs `bedrock-tray` as the person. */
  cli(...args: string[]): Promise<string>;
  status(): Promise<Snapshot>;
  /** The person allows what the app's next opened address asks for. `meanwhile` sees the page before and after. */
  allow(meanwhile?: (page: Page, step: 'asked' | 'allowed') => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** An image of one pixel. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** `xclip`, by which Claude Code takes an image from the clipboard on Linux: here there is always the same one. */
function clipboardHelper(home: string): void {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'pixel.png'), Buffer.from(pixel, 'base64'));
  writeFileSync(
    join(bin, 'xclip'),
    '#!/bin/sh\ncase "$*" in *TARGETS*) echo image/png ;; *image/png*) cat "$HOME/bin/pixel.png" ;; esac\n',
  );
  chmodSync(join(bin, 'xclip'), 0o755);
}

/** Starts it, signed out, with one profile and without an environment. `fresh`: as a new user has it, with nothing set up. */
export async function startClaudeDesktop(
  options: { switches?: SwitchesChange; desktop?: DesktopOptions; fresh?: boolean } = {},
): Promise<ClaudeDesktop> {
  buildOnce();
  const sandbox = await startSandbox({ switches: options.switches ?? {} });
  let desktop: Desktop | undefined;
  try {
    const { HOME: _, PATH: __, AWS_DATA_PATH: ___, ...client } = sandbox.environment();
    desktop = await startDesktop({
      size: { width: 1280, height: 860 },
      ...options.desktop,
      env: { ...client, SHELL: '/bin/bash', CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1' },
    });
    const { home, checkout } = desktop;
    const project = join(home, 'project');
    mkdirSync(project);
    if (!options.fresh) {
      cpSync(join(sandbox.home, '.aws'), join(home, '.aws'), { recursive: true });
      chmodSync(join(home, '.aws'), 0o700);
      await prepareClaudeHome(home, [project]);
    }
    // The login shell finds claude where npm put it.
    writeFileSync(
      join(home, '.bash_profile'),
      `export PATH="$HOME/bin:${join(checkout, '.cache/claude/node_modules/.bin')}:$PATH"\n`,
    );
    clipboardHelper(home);
    if (!options.fresh) {
      mkdirSync(stateHome(desktop), { recursive: true, mode: 0o700 });
      // The DOM renderer's rows can be read by a test.
      writeFileSync(
        join(stateHome(desktop), 'settings.json'),
        JSON.stringify({ version: 1, terminal: { renderer: 'dom' } }),
      );
    }
    giveTo(desktop.user, home);
    const launched = await launchApp(desktop, {});
    const place = desktop;
    const cli = (...args: string[]): Promise<string> =>
      place.run(join(checkout, 'node_modules/node/bin/node'), [
        join(checkout, 'bin/bedrock-tray.cjs'),
        ...args,
      ]);
    return {
      sandbox,
      desktop,
      launched,
      project,
      cli,
      window: async () =>
        launched.app.windows()[0] ?? (await launched.app.waitForEvent('window', { timeout: 15_000 })),
      status: async () => JSON.parse(await cli('status', '--json')),
      async allow(meanwhile = async () => {}) {
        const url = await place.opener.next();
        const browser = await place.browser();
        const person = await browser.newPage();
        await person.goto(url);
        await meanwhile(person, 'asked');
        // A browser that is still signed in is not asked.
        const asked = person.getByRole('button', { name: 'Allow' });
        if (await asked.isVisible()) await asked.click();
        await person.waitForURL(/127\.0\.0\.1:\d+\/oauth\/callback/);
        await meanwhile(person, 'allowed');
        await browser.close();
      },
      async stop() {
        await cli('agent', 'stop', '--end-sessions').catch(() => undefined);
        await place.stop();
        await sandbox.stop();
      },
    };
  } catch (error) {
    await desktop?.stop();
    await sandbox.stop();
    throw error;
  }
}

/** Opens Claude Code in a folder by the window's form, and returns when it takes questions. */
export async function openClaude(page: Page, folder: string): Promise<void> {
  await page.getByRole('link', { name: /^Sessions/ }).click();
  await page
    .getByRole('textbox', { name: 'Folder' })
    .or(page.getByRole('combobox', { name: 'Folder' }))
    .fill(folder);
  await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
  await page.locator('.terminal-host[data-state=live]').waitFor();
  await terminalShows(page, /\? for shortcuts|Claude Code v/);
}

/** Asks Claude Code in the open terminal something, without waiting for the answer. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.keyboard.type(question);
  // Claude takes what comes in one piece or quickly for a paste, in which Enter is a line break.
  await terminalShows(page, new RegExp(`^[❯>] ${question.replaceAll(/[.*+?]/g, '\\$&')}$`, 'm'));
  await page.waitForTimeout(300);
  await page.keyboard.press('Enter');
}

/** Shows the session that is open, with the keyboard in its terminal. */
export async function toTerminal(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Sessions/ }).click();
  await page.locator('.terminal-host[data-state=live]:visible').waitFor();
  await page.locator('.terminal-host:visible .xterm-helper-textarea').focus();
}
