import type { Snapshot } from '../../contract/state.ts';
import { nearest } from '../keep-alive/schedule.ts';
import { budgetNotices, rememberBudgets, type ToldBudgets } from './budget-notice.ts';
import type { Notice } from './notice.ts';
import { OUTAGE_MS, type Outage, onlineNotice, outageKey, outageNotice, outageOf } from './outage-notice.ts';
import { quietAt } from './quiet-hours.ts';
import { sessionNotices } from './session-notice.ts';
import { type Asked, cameOf, signedInNotice, signInNotice } from './sign-in-notice.ts';

/** News (signed in again, online again) is taken back after this. */
export const NEWS_MS = 60_000;
/** While quiet hours hold something back, the time of the day is looked at this often: it may be set, and zones change. */
const QUIET_LOOK_MS = 15 * 60_000;
const MINUTE = 60_000;

/** What time it is, on three clocks. */
export interface NoticeClock {
  /** The agent's, epoch ms. */
  readonly now: number;
  /** One that nobody sets and that stands still while the machine sleeps, ms. */
  readonly awakeMs: number;
  /** Minutes since midnight where the person is. */
  readonly minuteOfDay: number;
}

/** What has to be remembered between two looks. */
export interface NoticeState {
  /** Keys of what is told. */
  readonly told: ReadonlySet<string>;
  readonly budgets: ToldBudgets;
  readonly asked: readonly Asked[];
  readonly outage: Outage | null;
  readonly news: readonly News[];
}

interface News {
  readonly notice: Notice;
  readonly untilAwakeMs: number;
  /** The SSO session that is signed in again; null: the network is there again. */
  readonly ssoSession: string | null;
}

export const nothingTold: NoticeState = { told: new Set(), budgets: {}, asked: [], outage: null, news: [] };

/** An outage is counted anew after a sleep: the network is given the time to come back. */
export function afterSleep(state: NoticeState, awakeMs: number): NoticeState {
  return state.outage === null ? state : { ...state, outage: { ...state.outage, awakeMs } };
}

/**
 * All that is to be told now, each cause once: the most urgent of what concerns the sign-in, an outage, what Claude
 * Code's sessions have to say, budgets, and news. Pure machine; every look is the same event.
 *
 * | what | is told |
 * |---|---|
 * | a state (sign-in needed, ending soon, a question, done, cap, offline) | from when it holds until it holds no more; in quiet hours only if it was told before them, else after them if it still holds |
 * | a budget's stage | as a state, and once in its period, also by a tray that is started again (`budgets`) |
 * | signed in again | for a minute while it is so, when the sign-in had been asked for by a notification and none of our windows is looked at (`looking`) |
 * | online again | for a minute, when the outage had been told |
 *
 * News is not told in quiet hours, nor afterwards. What is switched off, put off or seen on a screen is not told.
 * `lookAgainMs`: when to look again though nothing changes; null: never.
 */
export function nextNotices(
  before: NoticeState,
  snapshot: Snapshot,
  clock: NoticeClock,
  looking: boolean,
): { state: NoticeState; notices: readonly Notice[]; lookAgainMs: number | null } {
  const { now, awakeMs, minuteOfDay } = clock;
  const { notifications } = snapshot.settings;
  const { quiet, minutesLeft } = quietAt(notifications.quiet, minuteOfDay);
  const outage = outageOf(before.outage, snapshot.network, awakeMs);
  const signIn = signInNotice(snapshot, now, before.asked, awakeMs);
  const offline = outageNotice(outage, snapshot, awakeMs);
  const holding = [
    ...(signIn === null ? [] : [signIn]),
    ...(offline === null ? [] : [offline]),
    ...sessionNotices(snapshot),
    ...budgetNotices(snapshot, before.budgets, before.told),
  ];
  const states = holding.filter(({ key }) => !quiet || before.told.has(key));

  const settled = before.asked.map((asked) => ({ asked, came: cameOf(asked.ssoSession, snapshot) }));
  const came = notifications.signedIn && !looking ? settled.filter((s) => s.came === true) : [];
  const { outage: over } = before;
  const untilAwakeMs = awakeMs + NEWS_MS;
  const fresh: readonly News[] = [
    ...came.map(({ asked }) => ({
      notice: signedInNotice(asked),
      untilAwakeMs,
      ssoSession: asked.ssoSession,
    })),
    ...(over !== null && outage === null && before.told.has(outageKey(over))
      ? [{ notice: onlineNotice(over), untilAwakeMs, ssoSession: null }]
      : []),
  ];
  // A network that goes for a moment and comes back would tell nothing: that one stays.
  const stillTrue = ({ ssoSession }: News) => ssoSession === null || cameOf(ssoSession, snapshot) === true;
  const news = [
    ...before.news.filter((n) => n.untilAwakeMs > awakeMs && stillTrue(n)),
    ...(quiet ? [] : fresh),
  ];

  const notices = [...states, ...news.map((n) => n.notice)];
  const waiting = settled.filter((s) => s.came === null).map((s) => s.asked);
  const told = new Set(notices.map((n) => n.key));
  const state = {
    told,
    budgets: rememberBudgets(before.budgets, snapshot, told),
    asked: withPrompt(waiting, snapshot, signIn !== null && states.includes(signIn) ? signIn : null, awakeMs),
    outage,
    news,
  };
  const { snoozedUntil = null } = snapshot.prompt ?? {};
  const lookAgainMs = nearest([
    holding.length > states.length ? Math.min(minutesLeft * MINUTE, QUIET_LOOK_MS) : null,
    outage !== null && offline === null ? later(outage.awakeMs + OUTAGE_MS - awakeMs) : null,
    snoozedUntil === null ? null : later(snoozedUntil - now),
    ...news.map((n) => n.untilAwakeMs - awakeMs),
  ]);
  return { state, notices, lookAgainMs };
}

/** What is past waits for something else than time. */
const later = (ms: number): number | null => (ms > 0 ? ms : null);

function withPrompt(
  asked: readonly Asked[],
  { prompt }: Snapshot,
  notice: Notice | null,
  awakeMs: number,
): readonly Asked[] {
  if (prompt === null || notice?.action.type !== 'signIn') return asked;
  const { key } = notice;
  const { ssoSession, sinceAt, count } = prompt;
  const before = asked.find((a) => a.key === key);
  return [
    ...asked.filter((a) => a.ssoSession !== ssoSession),
    { ssoSession, key, sinceAt, count, awakeMs: before?.awakeMs ?? awakeMs },
  ];
}
