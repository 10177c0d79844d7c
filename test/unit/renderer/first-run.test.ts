import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../renderer/src/routes/first-run/plan.ts';
import {
  type KnownRoles,
  plainRole,
  roleRows,
  rowFrom,
} from '../../../renderer/src/routes/first-run/role-rows.ts';
import { firstRunWanted, nextStep, stepBefore, steps } from '../../../renderer/src/routes/first-run/steps.ts';
import { BedrockTrayError } from '../../../src/contract/index.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { typedStartUrl } from '../../../src/domain/profiles/sso-session-name.ts';
import { AT, environment, signIn, snapshot, ssoSession } from '../../support/tray/snapshots.ts';

const plan = (more: Partial<Plan> = {}): Plan => ({
  begun: true,
  ssoSession: null,
  environments: [],
  made: [],
  confirmed: false,
  checked: false,
  ...more,
});
const out = ssoSession(AT, { state: 'signedOut' });
const state = (more: Parameters<typeof snapshot>[1] = {}) =>
  snapshot(AT, { ssoSessions: [], environments: [], activeEnvironment: null, ...more });

describe('the steps of a first run follow from the state', () => {
  it.each([
    ['nothing is there', state(), plan(), 'portal'],
    ['what is there was not chosen yet', state({ ssoSessions: [out] }), plan(), 'portal'],
    ['chosen, and signed out', state({ ssoSessions: [out] }), plan({ ssoSession: 'corp' }), 'signIn'],
    ['it was chosen and is gone', state(), plan({ ssoSession: 'corp' }), 'portal'],
    [
      'a sign-in is under way, whoever began it',
      state({ ssoSessions: [ssoSession(AT, { state: 'signingIn', signIn: signIn(AT) })] }),
      plan(),
      'signIn',
    ],
    ['signed in', state({ ssoSessions: [ssoSession(AT)] }), plan({ ssoSession: 'corp' }), 'roles'],
    [
      'a role was chosen',
      state({ ssoSessions: [ssoSession(AT)], environments: [environment()] }),
      plan({ ssoSession: 'corp', environments: ['work'] }),
      'bedrock',
    ],
    [
      'its environment was deleted since',
      state({ ssoSessions: [ssoSession(AT)] }),
      plan({ ssoSession: 'corp', environments: ['work'], confirmed: true }),
      'roles',
    ],
    [
      'region and models were seen',
      state({ ssoSessions: [ssoSession(AT)], environments: [environment()] }),
      plan({ ssoSession: 'corp', environments: ['work'], confirmed: true }),
      'check',
    ],
    [
      'the sign-in has ended meanwhile',
      state({ ssoSessions: [ssoSession(AT, { state: 'expired' })], environments: [environment()] }),
      plan({ ssoSession: 'corp', environments: ['work'], confirmed: true, checked: true }),
      'signIn',
    ],
    [
      'a profile without an SSO session',
      state({ environments: [environment()] }),
      plan({ environments: ['work'], confirmed: true, checked: true }),
      'open',
    ],
    [
      'the configuration cannot be read',
      state({
        ssoSessions: [ssoSession(AT)],
        configProblem: new BedrockTrayError('ConfigMalformed', { file: '/c', line: 1, reason: 'x' }).view(),
      }),
      plan({ ssoSession: 'corp' }),
      'portal',
    ],
  ] as const)('%s', (_name, given, decided, step) => {
    expect(nextStep(given, decided)).toBe(step);
  });

  it('shows itself only where nothing is set up, or it was begun', () => {
    const fresh = Settings.parse({});
    const wanted = (more: Parameters<typeof snapshot>[1], begun: boolean) =>
      firstRunWanted(state({ settings: fresh, ...more }), { begun });
    expect(wanted({}, false)).toBe(true);
    expect(wanted({ environments: [environment()] }, false)).toBe(false);
    expect(wanted({ environments: [environment()] }, true)).toBe(true);
    expect(wanted({ settings: Settings.parse({ setupDone: true }) }, true)).toBe(false);
    expect(wanted({ agent: { ...state().agent, demo: true } }, false)).toBe(false);
  });

  it('leads back step by step, past a sign-in that holds', () => {
    const back = steps.map((step) => stepBefore(step, { ssoSession: 'corp' }));
    expect(back).toEqual([null, 'portal', 'portal', 'roles', 'bedrock', 'check']);
    expect(stepBefore('bedrock', { ssoSession: null })).toBe('portal');
  });
});

it.each([
  ['corp.awsapps.com/start', 'https://corp.awsapps.com/start'],
  [' https://corp.awsapps.com/start#/ ', 'https://corp.awsapps.com/start'],
  ['http://corp', 'http://corp'],
  ['', ''],
])('a start URL as it is typed: %j', (typed, meant) => {
  expect(typedStartUrl(typed)).toBe(meant);
});

describe('accounts and roles', () => {
  const account = (n: number) => ({
    accountId: String(100_000_000_000 + n),
    name: `Team ${n}`,
    email: `team${n}@example.com`,
  });
  const known = (...names: string[][]): Map<string, KnownRoles> =>
    new Map(names.map((list, n) => [account(n).accountId, { names: list }]));
  const keys = (rows: ReturnType<typeof roleRows>) => rows.map((r) => r.kind);

  it('few accounts are open, many are not, until somebody opens one', () => {
    const two = [account(0), account(1)];
    const roles = known(['A', 'B'], []);
    expect(keys(roleRows(two, roles, '', new Set()))).toEqual(['account', 'role', 'role', 'account', 'note']);
    expect(keys(roleRows(two, roles, '', new Set([account(0).accountId])))).toEqual([
      'account',
      'account',
      'note',
    ]);
    const many = Array.from({ length: 5_000 }, (_, n) => account(n));
    expect(roleRows(many, roles, '', new Set())).toHaveLength(5_000);
    expect(keys(roleRows(many, roles, 'team 4999', new Set()))).toEqual(['account', 'note']);
  });

  it('a search finds accounts, and roles that are known', () => {
    const rows = roleRows(
      [account(0), account(1)],
      known(['Reader'], ['Writer', 'Reader2']),
      'writ',
      new Set(),
    );
    expect(rows.map((r) => r.key)).toEqual([account(1).accountId, `${account(1).accountId} Writer`]);
  });

  it('proposes a role only where it is plain which', () => {
    const one = [account(0)];
    expect(plainRole(one, known(['Any']))?.roleName).toBe('Any');
    expect(plainRole(one, known(['Any', 'MyBedrockUser']))?.roleName).toBe('MyBedrockUser');
    expect(plainRole(one, known(['BedrockA', 'BedrockB']))).toBeNull();
    expect(plainRole(one, new Map())).toBeNull();
    expect(plainRole([account(0), account(1)], known(['Any']))).toBeNull();
  });

  it('the keyboard passes over notes and stays in the list', () => {
    const rows = roleRows([account(0), account(1)], known([], ['A']), '', new Set());
    expect(keys(rows)).toEqual(['account', 'note', 'account', 'role']);
    expect(rowFrom(rows, 0, 1)).toBe(2);
    expect(rowFrom(rows, 2, -1)).toBe(0);
    expect(rowFrom(rows, 3, 1)).toBe(3);
    expect(rowFrom(rows, 0, -1)).toBe(0);
    expect(rowFrom([], 0, 1)).toBe(-1);
  });
});
