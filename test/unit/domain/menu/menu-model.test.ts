import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/contract/state.ts';
import { environmentInRegion, modelForRegion } from '../../../../src/domain/menu/environment-region.ts';
import { exportCommand, roleArnPattern, shellWord } from '../../../../src/domain/menu/menu-copy.ts';
import type { MenuEntry } from '../../../../src/domain/menu/menu-entries.ts';
import type { MenuInput } from '../../../../src/domain/menu/menu-input.ts';
import { menuModel } from '../../../../src/domain/menu/menu-model.ts';
import {
  safeText,
  shortFolder,
  timeLeftChangesIn,
  timeLeftWords,
} from '../../../../src/domain/menu/menu-words.ts';
import { createTranslator } from '../../../../src/locales/index.ts';
import { say } from '../../../../src/tray/say.ts';
import { modelView } from '../../../support/model-view.ts';
import {
  AT,
  credentials,
  environment,
  prompt,
  session,
  signIn,
  snapshot,
  ssoSession,
} from '../../../support/tray/snapshots.ts';

const en = createTranslator('en');
const zh = createTranslator('zh-CN');

function model(more: Partial<Snapshot> | null, input: Partial<MenuInput> = {}) {
  return menuModel({
    link: more === null ? 'starting' : 'connected',
    snapshot: more === null ? null : snapshot(AT, more),
    now: AT,
    regions: null,
    models: null,
    accounts: null,
    platform: 'linux',
    userHome: '/home/dana',
    ...input,
  });
}

/** The menu as indented lines, as a person reads it. */
function lines(entries: readonly MenuEntry[], translator = en, depth = 0): string[] {
  const read = (entry: MenuEntry): string[] => {
    const pad = '  '.repeat(depth);
    if (entry.kind === 'separator') return [`${pad}---`];
    const label = pad + say(translator, entry.label);
    if (entry.kind === 'label') return [`${label} (text)`];
    if (entry.kind === 'action') return [entry.enabled ? label : `${label} (disabled)`];
    if (entry.kind === 'radio') return [`${label} ${entry.checked ? '(x)' : '( )'}`];
    return [`${label} >`, ...lines(entry.entries, translator, depth + 1)];
  };
  return entries.flatMap(read);
}

const actions = (entries: readonly MenuEntry[]): unknown[] =>
  entries.flatMap((e) =>
    e.kind === 'submenu' ? actions(e.entries) : e.kind === 'action' || e.kind === 'radio' ? [e.action] : [],
  );

test('a budget that is nearly or wholly used leads to Usage; its words change with stages, not with each cent', () => {
  const budget = (stage: 50 | 80 | 100 | null, refuse = false, spentUsd = 33) => ({
    environment: 'work\n',
    budget: { usd: 40, period: 'month' as const, refuse },
    spentUsd,
    unpriced: false,
    from: '2026-11-01',
    to: '2026-11-30',
    stage,
  });
  const menu = (...budgets: ReturnType<typeof budget>[]) =>
    model({ usage: { revision: 1, pending: 0, budgets } }).entries;
  const said = (entries: readonly MenuEntry[]) => lines(entries).filter((l) => l.startsWith('Budget'));
  expect(said(menu(budget(null), budget(50)))).toEqual([]);
  expect(said(menu(budget(80)))).toEqual(['Budget of work: more than 80 % used…']);
  expect(lines(menu(budget(80, false, 34)))).toEqual(lines(menu(budget(80, false, 38))));
  expect(said(menu(budget(100), budget(100, true)))).toEqual([
    'Budget of work is used up…',
    'Budget of work is used up: no new sessions…',
  ]);
  expect(actions(menu(budget(80)))).toContainEqual({ type: 'openWindow', place: 'usage' });
});

describe('the whole menu', () => {
  test('signed in', () => {
    const made = model(
      { sessions: [session(AT), session(AT, { name: 'old', state: 'exited', startedAt: AT })] },
      {
        regions: ['us-east-1', 'us-west-2'],
        models: [
          modelView({ id: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', name: 'US Claude Sonnet 4.5' }),
        ],
      },
    );
    expect(lines(made.entries)).toEqual([
      'Signed in · 54 min left (text)',
      '123456789012 / BedrockDeveloper (text)',
      '---',
      'Open Claude Code in ~/src/billing-service',
      'Open Claude Code in another folder >',
      '  ~/src/web & shop',
      '  /srv/data',
      '  ---',
      '  Choose folder…',
      'Sessions (1 open) >',
      '  billing-service · ~/src/billing-service (working)',
      '  old · ~/src/billing-service (ended)',
      '---',
      'Environment: work >',
      '  work (x)',
      'Region: us-west-2 >',
      '  us-east-1 ( )',
      '  us-west-2 (x)',
      'Model: US Claude Sonnet 4.5 >',
      '  Claude Code’s default ( )',
      '  US Claude Sonnet 4.5 (x)',
      '---',
      'Open AWS console as this role',
      'Copy >',
      '  Account ID',
      '  Role ARN pattern (for policies)',
      '  Command that exports credentials',
      '  Command that opens Claude Code',
      'SSO session: corp >',
      '  Renew sign-in…',
      '  Sign out',
      '---',
      'Open window',
      'Settings…',
      'Quit…',
    ]);
    expect(made.icon).toBe('valid');
    expect(say(en, made.tooltip)).toBe(
      'Bedrock Tray: Signed in · 54 min left\n123456789012 / BedrockDeveloper\nus-west-2 · US Claude Sonnet 4.5',
    );
    expect(lines(made.entries, zh).slice(0, 4)).toEqual([
      expect.stringMatching(/^已登录 · 剩余 54/),
      '123456789012 / BedrockDeveloper (text)',
      '---',
      '在 ~/src/billing-service 中打开 Claude Code',
    ]);
  });

  test('before the agent answers, and when there is none', () => {
    expect(lines(model(null).entries)).toEqual([
      'Starting… (text)',
      '---',
      'Open window',
      'Settings…',
      'Quit…',
    ]);
    const gone = model(null, { link: 'gone' });
    expect(gone.icon).toBe('agent-gone');
    expect(lines(gone.entries)).toContain('Start the agent again');
  });

  test('nothing configured: one thing to do, and Claude Code cannot be opened yet', () => {
    const made = model({
      ssoSessions: [],
      credentials: [],
      environments: [],
      activeEnvironment: null,
      recentFolders: [],
    });
    expect(made.icon).toBe('signed-out');
    expect(lines(made.entries)).toEqual([
      'Not set up yet (text)',
      '---',
      'Set up your access portal…',
      '---',
      'Open Claude Code… (disabled)',
      '---',
      'Open window',
      'Settings…',
      'Quit…',
    ]);
  });
});

describe('states', () => {
  const without = {
    credentials: [credentials(AT, { state: 'absent', expiresAt: null, nextRenewalAt: null })],
  };
  const cases: [string, Partial<Snapshot>, string, string[]][] = [
    [
      'signed out',
      { ...without, ssoSessions: [ssoSession(AT, { state: 'signedOut', expiresAt: null })] },
      'signed-out',
      ['Signed out (text)', 'Sign in to corp'],
    ],
    [
      'expired',
      {
        ...without,
        ssoSessions: [ssoSession(AT, { state: 'expired', expiresAt: AT - 1 })],
        prompt: prompt(AT),
      },
      'expired',
      ['Sign-in has ended (text)', 'Sign in to corp', 'Remind me later >', '  In 5 min', '  In 4 h 00 min'],
    ],
    [
      'signing in',
      { ...without, ssoSessions: [ssoSession(AT, { state: 'signingIn', signIn: signIn(AT) })] },
      'signing-in',
      ['Waiting for you in the browser… (text)', 'Open the sign-in page again', 'Cancel sign-in'],
    ],
    [
      'signing in with a device code',
      {
        ...without,
        ssoSessions: [
          ssoSession(AT, {
            state: 'signingIn',
            signIn: signIn(AT, { flow: 'device', userCode: 'ABCD-EFGH' }),
          }),
        ],
      },
      'signing-in',
      ['Code to compare: ABCD-EFGH (text)'],
    ],
    ['preparing', { credentials: [] }, 'busy', ['Signed in, getting credentials… · 8 h 00 min left (text)']],
    [
      'renewing',
      { credentials: [credentials(AT, { state: 'renewing' })] },
      'refreshing',
      ['Signed in, renewing… · 54 min left (text)'],
    ],
    [
      'degraded',
      {
        ssoSessions: [
          ssoSession(AT, {
            state: 'degraded',
            problem: { code: 'NetworkUnavailable', params: { host: 'oidc', reason: 'ENOTFOUND' } },
          }),
        ],
      },
      'degraded',
      ['Signed in, last renewal failed · 54 min left (text)', 'What went wrong…'],
    ],
    [
      'denied',
      {
        credentials: [
          credentials(AT, {
            state: 'denied',
            problem: { code: 'AccessDenied', params: { accountId: '123456789012', roleName: 'R' } },
          }),
        ],
      },
      'degraded',
      ['Choose account and role…'],
    ],
    [
      'put off',
      {
        ...without,
        ssoSessions: [ssoSession(AT, { state: 'expired', expiresAt: AT - 1 })],
        prompt: prompt(AT, { snoozedUntil: AT + 4.5 * 60_000 }),
      },
      'expired',
      ['Sign in to corp', 'You are reminded in 4 min (text)'],
    ],
    [
      'about to end for good',
      {
        ending: { ssoSession: 'corp', startUrl: 'https://x', endsAt: AT + 9.5 * 60_000, stage: 10 },
      },
      'ending',
      [
        'Sign-in ends soon · 9 min left (text)',
        'Your organisation ends the sign-in to corp in 9 min (text)',
        '  Renew sign-in…',
      ],
    ],
    [
      'a code is asked for',
      {
        mfa: {
          id: '1',
          profile: 'admin',
          roleArn: 'arn:aws:iam::123456789012:role/Admin',
          mfaSerial: 'arn:aws:iam::123456789012:mfa/dana',
          sinceAt: AT,
          problem: null,
        },
      },
      'degraded',
      ['Enter the MFA code for admin…'],
    ],
    [
      'without a network',
      { network: { state: 'offline', sinceAt: AT }, clockSkewMs: -7_200_000 },
      'offline',
      ['AWS cannot be reached · 54 min left (text)', 'This computer’s clock is wrong by 2 h 00 min (text)'],
    ],
    [
      'in a café',
      { network: { state: 'captive', sinceAt: AT } },
      'offline',
      ['This network asks for a sign-in · 54 min left (text)'],
    ],
    [
      'malformed configuration',
      { configProblem: { code: 'ConfigMalformed', params: { file: 'config', line: 3, reason: 'x' } } },
      'degraded',
      ['Try again'],
    ],
  ];
  test.each(cases)('%s', (_name, more, icon, expected) => {
    const made = model(more);
    expect(made.icon).toBe(icon);
    expect(lines(made.entries)).toEqual(expect.arrayContaining(expected));
  });

  test('a sign-in that nothing renews is shown as ending in its last 15 minutes, and the change is foreseen', () => {
    const at = (minutes: number) => ({
      ssoSessions: [ssoSession(AT, { refreshable: false, expiresAt: AT + minutes * 60_000 })],
    });
    expect(model(at(14)).icon).toBe('ending');
    const before = model(at(15.25));
    expect(before.icon).toBe('valid');
    expect(before.changesAt).toBe(AT + 15_000);
    expect(model(at(15.25), { now: AT + 15_000 }).icon).toBe('ending');
  });

  test('several SSO sessions: each can be signed in and out on its own', () => {
    const made = model({
      ssoSessions: [ssoSession(AT), ssoSession(AT, { id: 'lab', state: 'signedOut', expiresAt: null })],
    });
    expect(actions(made.entries)).toEqual(
      expect.arrayContaining([
        { type: 'renewSignIn', ssoSession: 'corp' },
        { type: 'signOut', ssoSession: 'corp' },
        { type: 'signIn', ssoSession: 'lab' },
      ]),
    );
  });
});

describe('the menu', () => {
  test('calls the account by its name, as the tooltip does', () => {
    const made = model({}, { accounts: [{ accountId: '123456789012', name: 'Pay\u202ements' }] });
    expect(lines(made.entries)).toContain('Pay ments (123456789012) / BedrockDeveloper (text)');
    expect(say(zh, made.tooltip).split('\n')[1]).toBe('Pay ments（123456789012）/ BedrockDeveloper');
  });

  test('opens the console as the role through the portal, only where the portal gave the role', () => {
    expect(actions(model({}).entries)).toContainEqual({
      type: 'openConsole',
      url: 'https://corp.awsapps.com/start/#/console?account_id=123456789012&role_name=BedrockDeveloper',
    });
    const said = lines(model({ credentials: [credentials(AT, { kind: 'assume-role' })] }).entries);
    expect(said).not.toContain('Open AWS console as this role');
    // Nor is another role's ARN known: its path is not told.
    expect(said).not.toContain('  Role ARN pattern (for policies)');
    expect(said).toContain('  Account ID');
    const odd = [ssoSession(AT, { startUrl: 'javascript:alert(1)' })];
    expect(lines(model({ ssoSessions: odd }).entries)).not.toContain('Open AWS console as this role');
  });

  test('offers an update when there is something to press', () => {
    const said = (update: Partial<Snapshot['update']>): string[] => {
      const none = { state: 'none', version: '1.4.0', progress: null, checkedAt: null } as const;
      return lines(model({ update: { ...none, wish: null, problem: null, ...update } }).entries);
    };
    expect(said({ state: 'available' })).toContain('Download update 1.4.0');
    const problem = {
      code: 'UpdatesUnavailable',
      params: { reason: 'deb: https://updates.example' },
    } as const;
    const elsewhere = said({ state: 'available', problem });
    expect(elsewhere).toContain('Where to get version 1.4.0…');
    expect(elsewhere).not.toContain('Download update 1.4.0');
    expect(said({ state: 'ready' })).toContain('Restart to update to 1.4.0');
    expect(said({ state: 'held' })).toContain('Update to 1.4.0 now, while Claude works');
    for (const calm of [
      { state: 'none' },
      { state: 'downloading' },
      { state: 'ready', wish: 'install' },
      { state: 'ready', version: null },
    ] as const) {
      expect(said(calm).filter((line) => /update/i.test(line))).toEqual([]);
    }
  });

  test('has no list without an end, and says where the rest is', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => i);
    const asks = (i: number) => {
      const { activity, ...rest } = session(AT, { id: `id-${i}`, name: `s${i}` });
      const sinceAt = AT - i * 60_000 - 90_000;
      return { ...rest, activity: { ...activity, state: 'needsYou' as const, sinceAt } };
    };
    const made = model(
      {
        sessions: many(30).map(asks),
        recentFolders: many(30).map((i) => `/srv/f${i}`),
        environments: many(40).map((i) => environment({ name: i === 39 ? 'work' : `e${i}` })),
        ssoSessions: many(20).map((i) => ssoSession(AT, { id: i === 0 ? 'corp' : `sso${i}` })),
      },
      {
        regions: many(30).map((i) => `eu-west-${i}`),
        models: many(80).map((i) => modelView({ id: `m${i}`, name: `M ${i}` })),
      },
    );
    const longest = (entries: readonly MenuEntry[]): number =>
      Math.max(entries.length, ...entries.map((e) => (e.kind === 'submenu' ? longest(e.entries) : 0)));
    expect(longest(made.entries)).toBeLessThanOrEqual(28);
    expect(lines(made.entries)).toEqual(
      expect.arrayContaining(['26 more sessions ask you…', '  All sessions…', '  More in the window…']),
    );
    // What is chosen is always listed.
    expect(lines(made.entries)).toEqual(expect.arrayContaining(['  work (x)', '  us-west-2 (x)']));
  });
});

test('the words are drawn again when the end comes nearer and when a reminder is due', () => {
  const ending = {
    ssoSession: 'corp',
    startUrl: 'https://x',
    endsAt: AT + 9 * 60_000 + 5_000,
    stage: 10,
  } as const;
  expect(model({ ending }).changesAt).toBe(AT + 5_001);
  expect(model({ prompt: prompt(AT, { snoozedUntil: AT + 62_000 }) }).changesAt).toBe(AT + 2_001);
});

describe('words for the time left', () => {
  const spoken = (ms: number) => say(en, timeLeftWords(ms));

  test('never finer than a minute', () => {
    expect(spoken(59_999)).toBe('less than 1 min');
    expect(spoken(60_000)).toBe('1 min');
    expect(spoken(119_999)).toBe('1 min');
    expect(spoken(3 * 60_000)).toBe('3 min');
    expect(spoken(3_661_000)).toBe('1 h 01 min');
  });

  test('change exactly when foreseen, and not before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 * 86_400_000 }), (ms) => {
        const change = timeLeftChangesIn(ms);
        if (change === null) {
          expect(spoken(0)).toBe(spoken(ms));
          return;
        }
        expect(change).toBeGreaterThan(0);
        expect(spoken(ms - change)).not.toBe(spoken(ms));
        expect(spoken(ms - change + 1)).toBe(spoken(ms));
      }),
      { numRuns: process.env.CI ? 2_000 : 200 },
    );
  });

  test('the menu is never redrawn more often than each minute of a long time left', () => {
    const made = model({});
    expect(made.changesAt).toBe(AT + 30_001);
    expect(model(null).changesAt).toBeNull();
  });
});

describe('names from outside', () => {
  test('controls and direction marks cannot disguise a label', () => {
    expect(safeText('a\u202egnp.exe\u0007\nb\u2028c')).toBe('a gnp.exe b c');
    // An Arabic letter mark, a soft hyphen, letters that nobody sees.
    expect(safeText('a\u061cb\u00adc\u{e0072}\u{e006d}d')).toBe('a b c d');
    expect([...safeText('x'.repeat(500))]).toHaveLength(60);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: process.env.CI ? 2_000 : 200 },
    );
  });

  test('a template in a name is not filled in', () => {
    const made = model({ sessions: [session(AT, { name: '{{folder}} $t(tray:quit)' })] });
    expect(lines(made.entries)).toContain('  {{folder}} $t(tray:quit) · ~/src/billing-service (working)');
  });

  test('folders', () => {
    expect(shortFolder('/home/dana', '/home/dana')).toBe('~');
    expect(shortFolder('/home/dana/x', '/home/dana')).toBe('~/x');
    expect(shortFolder('/home/danai/x', '/home/dana')).toBe('/home/danai/x');
    expect(shortFolder('C:\\Users\\dana\\x', 'C:\\Users\\dana')).toBe('~\\x');
    expect(shortFolder(`/srv/${'d'.repeat(80)}/end`, '/home/dana')).toMatch(/^….{44}\/?.*end$/);
  });
});

describe('what can be copied', () => {
  test('identifiers and commands, quoted for the shell', () => {
    expect(shellWord("it's me", 'linux')).toBe("'it'\\''s me'");
    expect(shellWord("it's me", 'win32')).toBe("'it''s me'");
    expect(exportCommand('dev', 'linux')).toBe(
      'eval "$(bedrock-tray export-credentials --profile dev --format env)"',
    );
    expect(exportCommand('$(rm x)', 'darwin')).toContain("--profile '$(rm x)'");
    expect(roleArnPattern('123456789012', 'Dev', 'cn-north-1')).toBe(
      'arn:aws-cn:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Dev_*',
    );
  });

  test('a hostile profile name stays one word of a POSIX shell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        const quoted = shellWord(text, 'linux');
        if (quoted !== text) expect(quoted.replaceAll("'\\''", '').slice(1, -1)).not.toContain("'");
        else expect(text).toMatch(/^[\w@%+=:,./-]+$/);
      }),
    );
  });
});

describe('the models in the menu', () => {
  const id = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const views = [
    modelView({ id, name: 'US Sonnet 4.5' }),
    modelView({ id: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', name: 'Global', proposed: false }),
    modelView({ id: 'us.anthropic.claude-opus-5-5', name: 'US Opus 5.5' }),
    modelView({ id: 'us.anthropic.claude-opus-4-5-v1:0', name: 'No', refusal: 'access', proposed: false }),
  ];
  const menu = (input: Partial<MenuInput>, chosen = id) =>
    lines(model({ environments: [environment({ model: chosen })] }, input).entries);

  test('are those to use, with their age and the way to the rest', () => {
    const from = { source: 'live', at: '2:32 PM' } as const;
    const said = menu({ models: views, modelsFrom: from });
    const start = said.indexOf('Model: US Sonnet 4.5 >');
    expect(said.slice(start, start + 7)).toEqual([
      'Model: US Sonnet 4.5 >',
      '  Claude Code’s default ( )',
      '  US Sonnet 4.5 (x)',
      '  US Opus 5.5 ( )',
      '  ---',
      '  As of 2:32 PM (text)',
      '  More in the window…',
    ]);
    expect(actions(model({}, { models: views, modelsFrom: from }).entries)).toContainEqual({
      type: 'openWindow',
      place: 'models',
    });
  });

  test('one that is chosen and would fail says so, where Bedrock was asked', () => {
    const chosen = 'us.anthropic.claude-opus-4-5-v1:0';
    const live = { models: views, modelsFrom: { source: 'live', at: '14:32' } } as const;
    expect(menu(live, chosen)).toContain('Model: No (not offered here) >');
    expect(menu(live, 'us.anthropic.claude-opus-5-5[1m]')).toContain('Model: Opus 5.5 >');
    expect(menu(live, 'opus')).toContain('Model: opus >');
    const shipped = { models: views, modelsFrom: { source: 'shipped', date: 'Nov 22, 2026' } } as const;
    expect(menu(shipped, chosen)).toContain('Model: No >');
    expect(menu(shipped)).toContain('  List of Nov 22, 2026: Bedrock could not be asked (text)');
  });
});

describe('switching the region', () => {
  const there = [
    modelView({ id: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', name: 'EU Sonnet' }),
    modelView({ id: 'global.anthropic.claude-haiku-4-5-20251001-v1:0', name: 'Global Haiku' }),
    modelView({ id: 'eu.anthropic.claude-opus-5-5', name: 'EU Opus', refusal: 'access', proposed: false }),
  ];
  const chosen = environment({
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]',
    smallFastModel: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    pins: {
      opus: 'us.anthropic.claude-opus-5-5',
      sonnet: 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/x7k2',
      fable: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    },
  });

  test('takes what was chosen along to the ids of the same models there; what is not there is left to Claude Code', () => {
    expect(environmentInRegion(chosen, 'eu-central-1', there)).toEqual({
      ...chosen,
      region: 'eu-central-1',
      model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]',
      smallFastModel: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      pins: { opus: null, sonnet: null, fable: 'global.anthropic.claude-haiku-4-5-20251001-v1:0' },
    });
  });

  test('without knowing what is offered there, drops only what cannot be', () => {
    const moved = environmentInRegion(chosen, 'us-east-1', null);
    expect(moved).toEqual({ ...chosen, region: 'us-east-1', pins: { ...chosen.pins, sonnet: null } });
    expect(environmentInRegion(chosen, 'ap-northeast-1', null).pins.fable).toBe(chosen.pins.fable);
    expect(environmentInRegion(chosen, 'ap-northeast-1', null).model).toBeNull();
  });

  test('keeps a model that is offered there and drops a profile of another geography', () => {
    const us = environment().model;
    expect(modelForRegion(us, 'us-east-1')).toBe(us);
    expect(modelForRegion(us, 'eu-central-1')).toBeNull();
    expect(modelForRegion('global.anthropic.x', 'eu-central-1')).toBe('global.anthropic.x');
    expect(modelForRegion('anthropic.claude-v2', 'eu-central-1')).toBe('anthropic.claude-v2');
    expect(modelForRegion('us.anthropic.x', 'us-gov-west-1')).toBeNull();
    expect(modelForRegion(null, 'us-east-1')).toBeNull();
  });

  test('says that a list is being loaded until it is there', () => {
    expect(lines(model({}).entries)).toContain('  Loading the list… (text)');
  });
});
