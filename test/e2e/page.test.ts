import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BedrockTrayError, type Snapshot } from '../../src/contract/index.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import { FakeAgent } from '../support/page/fake-agent.ts';
import * as given from '../support/tray/snapshots.ts';

const root = join(import.meta.dirname, '..', '..');
const artefacts = join(root, 'test-artefacts', 'page');
const MINUTE = 60_000;

/** Signed in, everything chosen, two folders, nothing open. */
const ready = (more: Partial<Snapshot> = {}): Snapshot => given.snapshot(Date.now(), more);
const signedOut = (more: Partial<Snapshot> = {}): Snapshot =>
  ready({
    ssoSessions: [
      given.ssoSession(Date.now(), {
        state: 'signedOut',
        expiresAt: null,
        nextRefreshAt: null,
        generation: 0,
      }),
    ],
    credentials: [
      given.credentials(Date.now(), {
        state: 'absent',
        expiresAt: null,
        nextRenewalAt: null,
        generation: 0,
      }),
    ],
    ...more,
  });

describe.skipIf(!hasChromium())('page in Chromium (needs Debian’s chromium)', () => {
  let browser: Browser;
  let renderer: string;

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    renderer = await mkdtemp(join(tmpdir(), 'page-built-'));
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: renderer, emptyOutDir: true, reportCompressedSize: false },
    });
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(renderer, { recursive: true, force: true });
  });

  /** A page on an agent in a given state; complaints of the page's policy and uncaught errors fail the test. */
  async function withPage(
    state: Snapshot,
    use: (page: Page, agent: FakeAgent) => Promise<void>,
    options: Parameters<Browser['newContext']>[0] & { hash?: string } = {},
  ): Promise<void> {
    const { hash = '', ...contextOptions } = options;
    await using agent = await FakeAgent.start(state, renderer);
    const context: BrowserContext = await browser.newContext({
      viewport: { width: 1100, height: 800 },
      locale: 'en-US',
      colorScheme: 'light',
      ...contextOptions,
    });
    context.setDefaultTimeout(10_000);
    try {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        const text = message.text();
        if (message.type() === 'error' && !/WebSocket|ERR_CONNECTION|favicon/.test(text))
          complaints.push(text);
      });
      await page.goto(agent.url());
      if (hash !== '') await page.evaluate((h) => location.assign(h), hash);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      await use(page, agent);
      expect(complaints).toEqual([]);
    } catch (error) {
      const open = context.pages()[0];
      await open?.screenshot({ path: join(artefacts, 'failed.png') }).catch(() => undefined);
      throw error;
    } finally {
      await context.close();
    }
  }

  async function expectAccessible(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' | ')}`)).toEqual([]);
  }

  const shot = (page: Page, name: string) =>
    page.screenshot({ path: join(artefacts, `${name}.png`), animations: 'disabled' });

  test('a person signs in, opens Claude Code and types into it', async () => {
    await withPage(signedOut(), async (page, agent) => {
      await page.getByRole('heading', { name: 'You are signed out of corp.' }).waitFor();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: /Finish signing in in your browser/ }).waitFor();
      expect(agent.inputs('signIn.start')).toEqual([{ ssoSession: 'corp', flow: 'auto', openBrowser: true }]);
      await page.getByText('https://oidc.us-east-1.amazonaws.com/authorize').waitFor();
      // Allowed in the browser.
      agent.set({
        ssoSessions: [given.ssoSession(Date.now())],
        credentials: [given.credentials(Date.now())],
      });
      await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
      await page.getByText('54:', { exact: false }).first().waitFor();
      agent.script =
        'printf "\\033[1mhello from the pty\\033[0m\\r\\n"; read line; echo "you said: $line"; read _';
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      expect(agent.inputs('sessions.open')[0]?.cwd).toBe('/home/dana/src/billing-service');
      await page.keyboard.type('good morning');
      await page.keyboard.press('Enter');
      const id = agent.state.sessions[0]?.id ?? '';
      const other = await agent.host.attach(id);
      await other.shows('you said: good morning');
      // Copied from the screen: what a person sees.
      await page.keyboard.press('Control+f');
      await page.getByRole('searchbox', { name: 'Find' }).fill('good morning');
      await page.getByText('1 of 2').or(page.getByText('2 of 2')).waitFor();
      await page.keyboard.press('Escape');
      await shot(page, 'session');
    });
  });

  const looks = [
    { name: 'light-en', colorScheme: 'light', locale: 'en-US' },
    { name: 'dark-en', colorScheme: 'dark', locale: 'en-US' },
    { name: 'light-zh', colorScheme: 'light', locale: 'zh-CN' },
    { name: 'dark-zh', colorScheme: 'dark', locale: 'zh-CN' },
  ] as const;

  test.for(looks)('every view is readable and accessible: $name', async ({ name, ...look }) => {
    await withPage(
      ready(),
      async (page, agent) => {
        const views = [
          ['overview', '#/overview'],
          ['access', '#/access'],
          ['settings', '#/settings'],
          ['new-session', '#/sessions/new'],
        ] as const;
        for (const [view, hash] of views) {
          await page.evaluate((h) => location.assign(h), hash);
          await page.locator('.page:visible').waitFor();
          await page.locator('.skeleton').waitFor({ state: 'detached' });
          // The languages share all structure; themes differ in contrast.
          if (look.locale === 'en-US') await expectAccessible(page);
          await shot(page, `${view}-${name}`);
        }
        const opened = await agent.open(
          { name: 'billing-service', title: 'Refactor invoices' },
          `printf '\\033[1;34m> \\033[0mWhich invoices are overdue?\\r\\n\\r\\n\\033[32m●\\033[0m Three of them: \\033[1mINV-17\\033[0m, INV-21 and INV-30.\\r\\n  \\033[31mred\\033[0m \\033[33myellow\\033[0m \\033[35mmagenta\\033[0m \\033[36mcyan\\033[0m \\033[90mgrey\\033[0m 你好，世界\\r\\n  https://example.com/invoices\\r\\n'; read _`,
        );
        await agent.open({ name: 'web & shop', state: 'waiting', pid: null });
        await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
        await page.locator('.terminal-host[data-state=live]').waitFor();
        if (look.locale === 'en-US') await expectAccessible(page);
        await shot(page, `session-${name}`);
      },
      look,
    );
  });

  test('each state of the overview has its sentence and its one button', async () => {
    const at = Date.now();
    const error = (code: 'NetworkUnavailable' | 'AccessDenied' | 'ConfigMalformed') =>
      code === 'NetworkUnavailable'
        ? new BedrockTrayError(code, { host: 'oidc.us-east-1.amazonaws.com', reason: 'ETIMEDOUT' }).view()
        : code === 'AccessDenied'
          ? new BedrockTrayError(code, { accountId: '123456789012', roleName: 'BedrockDeveloper' }).view()
          : new BedrockTrayError(code, { file: '~/.aws/config', line: 12, reason: 'no section' }).view();
    const none = { environments: [], activeEnvironment: null, credentials: [] };
    const states: [string, Partial<Snapshot>, string, string][] = [
      ['setup', { ...none, ssoSessions: [] }, 'Add your AWS access portal to begin.', 'Add an access portal'],
      ['choose', none, 'You are signed in. Choose the account and role to use.', 'Choose account and role'],
      [
        'expired',
        { ssoSessions: [given.ssoSession(at, { state: 'expired', expiresAt: at - MINUTE })] },
        'Your sign-in to corp has ended.',
        'Sign in',
      ],
      [
        'device',
        {
          ssoSessions: [
            given.ssoSession(at, {
              state: 'signingIn',
              signIn: given.signIn(at, { flow: 'device', userCode: 'WDJB-MJHT' }),
            }),
          ],
        },
        'Confirm the code in your browser.',
        'Cancel sign-in',
      ],
      [
        'degraded',
        { credentials: [given.credentials(at, { state: 'stale', problem: error('NetworkUnavailable') })] },
        'Ready, but the last renewal failed.',
        'Open Claude Code',
      ],
      [
        'denied',
        {
          credentials: [
            given.credentials(at, { state: 'denied', expiresAt: null, problem: error('AccessDenied') }),
          ],
        },
        'AWS does not let you use role BedrockDeveloper.',
        'Choose another role',
      ],
      [
        'failed',
        {
          credentials: [
            given.credentials(at, { state: 'absent', expiresAt: null, problem: error('NetworkUnavailable') }),
          ],
        },
        'You are signed in, but there are no credentials.',
        'Try again',
      ],
      [
        'config',
        { configProblem: error('ConfigMalformed') },
        'Your AWS configuration file cannot be read.',
        'Try again',
      ],
    ];
    await withPage(ready(), async (page, agent) => {
      const base = agent.state;
      for (const [name, patch, sentence, button] of states) {
        agent.set({ ...base, ...patch });
        await page.getByRole('heading', { name: sentence }).waitFor();
        await page.locator('.hero').getByRole('button', { name: button, exact: true }).waitFor();
        if (name === 'device' || name === 'denied') await expectAccessible(page);
        await shot(page, `state-${name}`);
      }
    });
  });

  test('an access portal, a role and an environment are set up from nothing', async () => {
    const nothing = ready({
      ssoSessions: [],
      credentials: [],
      environments: [],
      activeEnvironment: null,
      recentFolders: [],
    });
    await withPage(nothing, async (page, agent) => {
      await page.getByRole('button', { name: 'Add an access portal' }).click();
      await page.getByRole('button', { name: 'Add and sign in' }).click();
      await page.getByText('Type the start URL of your access portal.').waitFor();
      const url = page.getByRole('textbox', { name: 'Start URL' });
      await url.fill('http://corp.awsapps.com/start');
      await page.getByText('The start URL begins with https://.').waitFor();
      await shot(page, 'access-wrong-url');
      await url.fill('https://corp.awsapps.com/start');
      await page.getByRole('combobox', { name: 'Region of the portal' }).fill('eu-central-1');
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: 'Add and sign in' }).click();
      await page.getByRole('button', { name: 'Cancel sign-in' }).waitFor();
      expect(agent.inputs('ssoSessions.create')).toEqual([
        { name: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'eu-central-1' },
      ]);
      agent.set({ ssoSessions: [given.ssoSession(Date.now(), { region: 'eu-central-1' })] });
      await page.getByRole('searchbox', { name: 'Search accounts' }).fill('production');
      await page.getByRole('button', { name: 'Use PowerUserAccess in Payments production' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: 'Bedrock region' }).fill('eu-west-1');
      await shot(page, 'access-use-role');
      await dialog.getByRole('button', { name: 'Use this role' }).click();
      await page.waitForURL(/#\/overview/);
      const name = 'payments-production-PowerUserAccess';
      expect(agent.inputs('profiles.create')).toEqual([
        {
          name,
          ssoSession: 'corp',
          accountId: '210987654321',
          roleName: 'PowerUserAccess',
          region: 'eu-west-1',
        },
      ]);
      expect(agent.inputs('environments.use')).toEqual([{ name }]);
      expect(agent.state.environments[0]).toMatchObject({ name, profile: name, region: 'eu-west-1' });
    });
  });

  test('everything can be reached and left with the keyboard alone', async () => {
    await withPage(ready(), async (page, agent) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Open Claude Code');
      await page.keyboard.press('Enter');
      await page.locator('.terminal-host[data-state=live]').waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.className ?? '');
      expect(await focused()).toContain('xterm-helper-textarea');
      // Tab is the program's; the chord leaves.
      await page.keyboard.press('Tab');
      expect(await focused()).toContain('xterm-helper-textarea');
      await page.keyboard.press('Control+Shift+L');
      expect(await focused()).toContain('foot-button');
      await page.keyboard.press('Shift+Tab');
      expect(await focused()).toContain('xterm-helper-textarea');
      await page.keyboard.press('Control+Shift+L');
      // Through the rail to Settings.
      for (const view of ['Overview', 'Access', 'Settings']) {
        await page.getByRole('link', { name: view }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('main', { name: view }).waitFor();
      }
      // A region is chosen with the keyboard.
      await page.evaluate(() => location.assign('#/overview'));
      const region = page.getByRole('combobox', { name: 'Bedrock region' });
      await region.focus();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('eu-w');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.state.environments[0]?.region).toBe('eu-west-1');
      // The list of models says where it comes from.
      await page.getByRole('combobox', { name: 'Model' }).focus();
      await page.getByText('What Bedrock offers you in eu-west-1').waitFor();
      await shot(page, 'models');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.state.environments[0]?.model).not.toBe(given.environment().model);
    });
  });

  test('at 480 px everything fits and the rail is a bar at the bottom', async () => {
    await withPage(
      ready(),
      async (page, agent) => {
        for (const view of ['overview', 'access', 'settings', 'sessions/new']) {
          await page.evaluate((v) => location.assign(`#/${v}`), view);
          await page.locator('.page:visible').waitFor();
          const overflow = await page.evaluate(() =>
            Math.max(
              ...[...document.querySelectorAll('html, .main-scroll, .page')].map(
                (e) => e.scrollWidth - e.clientWidth,
              ),
            ),
          );
          expect(overflow).toBeLessThanOrEqual(0);
          if (view === 'overview') await expectAccessible(page);
          await shot(page, `narrow-${view.replace('/', '-')}`);
        }
        const rail = await page.getByRole('navigation').boundingBox();
        expect(rail?.y).toBeGreaterThan(600);
        const opened = await agent.open({ name: 'billing-service' }, 'echo narrow; read _');
        await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
        await page.locator('.terminal-host[data-state=live]').waitFor();
        await shot(page, 'narrow-session');
      },
      { viewport: { width: 480, height: 760 } },
    );
  });

  test('the agent goes and comes back: the page says so, keeps what it shows and goes on by itself', async () => {
    await withPage(ready(), async (page, agent) => {
      const opened = await agent.open({ name: 'kept' }, 'echo before; read a; echo "after $a"; read _');
      await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await agent.disappear();
      await page.getByText('The agent is not answering.', { exact: false }).waitFor();
      await shot(page, 'agent-gone');
      await agent.appear();
      await page.getByText('The agent is not answering.', { exact: false }).waitFor({ state: 'detached' });
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await page.locator('.terminal-host').click();
      await page.keyboard.type('all');
      await page.keyboard.press('Enter');
      const other = await agent.host.attach(opened.id);
      await other.shows('after all');
    });
  });

  test('a session ends, is resumed and removed; ending asks first', async () => {
    await withPage(ready(), async (page, agent) => {
      const opened = await agent.open({ name: 'invoices' });
      await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await page.getByRole('button', { name: 'End', exact: true }).click();
      const question = page.getByRole('alertdialog', { name: 'End invoices?' });
      await question.waitFor();
      await expectAccessible(page);
      await shot(page, 'session-end');
      await page.keyboard.press('Escape');
      expect(agent.inputs('sessions.kill')).toEqual([]);
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await question.getByRole('button', { name: 'End' }).click();
      await page.getByRole('button', { name: 'Resume' }).waitFor();
      await shot(page, 'session-ended');
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      expect(agent.inputs('sessions.resume').map((i) => i.id)).toEqual([opened.id]);
      agent.refuse.set('sessions.kill', new BedrockTrayError('SessionUnknown', { session: 'gone' }));
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'End' }).click();
      await page.getByText('There is no Claude Code session gone.', { exact: false }).waitFor();
    });
  });

  test('keys: Shift+Enter, Ctrl+C, paste in brackets; answers to old queries are not sent again', async () => {
    await withPage(ready(), async (page, agent) => {
      // Asks the terminal for its attributes (an answer would come as input), then shows what it is sent.
      const script = "printf '\\033[c\\033[?2004hasked\\r\\n'; stty raw -echo; exec cat -v";
      const opened = await agent.open({ name: 'keys' }, script);
      const other = await agent.host.attach(opened.id);
      await other.shows('asked');
      await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await page.keyboard.press('Shift+Enter');
      await other.shows('^[[13;2u');
      await page.keyboard.press('Control+c');
      await other.shows('^C');
      await page.evaluate(() => navigator.clipboard.writeText('two\nlines'));
      await page.keyboard.press('Control+v');
      await other.shows(/\^\[\[200~two[\s\S]*lines\^\[\[201~/);
      expect(other.text).not.toMatch(/\^\[\[\?\d+(;\d+)*c/);
    });
  });

  test('text from outside is text: nothing is run, and what deceives is made visible', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202Egnp.exe';
    await withPage(ready({ recentFolders: [`/srv/${evil}`] }), async (page, agent) => {
      await page.getByText('<img src=x onerror=alert(1)>\uFFFDgnp.exe', { exact: true }).first().waitFor();
      const opened = await agent.open({ name: '', cwd: `/srv/${evil}`, title: '</title>\u2066boo' });
      await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
      await page.getByText('</title>\uFFFDboo').first().waitFor();
      expect(await page.locator('img:not(.brand img)').count()).toBe(0);
    });
  });

  test('the terminal draws without inline style elements, by WebGL or DOM, and survives a lost context', async () => {
    const red = () => {
      const spans = [...document.querySelectorAll('.xterm-rows span')];
      const span = spans.find((s) => s.textContent?.includes('crimson'));
      return span ? getComputedStyle(span).color : null;
    };
    await withPage(ready(), async (page, agent) => {
      const opened = await agent.open({ name: 'drawn' }, "printf '\\033[31mcrimson\\033[0m\\r\\n'; exec cat");
      await page.evaluate((h) => location.assign(h), `#/sessions/${opened.id}`);
      await page.locator('.terminal-host[data-state=live]').waitFor();
      // The graphics context is taken away, as a system does that is short of them.
      await page.waitForFunction(() => document.querySelectorAll('.xterm-screen canvas').length > 1);
      await page.evaluate(() => {
        for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.xterm-screen canvas'))
          canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
      });
      await page.locator('.xterm-rows').getByText('crimson').waitFor();
      await expect.poll(() => page.evaluate(red)).toBe('rgb(176, 42, 32)');
      await page.keyboard.type('still here');
      await page.locator('.xterm-rows').getByText('still here').waitFor();
    });
  });
});
