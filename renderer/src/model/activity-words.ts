import type { SessionView } from '../../../src/contract/state.ts';
import { sessionIsOpen } from '../../../src/contract/state.ts';
import { durationMessage } from '../../../src/domain/duration.ts';
import type { Indicator } from '../../../src/domain/overview.ts';
import { endedWell, saidNothing } from '../../../src/domain/sessions/session-state.ts';
import { recogniseTrouble } from '../../../src/domain/troubles/recognise-trouble.ts';
import type { Translator } from '../../../src/locales/index.ts';
import { plainText } from './plain-text.ts';
import { endedWords } from './session-words.ts';

/** What a session's sign shows: each has a shape of its own (components/activity-sign.tsx). */
export type ActivitySignName =
  | 'starting'
  | 'trust'
  | 'working'
  | 'needsYou'
  | 'doneUnseen'
  | 'done'
  | 'paused'
  | 'failed'
  | 'ended'
  | 'endedBadly'
  | 'interrupted'
  | 'unknown'
  | 'shell';

export function activitySign(session: SessionView): ActivitySignName {
  if (session.state === 'lost') return 'interrupted';
  if (session.state === 'exited') return endedWell(session) ? 'ended' : 'endedBadly';
  const { state, seen } = session.activity;
  switch (state) {
    case 'done':
      return seen ? 'done' : 'doneUnseen';
    case 'exited':
      return 'ended';
    case 'unknown':
      return session.program === 'shell' ? 'shell' : 'unknown';
    default:
      return state;
  }
}

export const activityTone: Readonly<Record<ActivitySignName, Indicator>> = {
  starting: 'busy',
  trust: 'attention',
  working: 'busy',
  needsYou: 'attention',
  doneUnseen: 'ready',
  done: 'ready',
  paused: 'attention',
  failed: 'problem',
  ended: 'off',
  endedBadly: 'problem',
  interrupted: 'attention',
  unknown: 'off',
  shell: 'off',
};

const named: Readonly<Record<Exclude<ActivitySignName, 'ended' | 'endedBadly'>, `sessions:${string}`>> = {
  starting: 'sessions:isStarting',
  trust: 'sessions:isTrust',
  working: 'sessions:isWorking',
  needsYou: 'sessions:isNeedsYou',
  doneUnseen: 'sessions:isDone',
  done: 'sessions:isDone',
  paused: 'sessions:isPaused',
  failed: 'sessions:isFailed',
  interrupted: 'sessions:isInterrupted',
  unknown: 'sessions:isUnknown',
  shell: 'sessions:isShell',
};

/** What Claude Code is doing, in a word or two: "Needs you". */
export function activityWords(session: SessionView, words: Pick<Translator, 't'>): string {
  const sign = activitySign(session);
  if (sign === 'ended' || sign === 'endedBadly') return endedWords(session, words);
  if (sign === 'done' && saidNothing(session)) return words.t('sessions:isReady');
  return words.t(named[sign] as Parameters<Translator['t']>[0]);
}

/** How long a session has been in its state: "now", "2 min", "1 h 05 min". */
export function ageWords(sinceAt: number, now: number, words: Pick<Translator, 't'>): string {
  const ms = now - sinceAt;
  if (ms < 60_000) return words.t('sessions:justNow');
  const said = durationMessage(Math.max(ms, 120_000));
  if (ms < 120_000) return words.t('page:durationMinutes', { minutes: 1 });
  return words.t(`page:${said.key}`, said.params);
}

/** Since when a session is in the state that its sign shows, epoch ms. */
export function stateSince(session: SessionView): number {
  return sessionIsOpen(session) ? session.activity.sinceAt : (session.exitedAt ?? session.activity.sinceAt);
}

/** What Claude Code asks or why it failed, in one line: our words where the failure is known, else untrusted. Null where there is nothing to tell. */
export function activityDetail(
  session: SessionView,
  words: Pick<Translator, 't'>,
  limit = 300,
): string | null {
  const { request, reason, state } = session.activity;
  if (!sessionIsOpen(session)) return null;
  const trouble = state === 'failed' && reason !== null ? recogniseTrouble(reason) : null;
  if (trouble) return words.t(`troubles:${trouble.code}.what`, trouble.params);
  const text = state === 'needsYou' ? request?.text : state === 'failed' ? reason : null;
  return text ? plainText(text.replace(/\s+/g, ' '), limit) : null;
}
