import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from '../support/desktop/browser.ts';
import { PageHarness, ready, shot } from '../support/page/page-harness.ts';
import * as given from '../support/tray/snapshots.ts';

describe.skipIf(!hasChromium())('Access and Settings in Chromium (needs Debian’s chromium)', () => {
  let pages: PageHarness;
  beforeAll(async () => {
    pages = await PageHarness.start();
  });
  afterAll(() => pages?.[Symbol.asyncDispose]());

  test('an access portal, a role and an environment are set up from nothing', async () => {
    const nothing = ready({
      ssoSessions: [],
      credentials: [],
      environments: [],
      activeEnvironment: null,
      recentFolders: [],
    });
    await pages.withPage(nothing, async (page, agent) => {
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
});
