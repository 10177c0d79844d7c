/**
 * The one question to a person that is open on this machine: "a sign-in is needed". Pure machine.
 * Raised once when somebody needs it, again after 5, 10, 20, 40, 60, 60 … min while it stands, taken back when the
 * SSO session lives again. Several SSO sessions in need are asked about one after the other, never at once.
 */

const minute = 60_000;
const pauses = [5, 10, 20, 40, 60] as const;
/** While nobody is there, or a sign-in is under way, a due reminder is looked at again after this. */
const POSTPONED_MS = minute;

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
  nextRaiseAt: number | null;
}

export type PromptEvent =
  | { type: 'need'; need: Need }
  /** That SSO session lives again, or is no longer wanted. */
  | { type: 'met'; ssoSession: string }
  | { type: 'tick' };

/** What the machine cannot know: whether anybody would see it, and whether the need is being met right now. */
export interface PromptCircumstances {
  someoneThere: boolean;
  /** SSO sessions that a person is signing in to. */
  signingIn: ReadonlySet<string>;
}

export const noPrompt: PromptState = { needs: [], raised: null, nextRaiseAt: null };

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
    case 'need': {
      const { need } = event;
      const known = state.needs.findIndex((n) => n.ssoSession === need.ssoSession);
      if (known < 0) return raiseIfDue({ ...state, needs: [...state.needs, need] }, now, circumstances);
      const old = state.needs[known] as Need;
      // Somebody in particular says more than a mere end; who asked first stays.
      if (old.profile !== null || need.profile === null) return raiseIfDue(state, now, circumstances);
      const merged: Need = { ...need, reason: old.reason };
      return raiseIfDue({ ...state, needs: state.needs.with(known, merged) }, now, circumstances);
    }
    case 'met': {
      const first = state.needs[0]?.ssoSession === event.ssoSession;
      const needs = state.needs.filter((n) => n.ssoSession !== event.ssoSession);
      if (!first) return { state: { ...state, needs }, raise: false };
      return raiseIfDue({ needs, raised: null, nextRaiseAt: null }, now, circumstances);
    }
    case 'tick':
      return raiseIfDue(state, now, circumstances);
  }
}

function raiseIfDue(
  state: PromptState,
  now: number,
  circumstances: PromptCircumstances,
): { state: PromptState; raise: boolean } {
  const first = state.needs[0];
  if (first === undefined) return { state: noPrompt, raise: false };
  if (state.nextRaiseAt !== null && now < state.nextRaiseAt) return { state, raise: false };
  if (!circumstances.someoneThere || circumstances.signingIn.has(first.ssoSession)) {
    return { state: { ...state, nextRaiseAt: now + POSTPONED_MS }, raise: false };
  }
  const count = (state.raised?.count ?? 0) + 1;
  const raised = { sinceAt: state.raised?.sinceAt ?? now, count };
  return { state: { ...state, raised, nextRaiseAt: now + pauseAfter(count) }, raise: true };
}

/** What shells show: only what has been raised. */
export function shownPrompt(
  state: PromptState,
): (Need & { sinceAt: number; count: number; snoozedUntil: number | null }) | null {
  const first = state.needs[0];
  return first !== undefined && state.raised !== null
    ? { ...first, ...state.raised, snoozedUntil: null }
    : null;
}
