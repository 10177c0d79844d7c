import { expect, test } from 'vitest';
import type { Snapshot } from '../../../src/contract/state.ts';
import { noticeOf } from '../../../src/domain/notice.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { say } from '../../../src/tray/say.ts';
import { AT, prompt, snapshot } from '../../support/tray/snapshots.ts';

const en = createTranslator('en');
const notice = (more: Partial<Snapshot>, now = AT) => noticeOf(snapshot(AT, more), now);
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
