import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { BedrockTrayError } from '../../src/contract/index.ts';
import {
  describePages,
  expectAccessible,
  expectNoOverflow,
  goTo,
  MINUTE,
  ready,
  shot,
} from '../support/page/page-harness.ts';
import { candidates, everyKind, profile } from '../support/page/samples.ts';
import * as given from '../support/tray/snapshots.ts';

/** Presses what a person sees of a tick box or switch: its label around the hidden input. */
const press = (input: Locator): Promise<void> => input.locator('xpath=ancestor::label').click();

describePages('Access and Settings', (pages) => {
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

  test('many roles become profiles in one write, under names that were shown, and it can be taken back', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        // All roles of one account, and one more by the keyboard.
        await press(page.getByRole('checkbox', { name: 'Choose all roles in Payments production' }));
        await page.getByText('3 roles chosen').waitFor();
        await page.getByRole('button', { name: '研发沙箱' }).click();
        const one = page.getByRole('checkbox', { name: 'Choose PowerUserAccess in 研发沙箱' });
        await one.focus();
        await page.keyboard.press('Space');
        await page.getByText('4 roles chosen').waitFor();
        await page.getByRole('button', { name: 'Payments development' }).click();
        await press(page.getByRole('checkbox', { name: 'Choose BedrockDeveloper in Payments development' }));
        expect(
          await page
            .getByRole('link', { name: 'AWS console as PowerUserAccess in 研发沙箱', exact: false })
            .getAttribute('href'),
        ).toBe('https://corp.awsapps.com/start/#/console?account_id=456789012345&role_name=PowerUserAccess');
        await expectAccessible(page);
        await shot(page, 'roles-chosen', { whole: true });
        await page.getByRole('button', { name: 'Add profiles…' }).click();
        const sheet = page.getByRole('dialog', { name: 'Add 5 profiles' });
        const names = sheet.getByRole('textbox', { name: 'Names' });
        await names.fill('{akkount}');
        await sheet.getByText('{akkount} is not known.', { exact: false }).waitFor();
        await names.fill('{role}');
        await sheet.getByText('ReadOnly', { exact: true }).waitFor();
        await names.fill('{account}.{role}');
        await sheet.getByText('456789012345.PowerUserAccess').waitFor();
        await expectAccessible(page);
        await shot(page, 'create-profiles');
        agent.refuse.set(
          'profiles.createMany',
          new BedrockTrayError('StorageFailed', { file: '~/.aws/config', reason: 'ENOSPC' }),
        );
        await sheet.getByRole('button', { name: 'Add 5 profiles' }).click();
        await sheet.getByText('Nothing was changed.', { exact: true }).waitFor();
        await sheet.getByRole('button', { name: 'Add 5 profiles' }).click();
        await page.getByText('5 profiles were added to ~/.aws/config.').waitFor();
        // In sight however far the list is scrolled, and where the keyboard goes on.
        const undo = page.getByRole('button', { name: 'Undo' });
        await expect.poll(() => page.locator('.undoable:focus').count()).toBe(1);
        await page.locator('.accounts > li').last().scrollIntoViewIfNeeded();
        const box = await undo.boundingBox();
        expect(box?.y).toBeGreaterThanOrEqual(0);
        expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThanOrEqual(page.viewportSize()?.height ?? 0);
        expect(agent.inputs('profiles.createMany').at(-1)?.roles).toHaveLength(5);
        expect(agent.profiles.map((p) => p.name)).toContain('456789012345.PowerUserAccess');
        await page.getByText('456789012345.PowerUserAccess').first().waitFor();
        await shot(page, 'profiles-created');
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('Taken back: /home/dana/.aws/config is as it was.').waitFor();
        await expect.poll(() => page.getByText('456789012345.PowerUserAccess').count()).toBe(0);
      },
      { hash: '#/access' },
    );
  });

  test('profiles of every kind are listed with chain, partition, notes and problems', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.setProfiles(everyKind);
        await page.getByText('payments-admin ← base ← corp-login').waitFor();
        await page.getByText('goes round in a circle', { exact: false }).waitFor();
        await page.getByText('aws-us-gov').waitFor();
        // Warnings are said as such, not by colour alone.
        const row = page.getByRole('listitem').filter({ hasText: 'ci-keys' }).first();
        await row.getByText('Warning:').waitFor({ state: 'attached' });
        await expectAccessible(page);
        await shot(page, 'profiles', { whole: true });
        await page.getByRole('searchbox', { name: 'Search profiles' }).fill('access keys');
        await expect.poll(() => page.locator('.profiles > li').count()).toBe(1);
        await page.getByRole('button', { name: 'Use profile ci-keys' }).click();
        await page.getByRole('dialog', { name: 'Use profile ci-keys' }).waitFor();
      },
      { hash: '#/access' },
    );
  });

  test('what other tools left is taken over after the very text was shown', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.candidates = candidates;
        agent.setProfiles(everyKind);
        await press(page.getByRole('checkbox', { name: 'Take over old-portal (older form)' }));
        await press(page.getByRole('checkbox', { name: 'Take over shared-ops (Granted)' }));
        expect(await page.getByRole('checkbox', { name: 'Take over keys (aws-vault)' }).isDisabled()).toBe(
          true,
        );
        await shot(page, 'import', { whole: true });
        await page.getByRole('button', { name: 'Look at 2 changes…' }).click();
        const sheet = page.getByRole('dialog', { name: 'This is written to ~/.aws/config' });
        const chosen = candidates.filter((c) => c.problem === null);
        expect(await sheet.locator('pre').textContent()).toBe(chosen.map((c) => c.writes).join('\n'));
        await expectAccessible(page);
        await shot(page, 'import-review');
        await sheet.getByRole('button', { name: 'Write' }).click();
        await page.getByText('2 profiles were taken over.').waitFor();
        expect(agent.inputs('import.apply')).toEqual([{ ids: chosen.map((c) => c.id) }]);
        agent.refuse.set('config.undo', new BedrockTrayError('ConfigChanged', { file: '~/.aws/config' }));
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('was changed by another program since', { exact: false }).waitFor();
      },
      { hash: '#/access' },
    );
  });

  test('an SSO session has its browser and its place for the token; what signing out does is said', async () => {
    const at = Date.now();
    const sessions = [
      given.ssoSession(at, { endsFrom: at + 4 * 60 * MINUTE, endsTo: at + 5 * 60 * MINUTE }),
      given.ssoSession(at, { id: 'gov', startUrl: 'https://gov.awsapps.com/start', region: 'us-gov-west-1' }),
    ];
    await pages.withPage(
      ready({ ssoSessions: sessions }),
      async (page, agent) => {
        await page.getByRole('button', { name: 'Options of corp' }).click();
        await page.getByRole('button', { name: /Browser for this sign-in/ }).click();
        await page.getByRole('option', { name: 'Chrome · Example Corp' }).click();
        await expect
          .poll(() => agent.state.settings.signInBrowsers)
          .toEqual({ corp: { browser: 'chrome', profile: 'Profile 1' } });
        await page.getByRole('switch', { name: 'Keep this sign-in to Bedrock Tray' }).focus();
        await page.keyboard.press('Space');
        await expect.poll(() => agent.state.settings.privateTokens).toEqual(['corp']);
        await page.getByText('Your organisation ends this sign-in between', { exact: false }).waitFor();
        await expectAccessible(page);
        await shot(page, 'sso-options');
        agent.refuse.set(
          'settings.set',
          new BedrockTrayError('KeyringUnavailable', { reason: 'no service' }),
        );
        await press(page.getByRole('switch', { name: 'Keep this sign-in to Bedrock Tray' }));
        await page.getByText('The system’s keyring cannot be used: no service.', { exact: false }).waitFor();
        await page.getByRole('button', { name: 'Sign out everywhere' }).click();
        const question = page.getByRole('alertdialog', { name: 'Sign out of all 2 SSO sessions?' });
        await question.getByText('at the access portal, in the files', { exact: false }).waitFor();
        await shot(page, 'sign-out-all');
        await question.getByRole('button', { name: 'Sign out everywhere' }).click();
        await expect.poll(() => agent.inputs('signOut')).toEqual([{}]);
      },
      { hash: '#/access' },
    );
  });

  test('a thousand profiles and two hundred accounts stay quick; the narrow window holds them', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.accounts = Array.from({ length: 200 }, (_, n) => ({
          accountId: String(100_000_000_000 + n),
          name: `Team ${n} ${n % 2 ? 'development' : 'production'}`,
          email: `team${n}@example.com`,
        }));
        const many = Array.from({ length: 1000 }, (_, n) => ({
          ...(everyKind[n % everyKind.length] ?? profile('none')),
          name: `profile-${n}`,
        }));
        agent.setProfiles(many);
        agent.candidates = candidates;
        await goTo(page, '#/access');
        await page.getByText('Team 49 development').waitFor();
        await page.getByText('profile-0', { exact: true }).waitFor();
        await expectNoOverflow(page);
        await shot(page, 'narrow-many');
        // Processor time of the page's own thread: what else runs on the machine does not count.
        const cdp = await page.context().newCDPSession(page);
        await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
        const busy = async (): Promise<number> => {
          const { metrics } = await cdp.send('Performance.getMetrics');
          return (metrics.find((m) => m.name === 'TaskDuration')?.value ?? 0) * 1000;
        };
        const search = page.getByRole('searchbox', { name: 'Search profiles' });
        const rows = page.locator('.profiles > li');
        const costs: number[] = [];
        for (const [text, count] of [
          ['profile-99', 11],
          ['profile-999', 1],
          ['', 50],
        ] as const) {
          const from = await busy();
          await search.fill(text);
          await expect.poll(() => rows.count()).toBe(count);
          costs.push(Math.round((await busy()) - from));
        }
        console.info(`1,000 profiles and 200 accounts: processor time of each search ${costs.join(', ')} ms`);
        expect(Math.max(...costs)).toBeLessThan(500);
        await page.getByRole('button', { name: 'Show 50 more' }).click();
        await expect.poll(() => page.locator('.profiles > li').count()).toBe(100);
        await page.getByRole('button', { name: 'Show 100 more' }).click();
        await page.getByText('Team 199 development').waitFor();
      },
      { viewport: { width: 480, height: 760 } },
    );
  });
});
