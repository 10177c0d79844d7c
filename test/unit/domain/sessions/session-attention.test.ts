import { describe, expect, test } from 'vitest';
import type { ActivityState, SessionView } from '../../../../src/contract/state.ts';
import type { MenuEntry } from '../../../../src/domain/menu/menu-entries.ts';
import { menuModel } from '../../../../src/domain/menu/menu-model.ts';
import {
  answerableAtAGlance,
  byAttention,
  mostUrgent,
} from '../../../../src/domain/sessions/session-attention.ts';
import { createTranslator } from '../../../../src/locales/index.ts';
import { say } from '../../../../src/tray/say.ts';
import { AT, credentials, session, snapshot, ssoSession } from '../../../support/tray/snapshots.ts';

const MINUTE = 60_000;
const en = createTranslator('en');
let n = 0;
const one = (
  name: string,
  state: ActivityState,
  minutes: number,
  more: Partial<SessionView> = {},
): SessionView =>
  session(AT, {
    id: `00000000-0000-4000-8000-${String(++n).padStart(12, '0')}`,
    name,
    activity: {
      state,
      sinceAt: AT - minutes * MINUTE,
      request: null,
      seen: state !== 'done',
      reason: null,
      background: 0,
    },
    ...more,
  });
const names = (sessions: readonly SessionView[]) => sessions.map((s) => s.name);

test('who needs the person comes first, the oldest on top; ended ones last, the newest first', () => {
  const all = [
    one('old', 'exited', 90, { state: 'exited', startedAt: AT - 90 * MINUTE }),
    one('new', 'exited', 10, { state: 'exited', startedAt: AT - 10 * MINUTE }),
    one('works', 'working', 1),
    one('unknown', 'unknown', 30),
    one('paused', 'paused', 2),
    one('unseen', 'done', 3),
    one('failed', 'failed', 1),
    one('asks', 'needsYou', 1),
    one('trust', 'trust', 5),
  ];
  expect(names(byAttention(all))).toEqual([
    'trust',
    'asks',
    'failed',
    'unseen',
    'paused',
    'unknown',
    'works',
    'new',
    'old',
  ]);
});

test.each([
  ['npm test', true],
  ['a\nb\nc', true],
  ['a\nb\nc\nd', false],
  ['x'.repeat(241), false],
  ['rm -rf \u202Etxt.safe', false],
  ['ls \u{E0041}', false],
  ['ls\u2028rm', false],
])('a question that can be read whole at a glance: %j: %s', (text, can) => {
  const { activity, ...rest } = one('asks', 'needsYou', 1);
  const request = { id: 'r', kind: 'permission', tool: 'Bash', text, sinceAt: AT, answerable: true } as const;
  expect(answerableAtAGlance({ ...rest, activity: { ...activity, request } })).toBe(can);
});

test('the most urgent: a question before a failure before what is done; nobody where all work', () => {
  const works = one('works', 'working', 9);
  expect(mostUrgent([])).toBeNull();
  expect(mostUrgent([works])).toBeNull();
  expect(mostUrgent([works, one('done', 'done', 1)])?.name).toBe('done');
  expect(mostUrgent([works, one('done', 'done', 9), one('asks', 'needsYou', 1)])?.name).toBe('asks');
  expect(mostUrgent([one('gone', 'needsYou', 9, { state: 'lost' })])).toBeNull();
});

describe('in the menu', () => {
  const model = (sessions: SessionView[], more = {}) =>
    menuModel({
      link: 'connected',
      snapshot: snapshot(AT, { sessions, ...more }),
      now: AT,
      regions: null,
      models: null,
      accounts: null,
      platform: 'linux',
      userHome: '/home/dana',
    });
  const label = (entry: MenuEntry | undefined) =>
    entry && entry.kind !== 'separator' ? say(en, entry.label) : undefined;

  test('icon, tooltip and badge say that somebody asks, unless the sign-in itself has ended', () => {
    const made = model([one('a', 'needsYou', 1), one('b', 'trust', 1)]);
    expect(made.icon).toBe('needs-you');
    expect(made.badge).toBe(2);
    expect(say(en, made.tooltip).split('\n')[0]).toBe(
      'Bedrock Tray: Signed in · 54 min left · 2 sessions ask you',
    );
    const expired = model([one('a', 'needsYou', 1)], {
      ssoSessions: [ssoSession(AT, { state: 'expired', expiresAt: AT - 1 })],
      credentials: [credentials(AT, { state: 'absent', expiresAt: null })],
    });
    expect(expired.icon).toBe('expired');
  });

  test('a short question can be decided in place, with all of it to read; a long one opens the session', () => {
    const asking = (text: string): SessionView => {
      const made = one('billing', 'needsYou', 3);
      const request = {
        id: 'r1',
        kind: 'permission',
        tool: 'Bash',
        text,
        sinceAt: AT,
        answerable: true,
      } as const;
      return { ...made, activity: { ...made.activity, request } };
    };
    const short = model([asking('npm test\nRun the tests')]).entries[0];
    expect(label(short)).toBe('billing asks, 3 min ago: npm test Run the tests');
    expect(short?.kind === 'submenu' && short.entries.map(label)).toEqual([
      'Claude Code wants to use Bash:',
      'npm test',
      'Run the tests',
      undefined,
      'Allow',
      'Deny',
      undefined,
      'Open the session',
    ]);
    const long = model([asking('x'.repeat(500))]).entries[0];
    expect(long?.kind === 'action' && long.action.type).toBe('openSession');
  });

  test('the words for how long it waits are drawn anew each minute', () => {
    expect(model([one('a', 'needsYou', 1.25)]).changesAt).toBeLessThanOrEqual(AT + 0.75 * MINUTE);
  });
});
