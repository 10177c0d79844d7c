import { describe, expect, test } from 'vitest';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import {
  CredentialsState,
  type MfaView,
  type Snapshot,
  SsoSessionState,
} from '../../../src/contract/state.ts';
import { overview } from '../../../src/domain/overview.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import * as given from '../../support/tray/snapshots.ts';

const AT = given.AT;
const MINUTE = 60_000;
const network = new BedrockTrayError('NetworkUnavailable', { host: 'portal', reason: 'ETIMEDOUT' }).view();
const see = (more: Partial<Snapshot> = {}, now = AT) => overview(given.snapshot(AT, more), now);
const sso = (more: Parameters<typeof given.ssoSession>[1]) => ({ ssoSessions: [given.ssoSession(AT, more)] });
const creds = (more: Parameters<typeof given.credentials>[1]) => ({
  credentials: [given.credentials(AT, more)],
});

const mfaSerial = 'arn:aws:iam::123456789012:mfa/dana';
const mfaNeeded = new BedrockTrayError('MfaNeeded', { profile: 'base', mfaSerial }).view();
const commandFailed = new BedrockTrayError('CommandFailed', { command: 'vault', reason: 'locked' }).view();
const mfa = (profile: string): MfaView => ({
  id: 'm1',
  profile,
  roleArn: 'arn:aws:iam::123456789012:role/Admin',
  mfaSerial,
  sinceAt: AT,
  problem: null,
});
/** The active profile has keys of its own, and no access portal is configured. */
const keys = (more: Parameters<typeof given.credentials>[1] = {}): Partial<Snapshot> => ({
  ssoSessions: [],
  ...creds({
    kind: 'static',
    ssoSession: null,
    accountId: null,
    roleName: null,
    expiresAt: null,
    nextRenewalAt: null,
    ...more,
  }),
});

describe('overview', () => {
  const cases: [string, Partial<Snapshot>, string, string, string][] = [
    ['all is well', {}, 'ready', 'ready', 'openClaude'],
    [
      'nothing configured',
      { ssoSessions: [], credentials: [], environments: [], activeEnvironment: null },
      'setup',
      'off',
      'addSsoSession',
    ],
    ['signed out', { ...sso({ state: 'signedOut' }), credentials: [] }, 'signedOut', 'off', 'signIn'],
    ['expired', sso({ state: 'expired' }), 'expired', 'attention', 'signIn'],
    [
      'signing in',
      sso({ state: 'signingIn', signIn: given.signIn(AT) }),
      'signingIn',
      'busy',
      'cancelSignIn',
    ],
    ['signing in elsewhere', sso({ state: 'signingIn' }), 'signingIn', 'busy', 'wait'],
    [
      'no environment',
      { environments: [], activeEnvironment: null, credentials: [] },
      'chooseRole',
      'attention',
      'chooseRole',
    ],
    ['first credentials under way', creds({ state: 'absent', expiresAt: null }), 'preparing', 'busy', 'wait'],
    ['no entry of credentials yet', { credentials: [] }, 'preparing', 'busy', 'wait'],
    [
      'credentials ran out',
      creds({ state: 'stale', expiresAt: AT - 1, problem: network }),
      'failed',
      'problem',
      'retry',
    ],
    ['renewing', creds({ state: 'renewing' }), 'renewing', 'ready', 'openClaude'],
    ['refreshing', sso({ state: 'refreshing' }), 'renewing', 'ready', 'openClaude'],
    ['stale', creds({ state: 'stale', problem: network }), 'degraded', 'attention', 'openClaude'],
    ['degraded', sso({ state: 'degraded', problem: network }), 'degraded', 'attention', 'openClaude'],
    ['denied', creds({ state: 'denied', expiresAt: null }), 'denied', 'problem', 'chooseRole'],
    ['static keys', keys(), 'ready', 'ready', 'openClaude'],
    [
      'a command that fails',
      keys({ kind: 'process', state: 'absent', problem: commandFailed }),
      'failed',
      'problem',
      'retry',
    ],
    ['a command under way', keys({ kind: 'process', state: 'renewing' }), 'preparing', 'busy', 'wait'],
    ['keys that AWS refuses', keys({ state: 'denied' }), 'denied', 'problem', 'chooseRole'],
    [
      'a code is asked for',
      { mfa: mfa('dev'), ...creds({ state: 'absent', expiresAt: null }) },
      'mfaNeeded',
      'attention',
      'answerMfa',
    ],
    [
      'a code for a role further down the chain',
      { mfa: mfa('base'), ...creds({ state: 'stale', problem: mfaNeeded }) },
      'mfaNeeded',
      'attention',
      'answerMfa',
    ],
    ['a code for another profile', { mfa: mfa('other') }, 'ready', 'ready', 'openClaude'],
    [
      'a code is asked for, but the sign-in has ended',
      { mfa: mfa('dev'), ...sso({ state: 'expired' }) },
      'expired',
      'attention',
      'signIn',
    ],
    [
      'malformed file',
      { configProblem: new BedrockTrayError('ConfigMalformed', { file: 'f', line: 1, reason: 'r' }).view() },
      'configProblem',
      'problem',
      'retry',
    ],
  ];
  test.for(cases)('%s', ([, more, state, indicator, action]) => {
    const view = see(more);
    expect([view.state, view.indicator, view.action.kind]).toEqual([state, indicator, action]);
  });

  test('time left is that of the credentials, and of the sign-in where there are none', () => {
    expect(see().timeLeft).toEqual({ until: AT + 54.5 * MINUTE, of: 'credentials' });
    expect(see({ credentials: [] }).timeLeft).toEqual({ until: AT + 480 * MINUTE, of: 'signIn' });
    expect(see({ ...sso({ state: 'signedOut', expiresAt: null }), credentials: [] }).timeLeft).toBeNull();
  });

  test('while a person is needed nothing is promised; credentials that still live can be used', () => {
    const view = see(sso({ state: 'expired', expiresAt: AT - 1 }));
    expect(view.next).toBeNull();
    expect(view.usable).toBe(true);
    expect(see(sso({ state: 'expired' }), AT + 55 * MINUTE).usable).toBe(false);
  });

  test('the same problem of session and credentials is told once', () => {
    const view = see({
      ...sso({ state: 'degraded', problem: network }),
      ...creds({ state: 'stale', problem: network }),
    });
    expect(view.problems).toEqual([network]);
  });

  test('the SSO session is that of the active environment', () => {
    const other = given.ssoSession(AT, { id: 'other', state: 'signedOut' });
    const corp = given.ssoSession(AT);
    expect(see({ ssoSessions: [other, corp] }).ssoSession?.id).toBe('corp');
    const unknown = given.snapshot(AT, { ssoSessions: [corp, other], credentials: [] });
    expect(overview(unknown, AT, 'other').ssoSession?.id).toBe('other');
  });

  test('keys without an end have no time left and need no sign-in, whatever portals there are', () => {
    const view = see({ ...keys(), ...sso({ state: 'expired' }) });
    expect([view.state, view.ssoSession, view.endless, view.timeLeft]).toEqual(['ready', null, true, null]);
    expect(see().endless).toBe(false);
  });

  test('where no sign-in is behind the credentials, none is spoken of', () => {
    const failed = see(keys({ kind: 'process', state: 'absent', problem: commandFailed }));
    expect([failed.sentence.key, failed.problems]).toEqual(['stateFailedSource', [commandFailed]]);
    expect(see(keys({ state: 'denied' })).sentence.key).toBe('stateDeniedSource');
  });

  test.each([
    ['signedOut', {}],
    ['expired', {}],
    ['signingIn', { signIn: given.signIn(AT) }],
  ] as const)('%s: that a sign-in is needed is not told again as a problem; others are', (state, more) => {
    const signInNeeded = new BedrockTrayError('SignInNeeded', { ssoSession: 'corp', startUrl: '' }).view();
    const problem = { ...sso({ state, ...more, problem: signInNeeded }) };
    const stale = { state: 'stale', expiresAt: AT - 1 } as const;
    expect(see({ ...problem, ...creds({ ...stale, problem: signInNeeded }) }).problems).toEqual([]);
    expect(see({ ...problem, ...creds({ ...stale, problem: network }) }).problems).toEqual([network]);
    // Signed in, it is news.
    expect(see(creds({ ...stale, problem: signInNeeded })).problems).toEqual([signInNeeded]);
  });

  test('a code that is asked for is asked, not also told as a problem; what lives stays usable', () => {
    const view = see({ mfa: mfa('base'), ...creds({ state: 'stale', problem: mfaNeeded }) });
    expect([view.problems, view.usable, view.next]).toEqual([[], true, null]);
    expect(see(creds({ state: 'stale', problem: mfaNeeded })).problems).toEqual([mfaNeeded]);
  });

  test('every combination of states has words in both languages', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const { t } = createTranslator(language);
      for (const s of SsoSessionState.options) {
        for (const c of CredentialsState.options) {
          const { sentence } = see({ ...sso({ state: s }), ...creds({ state: c }) });
          const said = t(`page:${sentence.key}`, sentence.params);
          expect(said).not.toMatch(/state[A-Z]|\{\{/);
          expect(said).toMatch(/[.。…]$/);
        }
      }
    }
  });
});
