import { describe, expect, test } from 'vitest';
import type { SessionRequest, SessionView, Snapshot } from '../../../../src/contract/state.ts';
import {
  type NoticeClock,
  type NoticeState,
  nextNotices,
  nothingTold,
} from '../../../../src/domain/notices/notices.ts';
import { createTranslator } from '../../../../src/locales/index.ts';
import { say } from '../../../../src/tray/say.ts';
import { AT, prompt, session, snapshot } from '../../../support/tray/snapshots.ts';

const en = createTranslator('en');
const at = (now: number): NoticeClock => ({ now, awakeMs: now - AT, minuteOfDay: 12 * 60 });
const noticesOf = (shown: Snapshot, now: number, before: NoticeState = nothingTold) =>
  nextNotices(before, shown, at(now), false).notices;
const notice = (more: Partial<Snapshot>, now = AT) => noticesOf(snapshot(AT, more), now)[0] ?? null;
const told = (more: Partial<Snapshot>): string[] | null => {
  const found = notice(more);
  return found && [say(en, found.title), say(en, found.body)];
};

const mfa: Snapshot['mfa'] = {
  id: 'm1',
  profile: 'admin',
  roleArn: 'arn:aws:iam::123456789012:role/Admin',
  mfaSerial: 'arn:aws:iam::123456789012:mfa/dana',
  sinceAt: AT,
  problem: null,
};
const ending: Snapshot['ending'] = {
  ssoSession: 'corp',
  startUrl: 'https://corp.awsapps.com/start',
  endsAt: AT + 9.5 * 60_000,
  stage: 10,
};
const meter = {
  costUsd: null,
  model: null,
  contextTokens: null,
  contextSize: null,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  at: AT,
};
const settings = (more: Partial<Snapshot['settings']['notifications']>) => {
  const all = snapshot(AT).settings;
  return { ...all, notifications: { ...all.notifications, ...more } };
};

test('nothing while all is well', () => {
  expect(notice({})).toBeNull();
  expect(notice({ network: { state: 'offline', sinceAt: AT } })).toBeNull();
});

test('each cause says what it is and what a press does', () => {
  expect(told({ prompt: prompt(AT) })).toEqual([
    'Sign in to corp',
    'Account 123456789012, role BedrockDeveloper. Your sign-in has ended. Click to sign in again in the browser.',
  ]);
  expect(told({ mfa })).toEqual([
    'MFA code needed',
    'Profile admin asks for a code from arn:aws:iam::123456789012:mfa/dana. Click to enter it.',
  ]);
  expect(told({ ending })).toEqual([
    'Sign-in to corp ends soon',
    'Your organisation ends it in 9 min. Click to renew it now, or sign in again afterwards.',
  ]);
  expect(notice({ ending })?.action).toEqual({ type: 'renewSignIn', ssoSession: 'corp' });
});

test('one at a time: the most urgent', () => {
  expect(notice({ prompt: prompt(AT), mfa, ending })?.action.type).toBe('signIn');
  expect(notice({ mfa, ending })?.action.type).toBe('openWindow');
});

test('the same cause has the same key; a new number, code or stage has another', () => {
  const key = (more: Partial<Snapshot>) => notice(more)?.key;
  expect(key({ prompt: prompt(AT) })).toBe(key({ prompt: prompt(AT), recentFolders: [] }));
  expect(key({ prompt: prompt(AT) })).not.toBe(key({ prompt: prompt(AT, { count: 2 }) }));
  expect(key({ mfa })).toBe(key({ mfa: { ...mfa, problem: { code: 'MfaRefused', params: {} } } }));
  expect(key({ ending })).toBe(key({ ending: { ...ending, endsAt: ending.endsAt + 1 } }));
  expect(key({ ending })).not.toBe(key({ ending: { ...ending, stage: 1 } }));
});

test('what is switched off or put off is not told', () => {
  const off = { prompt: prompt(AT), mfa };
  expect(notice({ ...off, settings: settings({ signInNeeded: false }) })).toBeNull();
  expect(notice({ ending, settings: settings({ endingSoon: false }) })).toBeNull();
  expect(notice({ prompt: prompt(AT, { snoozedUntil: AT + 1 }) })).toBeNull();
  expect(notice({ prompt: prompt(AT, { snoozedUntil: AT }) })).not.toBeNull();
});

describe('Claude Code’s sessions', () => {
  const asks = (more: Partial<SessionRequest> = {}, of: Partial<SessionView> = {}): SessionView =>
    session(AT, {
      activity: {
        state: 'needsYou',
        sinceAt: AT,
        request: {
          id: 'r1',
          kind: 'permission',
          tool: 'Bash',
          text: 'npm test',
          sinceAt: AT,
          answerable: true,
          ...more,
        },
        seen: true,
        reason: null,
        background: 0,
      },
      ...of,
    });
  const done = (seen: boolean): SessionView =>
    session(AT, {
      activity: { state: 'done', sinceAt: AT, request: null, seen, reason: null, background: 0 },
    });

  test('a question names session, folder and question; a press opens it, buttons decide it', () => {
    const sessions = [asks()];
    expect(told({ sessions })).toEqual([
      'Claude Code asks in billing-service',
      '/home/dana/src/billing-service: npm test',
    ]);
    expect(notice({ sessions })?.action).toEqual({ type: 'openSession', id: sessions[0]?.id });
    expect(notice({ sessions })?.buttons.map(({ label, action }) => [say(en, label), action])).toEqual([
      ['Allow', { type: 'answer', id: sessions[0]?.id, request: 'r1', decision: 'allow' }],
      ['Deny', { type: 'answer', id: sessions[0]?.id, request: 'r1', decision: 'deny' }],
    ]);
  });

  test('what buttons decide is said whole: the tool, and each of the lines', () => {
    const body = (more: Partial<SessionRequest>) => told({ sessions: [asks(more)] })?.[1];
    expect(body({ tool: 'mcp__git__delete', text: 'branch: main' })).toBe(
      '/home/dana/src/billing-service: mcp__git__delete: branch: main',
    );
    expect(body({ text: 'echo fine\nrm -r docs' })).toBe(
      '/home/dana/src/billing-service: echo fine ⏎ rm -r docs',
    );
    expect(body({ text: `a\nb\n${'x'.repeat(235)}c` })).toMatch(/xc$/);
  });

  test('what needs reading has no buttons', () => {
    const buttons = (more: Partial<SessionRequest>) => notice({ sessions: [asks(more)] })?.buttons;
    expect(buttons({ kind: 'question', tool: null })).toEqual([]);
    expect(buttons({ kind: 'plan' })).toEqual([]);
    expect(buttons({ answerable: false })).toEqual([]);
    expect(buttons({ text: 'x'.repeat(241) })).toEqual([]);
    expect(buttons({ text: 'a\nb\nc\nd' })).toEqual([]);
    expect(buttons({ text: 'a\nb\nc' })).toHaveLength(2);
  });

  test('one for each question; not for what is before the eyes, ended or switched off', () => {
    const two = [asks(), asks({ id: 'r2' }, { id: '22222222-2222-4222-8222-222222222222' })];
    const all = noticesOf(snapshot(AT, { sessions: two, prompt: prompt(AT) }), AT);
    expect(new Set(all.map((n) => n.key)).size).toBe(3);
    expect(notice({ sessions: [asks({}, { watched: true })] })).toBeNull();
    expect(notice({ sessions: [asks({}, { state: 'exited' })] })).toBeNull();
    expect(notice({ sessions: [asks()], settings: settings({ needsYou: false }) })).toBeNull();
    expect(notice({ sessions: [asks()] })?.key).not.toBe(notice({ sessions: [asks({ id: 'r2' })] })?.key);
  });

  test('done is told only where it is wished, and unseen', () => {
    expect(notice({ sessions: [done(false)] })).toBeNull();
    expect(told({ sessions: [done(false)], settings: settings({ done: true }) })).toEqual([
      'Claude Code is done in billing-service',
      '/home/dana/src/billing-service: click to look at it.',
    ]);
    expect(notice({ sessions: [done(true)], settings: settings({ done: true }) })).toBeNull();
  });

  test('a session that its cap has stopped is told once: by the cap', () => {
    const stopped = (stop: boolean): SessionView => ({
      ...done(false),
      cap: { usd: 1, stop },
      meter: { ...meter, costUsd: 1 },
    });
    const kinds = (of: SessionView, more: Partial<Snapshot['settings']['notifications']> = {}) =>
      noticesOf(snapshot(AT, { sessions: [of], settings: settings({ done: true, ...more }) }), AT).map(
        (n) => (JSON.parse(n.key) as string[])[0],
      );
    expect(kinds(stopped(true))).toEqual(['cap']);
    expect(kinds(stopped(false))).toEqual(['done', 'cap']);
    expect(kinds(stopped(true), { budget: false })).toEqual(['done']);
  });

  test('a cap is told near it and at it, once each', () => {
    const spent = (costUsd: number | null, stop = false): SessionView =>
      session(AT, {
        cap: { usd: 10, stop },
        meter: { ...meter, costUsd },
      });
    const body = (of: SessionView) => told({ sessions: [of] })?.[1];
    expect(body(spent(7.9))).toBeUndefined();
    expect(body(spent(null))).toBeUndefined();
    expect(body(spent(8))).toContain('80 % of the cap of 10 USD');
    expect(body(spent(10))).toContain('the cap of 10 USD is reached');
    expect(body(spent(10, true))).toContain('stopped before its next step');
    const key = (usd: number) => notice({ sessions: [spent(usd)] })?.key;
    expect(key(8)).toBe(key(9));
    expect(key(9)).not.toBe(key(10));
    expect(notice({ sessions: [spent(8)], settings: settings({ budget: false }) })).toBeNull();
  });

  test('hostile text stays one line of text', () => {
    const body = told({ sessions: [asks({ text: 'a\u202eb\u0007\tc' })] })?.[1];
    expect(body).toBe('/home/dana/src/billing-service: a b c');
  });
});
