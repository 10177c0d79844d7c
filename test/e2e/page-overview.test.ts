import { expect, test } from 'vitest';
import { BedrockTrayError, type MfaView, type Snapshot } from '../../src/contract/index.ts';
import {
  describePages,
  expectAccessible,
  expectNoOverflow,
  goTo,
  MINUTE,
  ready,
  shot,
} from '../support/page/page-harness.ts';
import { everyKind } from '../support/page/samples.ts';
import * as given from '../support/tray/snapshots.ts';

const mfa = (more: Partial<MfaView> = {}): MfaView => ({
  id: 'mfa-1',
  profile: 'dev',
  roleArn: 'arn:aws:iam::210987654321:role/BedrockAdmin',
  mfaSerial: 'arn:aws:iam::123456789012:mfa/dana',
  sinceAt: Date.now(),
  problem: null,
  ...more,
});
const expired = (more: Partial<Snapshot> = {}): Snapshot => {
  const at = Date.now();
  return ready({
    ssoSessions: [given.ssoSession(at, { state: 'expired', expiresAt: at - MINUTE })],
    prompt: given.prompt(at),
    ...more,
  });
};

describePages('overview of what needs a person', (pages) => {
  test('a code of an MFA device is asked for once, refused with its reason, and given', async () => {
    const waiting = ready({
      credentials: [
        given.credentials(Date.now(), {
          kind: 'assume-role',
          state: 'absent',
          expiresAt: null,
          problem: new BedrockTrayError('MfaNeeded', { profile: 'dev', mfaSerial: mfa().mfaSerial }).view(),
        }),
      ],
      mfa: mfa(),
    });
    await pages.withPage(waiting, async (page, agent) => {
      await page.getByRole('heading', { name: 'Enter the code from your MFA device.' }).waitFor();
      const code = page.getByRole('textbox', { name: 'MFA code' });
      expect(await code.count()).toBe(1);
      await code.and(page.locator(':focus')).waitFor();
      expect([await code.getAttribute('autocomplete'), await code.getAttribute('inputmode')]).toEqual([
        'one-time-code',
        'numeric',
      ]);
      await page.getByText('arn:aws:iam::123456789012:mfa/dana').waitFor();
      await page.keyboard.type('12 34');
      await page.keyboard.press('Enter');
      await page.getByText('A code has 6 to 8 digits.').waitFor();
      expect(agent.inputs('mfa.answer')).toEqual([]);
      await expectAccessible(page);
      await shot(page, 'mfa');
      const refused = new BedrockTrayError('MfaRefused', {
        mfaSerial: mfa().mfaSerial,
        reason: 'MultiFactorAuthentication failed with invalid MFA one time pass code',
      }).view();
      agent.set({ mfa: mfa({ problem: refused }) });
      await page.getByText('AWS did not accept the code', { exact: false }).waitFor();
      await expect.poll(() => code.inputValue()).toBe('');
      await code.and(page.locator(':focus')).waitFor();
      await shot(page, 'mfa-refused');
      await page.keyboard.type('123456');
      await page.keyboard.press('Enter');
      await code.waitFor({ state: 'detached' });
      expect(agent.inputs('mfa.answer')).toEqual([{ id: 'mfa-1', code: '123456' }]);
      // Another profile's: beside the state, not instead of it; on other views a way to it.
      agent.set({
        credentials: [given.credentials(Date.now())],
        mfa: mfa({ id: 'mfa-2', profile: 'payments-admin' }),
      });
      await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
      await page.getByRole('heading', { name: 'Profile payments-admin needs a code' }).waitFor();
      await shot(page, 'mfa-other');
      await goTo(page, '#/settings');
      await page.getByRole('link', { name: 'Enter the code' }).click();
      await page.getByRole('button', { name: 'Not now' }).click();
      await code.waitFor({ state: 'detached' });
      expect(agent.inputs('mfa.cancel')).toEqual([{ id: 'mfa-2' }]);
    });
  });

  test('being asked to sign in can be put off, and it says until when', async () => {
    await pages.withPage(expired(), async (page, agent) => {
      await page.getByRole('button', { name: 'Remind me later' }).click();
      await page.getByRole('menuitem', { name: 'in 15 min' }).waitFor();
      await shot(page, 'snooze');
      await page.getByRole('menuitem', { name: 'in 15 min' }).press('Enter');
      await page.getByText(/^Asks again at /).waitFor();
      expect(agent.inputs('prompt.snooze')).toEqual([{ minutes: 15 }]);
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
      agent.refuse.set('signIn.start', new BedrockTrayError('SignInBusy', { ssoSession: 'other' }));
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText('A sign-in to “other” is under way.', { exact: false }).waitFor();
      await shot(page, 'snoozed');
    });
  });

  test('the end that is near is told; renewing says what it interrupts and asks first', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      // Told when the page is there: half a minute is left of the ninth.
      const at = Date.now();
      agent.set({
        ending: {
          ssoSession: 'corp',
          startUrl: 'https://corp.awsapps.com/start',
          endsAt: at + 9.5 * MINUTE,
          stage: 10,
        },
        ssoSessions: [given.ssoSession(at, { endsFrom: at + 9.5 * MINUTE, endsTo: at + 25 * MINUTE })],
      });
      await page
        .locator('.notice')
        .getByText('Your organisation ends the sign-in to corp in 9 min.')
        .waitFor();
      await page.getByText('Your organisation ends this sign-in between', { exact: false }).waitFor();
      await agent.open({ name: 'web & shop' });
      await shot(page, 'ending');
      await page.getByRole('button', { name: 'Renew now' }).click();
      const question = page.getByRole('alertdialog', { name: 'Renew the sign-in to corp?' });
      await question.getByText('Your open Claude Code session goes on', { exact: false }).waitFor();
      await expectAccessible(page);
      await shot(page, 'renew');
      expect(agent.inputs('signIn.start')).toEqual([]);
      await question.getByRole('button', { name: 'Renew now' }).click();
      await page.getByRole('button', { name: 'Cancel sign-in' }).waitFor();
      expect(agent.inputs('signIn.start')).toMatchObject([{ ssoSession: 'corp', renew: true }]);
    });
  });

  test('network, clock and keys without end are told in a line each', async () => {
    const at = Date.now();
    const keys = {
      ssoSessions: [],
      credentials: [
        given.credentials(at, {
          profile: 'ci-keys',
          kind: 'static',
          ssoSession: null,
          accountId: null,
          roleName: null,
          expiresAt: null,
          nextRenewalAt: null,
        }),
      ],
      environments: [given.environment({ profile: 'ci-keys' })],
    };
    await pages.withPage(ready(keys), async (page, agent) => {
      agent.setProfiles(everyKind);
      await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
      await page.getByText('credentials do not expire').waitFor();
      await page.getByText('~/.aws/credentials', { exact: false }).waitFor();
      await shot(page, 'static');
      agent.set({
        network: { state: 'offline', sinceAt: Date.now() - 3 * MINUTE },
        clockSkewMs: 123 * MINUTE + 500,
      });
      await page.locator('.notice').getByText('AWS cannot be reached since', { exact: false }).waitFor();
      await page
        .getByRole('status')
        .getByText('AWS cannot be reached since', { exact: false })
        .waitFor({ state: 'attached' });
      await page.locator('.notice').getByText('This computer’s clock is 2 h 03 min behind AWS’s.').waitFor();
      await expectAccessible(page);
      await shot(page, 'offline');
      agent.set({ network: { state: 'captive', sinceAt: Date.now() }, clockSkewMs: null });
      await page.locator('.notice').getByText('This network asks for a sign-in of its own.').waitFor();
      await shot(page, 'captive');
    });
  });

  test('a demo that has ended says so and promises nothing', async () => {
    const state = ready();
    await pages.withPage({ ...state, agent: { ...state.agent, demo: true } }, async (page, agent) => {
      await page.getByText('Demo', { exact: true }).waitFor();
      await agent.disappear();
      await page.getByText('start it again with npm run demo', { exact: false }).waitFor();
      expect(await page.getByText('reconnects automatically').count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Try now' }).count()).toBe(0);
    });
  });

  test('on a narrow window, in the dark and in Chinese it fits and can be read', async () => {
    await pages.withPage(
      expired({ mfa: mfa({ profile: 'payments-admin' }), clockSkewMs: -9 * MINUTE }),
      async (page, agent) => {
        await page.getByRole('heading', { name: '您对 corp 的登录已到期。' }).waitFor();
        const at = Date.now();
        agent.set({
          ending: {
            ssoSession: 'corp',
            startUrl: 'https://corp.awsapps.com/start',
            endsAt: at + 40_000,
            stage: 1,
          },
          network: { state: 'offline', sinceAt: at },
        });
        await page.locator('.notice').getByText('本机时钟比 AWS 快', { exact: false }).waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page, 'contrast');
        await shot(page, 'narrow-needs-person', { whole: true });
      },
      { viewport: { width: 480, height: 760 }, locale: 'zh-CN', colorScheme: 'dark' },
    );
  });
});
