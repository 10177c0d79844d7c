import type { Presence } from './presence.ts';
import { nearest } from './schedule.ts';

/**
 * The warning that an SSO session is about to end for good: 10 minutes and 1 minute ahead of the earliest instant, each
 * once, only when somebody may see it. Pure machine; one warning at a time, the one that ends first.
 *
 * | event (any look at the clock) | what is shown |
 * |---|---|
 * | 10 min before the end or later, nobody away | stage 10 |
 * | 1 min before the end or later, nobody away | stage 1 |
 * | somebody is away | what was shown stays; nothing new |
 * | the end moved on (signed in again), is over or overdue, the SSO session ended | taken back |
 */
export interface EndingSubject {
  ssoSession: string;
  startUrl: string;
  /** The earliest instant it may end at. */
  endsAt: number;
}

export type EndingStage = 10 | 1;
export interface EndingState {
  shown: (EndingSubject & { stage: EndingStage }) | null;
}

export const noEnding: EndingState = { shown: null };

const minute = 60_000;
const stages: readonly EndingStage[] = [10, 1];
/** An end that is later by more than this is another end: the old warning is over. */
const SAME_END_MS = minute;

/** One step: what is to be shown of `subjects` (living SSO sessions with an end to come) at `now`. */
export function nextEnding(
  state: EndingState,
  subjects: readonly EndingSubject[],
  now: number,
  presence: Presence,
): EndingState {
  const [first] = [...subjects].sort((a, b) => a.endsAt - b.endsAt);
  const stage = first === undefined ? null : stageAt(first.endsAt, now);
  if (first === undefined || stage === null) return noEnding;
  const { shown } = state;
  const same =
    shown !== null &&
    shown.ssoSession === first.ssoSession &&
    Math.abs(shown.endsAt - first.endsAt) <= SAME_END_MS;
  if (same && shown.stage <= stage) return state;
  if (presence === 'away') return same ? state : noEnding;
  return { shown: { ...first, stage } };
}

/** When to look again; null: nothing comes by time alone. */
export function endingDeadline(subjects: readonly EndingSubject[], now: number): number | null {
  const instants = subjects.flatMap(({ endsAt }) => stages.map((stage) => endsAt - stage * minute));
  return nearest(instants.filter((at) => at > now));
}

function stageAt(endsAt: number, now: number): EndingStage | null {
  if (now >= endsAt - minute) return 1;
  return now >= endsAt - 10 * minute ? 10 : null;
}
