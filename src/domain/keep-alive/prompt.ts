import type { Presence } from './presence.ts';
import { nearest } from './schedule.ts';

/**
 * The one question to a person that is open on this machine: "a sign-in is needed". Pure machine.
 * Raised once when somebody needs it, again after 5, 10, 20, 40, 60, 60 … min while it stands, taken back when the
 * SSO session lives again. Several SSO sessions in need are asked about one after the other, never at once.
 *
 * | event | what happens |
 * |---|---|
 * | `need` | it waits in line; the first in line is raised when nothing holds it |
 * | `met` (lives again, signed out, no longer configured) | out of the line; the next one is raised when nothing holds it |
 * | `declined` (a person gave the sign-in up) | the next reminder comes as if it had just been raised |
 * | `snooze` | nothing is raised before that instant; what stands is due then |
 * | `clockSetBack` | all instants move along |
 * | `tick` (a deadline, somebody came back, a sign-in ended) | the first is raised when it is due and nothing holds it |
 *
 * It is held while a sign-in is under way, while it is snoozed, while nobody is there, and, where nobody can tell
 * whether somebody is there, once it has been raised: then an act of a person lets it go on. What was held is raised
 * at once when nothing holds it any more.
 */

const minute = 60_000;
const pauses = [5, 10, 20, 40, 60] as const;

/** What is needed, and by whom if somebody in particular asked. */
export interface Need {
  ssoSession: string;
  startUrl: string;
  profile: string | null;
  accountId: string | null;
  roleName: string | null;
  reason: 'expired' | 'requested';
}

export interface PromptState {
  /** First come, first asked about. */
  needs: readonly Need[];
  /** Of the first need: null until it has been raised once. */
  raised: { sinceAt: number; count: number } | null;
  /** Of the first need: when it is due; null: at once. May lie in the past while something holds it. */
  nextRaiseAt: number | null;
  /** A person's wish; it holds whatever is needed. */
  snoozedUntil: number | null;
}

export type PromptEvent =
  | { type: 'need'; need: Need }
  /** That SSO session lives again, or is no longer wanted. */
  | { type: 'met'; ssoSession: string }
  /** A person has just given up a sign-in to it. */
  | { type: 'declined'; ssoSession: string }
  | { type: 'snooze'; until: number }
  /** The clock was found set back by this much. */
  | { type: 'clockSetBack'; byMs: number }
  | { type: 'tick' };

/** What the machine cannot know: whether anybody would see it, and whether a need is being met right now. */
export interface PromptCircumstances {
  presence: Presence;
  /** SSO sessions that a person is signing in to, or that may turn out to live. */
  signingIn: ReadonlySet<string>;
}

export const noPrompt: PromptState = { needs: [], raised: null, nextRaiseAt: null, snoozedUntil: null };

/** The pause after the prompt was raised for the `count`th time, ms. */
export function pauseAfter(count: number): number {
  return (pauses[Math.min(Math.max(count, 1), pauses.length) - 1] ?? 60) * minute;
}

/** One step; `raise` is true when the prompt is to be shown (again) now. */
export function nextPrompt(
  state: PromptState,
  event: PromptEvent,
  now: number,
  circumstances: PromptCircumstances,
): { state: PromptState; raise: boolean } {
  switch (event.type) {
    case 'need':
      return raiseIfDue({ ...state, needs: withNeed(state.needs, event.need) }, now, circumstances);
    case 'met': {
      const needs = state.needs.filter((n) => n.ssoSession !== event.ssoSession);
      if (needs.length === state.needs.length) return { state, raise: false };
      const first = state.needs[0]?.ssoSession === event.ssoSession;
      const left = first ? { ...state, needs, raised: null, nextRaiseAt: null } : { ...state, needs };
      return raiseIfDue(left, now, circumstances);
    }
    case 'declined': {
      if (state.needs[0]?.ssoSession !== event.ssoSession) return { state, raise: false };
      const nextRaiseAt = now + pauseAfter(state.raised?.count ?? 1);
      return { state: { ...state, nextRaiseAt }, raise: false };
    }
    case 'snooze': {
      if (event.until <= now) return { state, raise: false };
      const nextRaiseAt = state.needs.length === 0 ? null : event.until;
      return { state: { ...state, snoozedUntil: event.until, nextRaiseAt }, raise: false };
    }
    case 'clockSetBack':
      return raiseIfDue(shifted(state, event.byMs), now, circumstances);
    case 'tick':
      return raiseIfDue(state, now, circumstances);
  }
}

/** When `tick` is due; null: nothing happens by time alone (nothing is needed, or something else than time holds it). */
export function promptDeadline(
  state: PromptState,
  now: number,
  circumstances: PromptCircumstances,
): number | null {
  const { snoozedUntil } = state;
  const awake = snoozedUntil !== null && snoozedUntil > now ? snoozedUntil : null;
  if (state.needs.length === 0 || isHeld(state, circumstances)) return awake;
  const due = Math.max(state.nextRaiseAt ?? now, awake ?? 0);
  return nearest([due, awake]);
}

/** What shells show: only what has been raised. */
export function shownPrompt(
  state: PromptState,
): (Need & { sinceAt: number; count: number; snoozedUntil: number | null }) | null {
  const first = state.needs[0];
  if (first === undefined || state.raised === null) return null;
  return { ...first, ...state.raised, snoozedUntil: state.snoozedUntil };
}

function withNeed(needs: readonly Need[], need: Need): readonly Need[] {
  const known = needs.findIndex((n) => n.ssoSession === need.ssoSession);
  const old = needs[known];
  if (old === undefined) return [...needs, need];
  // Somebody in particular says more than a mere end; who asked first stays.
  if (old.profile !== null || need.profile === null) return needs;
  return needs.with(known, { ...need, reason: old.reason });
}

/** Whether something else than time holds the first need. */
function isHeld(state: PromptState, { presence, signingIn }: PromptCircumstances): boolean {
  const first = state.needs[0];
  if (first === undefined || signingIn.size > 0) return true;
  return presence === 'away' || (presence === 'unknown' && state.raised !== null);
}

function raiseIfDue(
  before: PromptState,
  now: number,
  circumstances: PromptCircumstances,
): { state: PromptState; raise: boolean } {
  const slept = before.snoozedUntil !== null && before.snoozedUntil <= now;
  const state = slept ? { ...before, snoozedUntil: null } : before;
  if (isHeld(state, circumstances) || state.snoozedUntil !== null) return { state, raise: false };
  if (state.nextRaiseAt !== null && now < state.nextRaiseAt) return { state, raise: false };
  const count = (state.raised?.count ?? 0) + 1;
  const raised = { sinceAt: state.raised?.sinceAt ?? now, count };
  return { state: { ...state, raised, nextRaiseAt: now + pauseAfter(count) }, raise: true };
}

function shifted(state: PromptState, byMs: number): PromptState {
  const back = (at: number | null) => (at === null ? null : at - byMs);
  return {
    ...state,
    raised: state.raised === null ? null : { ...state.raised, sinceAt: state.raised.sinceAt - byMs },
    nextRaiseAt: back(state.nextRaiseAt),
    snoozedUntil: back(state.snoozedUntil),
  };
}
