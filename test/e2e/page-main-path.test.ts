/** The main job in the browser page: sign-in, the real Claude Code, renewals, a page closed and opened again. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import type { Snapshot } from '../../src/contract/index.ts';
import { findClaude, prepareClaudeHome } from '../support/claude.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import { type Installation, install } from '../support/installation.ts';
import { terminalSettled, terminalShows, terminalText } from '../support/page/terminal-text.ts';
import { ask, openClaude, toTerminal } from './support/claude-desktop.ts';

const claude = findClaude();
const missing = !hasChromium()
  ? 'Chromium is not installed'
  : !claude
    ? 'Claude Code is not installed for tests'
    : undefined;
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'main-path');

describe.skipIf(missing !== undefined)(
  `the main path in the browser page${missing ? `: ${missing}` : ''}`,
  () => {
    let product: Installation;
    let agent: AgentConnection;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let project: string;

    const state = (): Promise<Snapshot> => agent.call('state.get', {});
    /** A person opens the page: the agent gives an address with a ticket, the browser keeps a cookie. */
    const openPage = async (): Promise<Page> => {
      const { stdout } = await product.run(['open', '--page']);
      const opened = await context.newPage();
      opened.setDefaultTimeout(45_000);
      await opened.goto(stdout.trim().split('\n').at(-1) ?? '');
      return opened;
    };
    const answered = async (question: string): Promise<void> => {
      await ask(page, question);
      await terminalShows(page, `Sandbox heard: "${question}"`);
    };

    beforeAll(async () => {
      mkdirSync(artefacts, { recursive: true });
      product = await install({
        switches: { lifetimes: { accessToken: 30, roleCredentials: 12 } },
        env: {
          PATH: `${dirname(claude ?? '')}:${process.env.PATH}`,
          CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1',
          SHELL: '/bin/sh',
        },
      });
      project = join(product.sandbox.home, 'project');
      mkdirSync(project);
      await prepareClaudeHome(product.sandbox.home, [project]);
      writeFileSync(
        join(product.home, 'settings.json'),
        JSON.stringify({ version: 1, terminal: { renderer: 'dom' } }),
      );
      agent = await product.connect('cli');
      await product.run([
        'env',
        'create',
        'sandbox',
        '--profile',
        'sandbox',
        '--region',
        'us-east-1',
        '--use',
      ]);
      browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
      context = await browser.newContext({ viewport: { width: 1080, height: 720 }, locale: 'en-US' });
      page = await openPage();
    }, 300_000);
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail')
        await page?.screenshot({ path: join(artefacts, 'page-failed.png') }).catch(() => undefined);
    });
    afterAll(async () => {
      await browser?.close();
      agent?.close();
      await product?.stop();
    });

    test('Sign in, Allow, and the state is valid', async () => {
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: /Finish signing in/ }).waitFor();
      const url = (await state()).ssoSessions.find((s) => s.id === 'sandbox')?.signIn?.url;
      const person = await context.newPage();
      await person.goto(url ?? '');
      await person.getByRole('button', { name: 'Allow' }).click();
      await person.waitForURL(/\/oauth\/callback/);
      await person.close();
      await page.getByRole('heading', { name: /ready to use Amazon Bedrock/ }).waitFor();
      await page.getByText('111122223333').first().waitFor();
    });

    test('the real claude answers, and answers again across renewals that nobody asked for', async () => {
      await openClaude(page, project);
      await answered('first question');
      const from = await state();
      const generation = (s: Snapshot) => s.credentials.find((c) => c.profile === 'sandbox')?.generation ?? 0;
      const token = (s: Snapshot) => s.ssoSessions.find((x) => x.id === 'sandbox')?.generation ?? 0;
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('no three generations within 90 s')), 90_000);
        const stop = agent.watch('state.watch', {}, (now) => {
          if (generation(now) < generation(from) + 3 || token(now) < token(from) + 1) return;
          clearTimeout(late);
          stop();
          resolve();
        });
      });
      await answered('second question');
      await page.screenshot({ path: join(artefacts, 'page-claude-session.png') });
    });

    test('a page closed and opened again shows the same screen, with its scrollback', async () => {
      await toTerminal(page);
      for (let i = 0; i < 6; i++) await answered(`line ${i} of a longer talk`);
      const screen = await terminalSettled(page);
      const scrollBack = async (): Promise<void> => {
        await page.locator('.xterm-screen').hover();
        for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -300);
        await expect.poll(() => terminalText(page)).not.toBe(screen);
        await terminalSettled(page, 500);
        await page.keyboard.press('Shift+PageUp');
      };
      await scrollBack();
      const scrolled = await terminalSettled(page);
      expect(scrolled).not.toBe(screen);
      await page.close();
      page = await openPage();
      await toTerminal(page);
      await terminalShows(page, 'line 5 of a longer talk');
      const shown = () => expect.poll(() => terminalText(page), { timeout: 30_000 });
      await shown().toBe(screen);
      await scrollBack();
      await shown().toBe(scrolled);
    });
  },
);
