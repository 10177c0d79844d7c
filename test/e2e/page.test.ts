import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BedrockTrayError, type Snapshot } from '../../src/contract/index.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import {
  expectAccessible,
  expectNoOverflow,
  goTo,
  MINUTE,
  PageHarness,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import { candidates, everyKind } from '../support/page/samples.ts';
import * as given from '../support/tray/snapshots.ts';

describe.skipIf(!hasChromium())('page in Chromium (needs Debian’s chromium)', () => {
  let pages: PageHarness;
  beforeAll(async () => {
    pages = await PageHarness.start();
  }, 5 * MINUTE);
  afterAll(() => pages?.[Symbol.asyncDispose]());

  test('a view that fails says so and leaves the rest of the page alone', async () => {
    await pages.withPage(ready(), async (page) => {
      await page.evaluate(() => {
        const real = Intl.Collator;
        Object.assign(globalThis, { mend: () => Object.assign(Intl, { Collator: real }) });
        Object.assign(Intl, {
          Collator: class {
            constructor() {
              throw new Error('broken on purpose');
            }
          },
        });
      });
      await goTo(page, '#/usage');
      await page.getByText('This view could not be shown. Sessions and credentials go on.').waitFor();
      await shot(page, 'view-failed');
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
      await page.evaluate(() => (globalThis as unknown as { mend(): void }).mend());
      await goTo(page, '#/usage');
      await page.getByRole('heading', { name: 'Usage', exact: true }).waitFor();
    });
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
    await pages.withPage(ready(), async (page, agent) => {
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

  test('at 480 px everything fits and the rail is a bar at the bottom', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.candidates = candidates;
        agent.setProfiles(everyKind);
        for (const view of ['overview', 'access', 'settings', 'sessions/new']) {
          await goTo(page, `#/${view}`);
          await page.locator('.page:visible').waitFor();
          await page.locator('.skeleton').first().waitFor({ state: 'detached' });
          await expectNoOverflow(page);
          if (view === 'overview') await expectAccessible(page);
          await shot(page, `narrow-${view.replace('/', '-')}`, { whole: view === 'access' });
        }
        const rail = await page.getByRole('navigation').boundingBox();
        expect(rail?.y).toBeGreaterThan(600);
        const opened = await agent.open({ name: 'billing-service' }, 'echo narrow; read _');
        await goTo(page, `#/sessions/${opened.id}`);
        await terminalLive(page);
        await shot(page, 'narrow-session');
      },
      { viewport: { width: 480, height: 760 } },
    );
  });

  test('text from outside is text: nothing is run, and what deceives is made visible', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202Egnp.exe';
    await pages.withPage(ready({ recentFolders: [`/srv/${evil}`] }), async (page, agent) => {
      await page.getByText('<img src=x onerror=alert(1)>\uFFFDgnp.exe', { exact: true }).first().waitFor();
      const opened = await agent.open({ name: '', cwd: `/srv/${evil}`, title: '</title>\u2066boo' });
      await goTo(page, `#/sessions/${opened.id}`);
      await page.getByText('</title>\uFFFDboo').first().waitFor();
      expect(await page.locator('img:not(.brand img)').count()).toBe(0);
    });
  });
});
