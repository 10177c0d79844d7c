import { backoffDelay, deniedBackoff, renewalBackoff } from './backoff.ts';
import type { Fault } from './fault.ts';
import {
  CONSUMER_WINDOW_MS,
  CREDENTIALS_LEAD_MS,
  isUsable,
  type Lifetime,
  nearest,
  renewalInstant,
  spaced,
  windowBeforeEnd,
} from './schedule.ts';

/**
 * Keep-alive of one role's credentials as a pure machine, without the secrets themselves.
 *
 * | in | event | to | effects |
 * |---|---|---|---|
 * | `absent` | `wanted`, spaced from the last failure and its Retry-After | `renewing` | `renew` |
 * | `valid` | `wanted` or `tick` (held or recently asked for), at the renewal instant | `renewing` | `renew` |
 * | `valid`, `stale` | `refused` (AWS refused this key), spaced from the last forced renewal | `renewing` without credentials | `renew` |
 * | `stale` | `tick` or `wanted` at the retry instant | `renewing` | `renew` |
 * | `stale`, `valid` | credentials over | `absent` | |
 * | `denied` | `wanted` or `tick` at the retry instant | `renewing` | `renew` |
 * | `renewing` | `obtained` | `valid` | |
 * | `renewing` | `failed` by 403 or 404 | `denied` (nothing is handed out) | |
 * | `renewing` | `failed` otherwise, old ones usable | `stale` | |
 * | `renewing` | `failed` otherwise | `absent` with the problem | |
 * | `absent`, `stale` | `signedIn` (the SSO session has a token again), last failure for want of it | retried at once | `renew` |
 * | any | `dropped` (signed out) | `absent` | |
 */
export type RoleCredentialsState =
  | {
      state: 'absent';
      failures: number;
      /** Wishes before this get the problem without a call. */
      notBefore: number;
      problem: CredentialsProblem | null;
    }
  | { state: 'valid'; life: Lifetime; renewAt: number; forcedAt: number | null }
  | { state: 'renewing'; life: Lifetime | null; failures: number; forced: boolean }
  | { state: 'stale'; life: Lifetime; failures: number; retryAt: number; problem: CredentialsProblem }
  | { state: 'denied'; failures: number; retryAt: number; problem: CredentialsProblem };

/** Why there are none: a fault of the portal, or no sign-in. */
export type CredentialsProblem = Fault | { kind: 'sign-in'; name: 'SignInNeeded'; retryAfterMs?: undefined };

export type RoleCredentialsEvent =
  | { type: 'wanted' }
  /** Time has come; `kept` as for the deadline. */
  | { type: 'tick'; kept: boolean }
  | { type: 'refused' }
  | { type: 'obtained'; expiresAt: number }
  | { type: 'failed'; problem: CredentialsProblem }
  | { type: 'signedIn' }
  | { type: 'dropped' };

export interface RoleCredentialsStep {
  state: RoleCredentialsState;
  effects: 'renew'[];
}

/** A refused key forces a renewal at most this often: a consumer that refuses everything is not a hot loop. */
export const FORCED_SPACING_MS = 5_000;
/** After a failure with nothing to hand out, wishes are answered by the same error for this long at least. */
const ABSENT_SPACING_MS = 2_000;
/** Credentials with less life than this at their birth are a fault of the service. */
const SHORTEST_LIFETIME_MS = 2_000;

export const absent: RoleCredentialsState = { state: 'absent', failures: 0, notBefore: 0, problem: null };

/** The credentials that could be handed out at `now`, never ones that are over. */
export function usableLife(state: RoleCredentialsState, now: number): Lifetime | null {
  if (state.state === 'absent' || state.state === 'denied') return null;
  return state.life !== null && isUsable(state.life, now) ? state.life : null;
}

/**
 * What a request does, after `wanted` was handled:
 * `hand-out` at once; `wait-briefly` for the renewal under way and then take what there is (less than a consumer's
 * window is left, fresh ones may be a moment away); `wait` (nothing to hand out, a call is under way); `refuse`.
 */
export function handOut(
  state: RoleCredentialsState,
  now: number,
): 'hand-out' | 'wait-briefly' | 'wait' | 'refuse' {
  const life = usableLife(state, now);
  if (life === null) return state.state === 'renewing' ? 'wait' : 'refuse';
  if (state.state !== 'renewing') return 'hand-out';
  return life.expiresAt - now > windowBeforeEnd(life, CONSUMER_WINDOW_MS) * 0.9 ? 'hand-out' : 'wait-briefly';
}

/**
 * When `tick` is due. `kept`: somebody holds these credentials or asked for them recently; others are let run out.
 */
export function roleCredentialsDeadline(state: RoleCredentialsState, kept: boolean): number | null {
  switch (state.state) {
    case 'valid':
      return kept ? nearest([state.renewAt, state.life.expiresAt]) : state.life.expiresAt;
    case 'stale':
      return kept ? nearest([state.retryAt, state.life.expiresAt]) : state.life.expiresAt;
    case 'denied':
      return kept ? state.retryAt : null;
    case 'absent':
      // What is held comes back by itself when the trouble is over; want of a sign-in ends by `signedIn`.
      return kept && state.problem !== null && state.problem.kind !== 'sign-in' ? state.notBefore : null;
    case 'renewing':
      return null;
  }
}

function renewing(life: Lifetime | null, failures: number, forced = false): RoleCredentialsStep {
  return { state: { state: 'renewing', life, failures, forced }, effects: ['renew'] };
}

/** One step. Total: an event that means nothing in a state leaves it as it is. */
export function nextRoleCredentials(
  state: RoleCredentialsState,
  event: RoleCredentialsEvent,
  now: number,
  random: number,
): RoleCredentialsStep {
  const same: RoleCredentialsStep = { state, effects: [] };
  switch (event.type) {
    case 'dropped':
      return { state: absent, effects: [] };
    case 'wanted':
    case 'tick':
      return onDue(state, event, now);
    case 'signedIn':
      return (state.state === 'stale' || state.state === 'absent') && state.problem?.kind === 'sign-in'
        ? renewing(state.state === 'stale' ? state.life : null, 0)
        : same;
    case 'refused': {
      if (state.state === 'stale') return now >= state.retryAt ? renewing(null, state.failures, true) : same;
      if (state.state !== 'valid') return same;
      if (state.forcedAt !== null && now < state.forcedAt + FORCED_SPACING_MS) return same;
      return renewing(null, 0, true);
    }
    case 'obtained': {
      if (state.state !== 'renewing') return same;
      if (event.expiresAt - now < SHORTEST_LIFETIME_MS) {
        return onFailed(state, { kind: 'server', name: 'CredentialsTooShort' }, now, random);
      }
      const life: Lifetime = { obtainedAt: now, expiresAt: event.expiresAt };
      const renewAt = spaced(renewalInstant(life, CREDENTIALS_LEAD_MS), now);
      return {
        state: { state: 'valid', life, renewAt, forcedAt: state.forced ? now : null },
        effects: [],
      };
    }
    case 'failed':
      return state.state === 'renewing' ? onFailed(state, event.problem, now, random) : same;
  }
}

function onDue(
  state: RoleCredentialsState,
  event: RoleCredentialsEvent & { type: 'wanted' | 'tick' },
  now: number,
): RoleCredentialsStep {
  const same: RoleCredentialsStep = { state, effects: [] };
  const asked = event.type === 'wanted';
  const mayRenew = asked || event.kept;
  switch (state.state) {
    case 'renewing':
      return same;
    case 'absent':
      if (now < state.notBefore || !mayRenew || (!asked && state.problem === null)) return same;
      return renewing(null, state.failures);
    case 'denied':
      return now >= state.retryAt && mayRenew ? renewing(null, state.failures) : same;
    case 'valid':
    case 'stale': {
      const due = state.state === 'valid' ? state.renewAt : state.retryAt;
      const usable = isUsable(state.life, now);
      const failures = state.state === 'stale' ? state.failures : 0;
      if (now >= due && mayRenew) return renewing(usable ? state.life : null, failures);
      if (usable) return same;
      const problem = state.state === 'stale' ? state.problem : null;
      return { state: { state: 'absent', failures, notBefore: due, problem }, effects: [] };
    }
  }
}

function onFailed(
  state: RoleCredentialsState & { state: 'renewing' },
  problem: CredentialsProblem,
  now: number,
  random: number,
): RoleCredentialsStep {
  const failures = state.failures + 1;
  if (problem.kind === 'forbidden' || problem.kind === 'not-found') {
    const retryAt = now + backoffDelay(deniedBackoff, failures, random, problem.retryAfterMs);
    return { state: { state: 'denied', failures, retryAt, problem }, effects: [] };
  }
  const retryAt = now + backoffDelay(renewalBackoff, failures, random, problem.retryAfterMs);
  const life = state.life !== null && isUsable(state.life, now) ? state.life : null;
  if (life !== null) return { state: { state: 'stale', life, failures, retryAt, problem }, effects: [] };
  // A person waits behind a wish: it may try again soon, unless the service asked for a pause.
  const soon = problem.kind === 'sign-in' ? now : now + ABSENT_SPACING_MS;
  const notBefore = problem.retryAfterMs === undefined && problem.kind !== 'throttle' ? soon : retryAt;
  return { state: { state: 'absent', failures, notBefore, problem }, effects: [] };
}
