import { describe, expect, test } from 'vitest';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { CredentialsState, type Snapshot, SsoSessionState } from '../../../src/contract/state.ts';
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
