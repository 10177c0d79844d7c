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
 * Keep-alive of the credentials of one source (a role, a command, keys in a file) as a pure machine, without the
 * secrets themselves.
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
 * | `absent`, `stale` | `answered` (a person gave the MFA code), last failure for want of it | retried at once | `renew` |
 * | `absent`, `stale` | `reachable` (the network is back), last failure for want of it | retried at once | `renew` |
 * | any | `dropped` (signed out) | `absent` | |
 * | any | `clockSetBack` | as before, instants move along | |
 *
 * Credentials without end (`expiresAt` null) are never renewed by time: `wanted` reads them again once they are older
 * than `readAgainMs`, and `refused` at once. With `readAgainMs` 0 nothing is kept between two wishes.
 * A problem that only a person's act can end (`sign-in`, `mfa`, `command`) is never retried by time either.
 */
export type RoleCredentialsState =
  | {
      state: 'absent';
      failures: number;
      /** Wishes before this get the problem without a call. */
      notBefore: number;
      /** Without anybody's wish it is tried again here: the same trouble for days must not be asked about for days. */
      retryAt: number;
      problem: CredentialsProblem | null;
    }
  | {
      state: 'valid';
      /** `expiresAt` is Infinity where they do not end. */
      life: Lifetime;
      renewAt: number;
      forcedAt: number | null;
      /** Good for those who waited for them; the next wish reads them again and waits for that. */
      once: boolean;
    }
  | { state: 'renewing'; life: Lifetime | null; failures: number; forced: boolean }
  | { state: 'stale'; life: Lifetime; failures: number; retryAt: number; problem: CredentialsProblem }
  | { state: 'denied'; failures: number; retryAt: number; problem: CredentialsProblem };

/**
 * Why there are none: a fault of AWS or of this machine, or something that a person has to do: `sign-in`, `mfa` (give
 * a code), `command` (mend or complete what a command of theirs does, or the keys that are wrong).
 */
export type CredentialsProblem =
  | Fault
  | { kind: 'sign-in' | 'mfa' | 'command'; name: string; retryAfterMs?: undefined };

export type RoleCredentialsEvent =
  | { type: 'wanted' }
  /** Time has come; `kept` as for the deadline. */
  | { type: 'tick'; kept: boolean }
  | { type: 'refused' }
  /** `expiresAt` null: without end, to be read again after `readAgainMs`. */
  /** `obtainedAt`: where that was not just now. */
  | { type: 'obtained'; expiresAt: number; readAgainMs?: undefined; obtainedAt?: number | undefined }
  | { type: 'obtained'; expiresAt: null; readAgainMs: number }
  | { type: 'failed'; problem: CredentialsProblem }
  | { type: 'signedIn' }
  | { type: 'answered' }
  | { type: 'reachable' }
  | { type: 'dropped' }
  /** The clock was found set back by so much: what was reckoned by it is later than it should be. */
  | { type: 'clockSetBack'; byMs: number };

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

export const absent: RoleCredentialsState = {
  state: 'absent',
  failures: 0,
  notBefore: 0,
  retryAt: 0,
  problem: null,
};

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

/** Whether only a person's act ends this problem, whatever time it is. */
function needsPerson(problem: CredentialsProblem): boolean {
  return problem.kind === 'sign-in' || problem.kind === 'mfa' || problem.kind === 'command';
}

/** An instant that comes, or null. */
const finite = (at: number): number | null => (Number.isFinite(at) ? at : null);

/**
 * When `tick` is due. `kept`: somebody holds these credentials or asked for them recently; others are let run out.
 */
export function roleCredentialsDeadline(state: RoleCredentialsState, kept: boolean): number | null {
  switch (state.state) {
    case 'valid': {
      const end = finite(state.life.expiresAt);
      return kept && end !== null ? nearest([state.renewAt, end]) : end;
    }
    case 'stale': {
      const end = finite(state.life.expiresAt);
      // Want of a sign-in is told by `signedIn`; still, a token may have come by a way that nobody told.
      const person = state.problem.kind === 'mfa' || state.problem.kind === 'command';
      return kept && end !== null && !person ? nearest([state.retryAt, end]) : end;
    }
    case 'denied':
      return kept ? state.retryAt : null;
    case 'absent':
      // What is held comes back by itself when the trouble is over; what needs a person ends by their act.
      return kept && state.problem !== null && !needsPerson(state.problem) ? state.retryAt : null;
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
    case 'answered':
      return (state.state === 'stale' || state.state === 'absent') && state.problem?.kind === 'mfa'
        ? renewing(state.state === 'stale' ? state.life : null, 0)
        : same;
    case 'reachable':
      return (state.state === 'stale' || state.state === 'absent') && state.problem?.kind === 'network'
        ? renewing(state.state === 'stale' && isUsable(state.life, now) ? state.life : null, state.failures)
        : same;
    case 'refused': {
      if (state.state === 'stale') return now >= state.retryAt ? renewing(null, state.failures, true) : same;
      if (state.state !== 'valid') return same;
      if (state.forcedAt !== null && now < state.forcedAt + FORCED_SPACING_MS) return same;
      return renewing(null, 0, true);
    }
    case 'obtained': {
      if (state.state !== 'renewing') return same;
      if (event.expiresAt === null) {
        const life: Lifetime = { obtainedAt: now, expiresAt: Number.POSITIVE_INFINITY };
        const renewAt = now + event.readAgainMs;
        const forcedAt = state.forced ? now : null;
        return {
          state: { state: 'valid', life, renewAt, forcedAt, once: event.readAgainMs === 0 },
          effects: [],
        };
      }
      if (event.expiresAt - now < SHORTEST_LIFETIME_MS) {
        return onFailed(state, { kind: 'server', name: 'CredentialsTooShort' }, now, random);
      }
      const life: Lifetime = { obtainedAt: event.obtainedAt ?? now, expiresAt: event.expiresAt };
      const renewAt = spaced(renewalInstant(life, CREDENTIALS_LEAD_MS), now);
      return {
        state: { state: 'valid', life, renewAt, forcedAt: state.forced ? now : null, once: false },
        effects: [],
      };
    }
    case 'failed':
      return state.state === 'renewing' ? onFailed(state, event.problem, now, random) : same;
    case 'clockSetBack':
      return { state: movedBack(state, event.byMs, now), effects: [] };
  }
}

/** The same state by a clock that was set back. */
function movedBack(state: RoleCredentialsState, byMs: number, now: number): RoleCredentialsState {
  const moved = (life: Lifetime): Lifetime => ({
    ...life,
    obtainedAt: life.obtainedAt === null ? null : life.obtainedAt - byMs,
    // An end that AWS named was turned into the old clock's time. One that was not now comes too early: it is renewed.
    expiresAt: life.expiresAt - byMs,
  });
  switch (state.state) {
    case 'absent':
      return { ...state, notBefore: state.notBefore - byMs, retryAt: state.retryAt - byMs };
    case 'valid': {
      const life = moved(state.life);
      const endless = life.expiresAt === Number.POSITIVE_INFINITY;
      const due = renewalInstant(life, CREDENTIALS_LEAD_MS);
      // What is over now is renewed now, before anything takes it for run out.
      const soon = isUsable(life, now) ? spaced(due, now) : now;
      const renewAt = endless ? state.renewAt - byMs : soon;
      return { ...state, life, renewAt, forcedAt: state.forcedAt === null ? null : state.forcedAt - byMs };
    }
    case 'renewing':
      return { ...state, life: state.life === null ? null : moved(state.life) };
    case 'stale':
      return { ...state, life: moved(state.life), retryAt: state.retryAt - byMs };
    case 'denied':
      return { ...state, retryAt: state.retryAt - byMs };
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
      if (now < (asked ? state.notBefore : state.retryAt) || !mayRenew) return same;
      if (!asked && (state.problem === null || needsPerson(state.problem))) return same;
      return renewing(null, state.failures);
    case 'denied':
      return now >= state.retryAt && mayRenew ? renewing(null, state.failures) : same;
    case 'valid':
    case 'stale': {
      const due = state.state === 'valid' ? state.renewAt : state.retryAt;
      const usable = isUsable(state.life, now);
      const failures = state.state === 'stale' ? state.failures : 0;
      const endless = state.life.expiresAt === Number.POSITIVE_INFINITY;
      const byTime =
        !endless &&
        (state.state === 'valid' || state.problem.kind === 'sign-in' || !needsPerson(state.problem));
      if (now >= due && mayRenew && (asked || byTime)) {
        const once = state.state === 'valid' && state.once;
        return renewing(usable && !once ? state.life : null, failures);
      }
      if (usable) return same;
      const problem = state.state === 'stale' ? state.problem : null;
      return { state: { state: 'absent', failures, notBefore: due, retryAt: due, problem }, effects: [] };
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
  // A code that is missing costs no call: whoever asks asks the person, as often as they like.
  const delay = backoffDelay(renewalBackoff, failures, random, problem.retryAfterMs);
  const retryAt = problem.kind === 'mfa' ? now : now + delay;
  const life = state.life !== null && isUsable(state.life, now) ? state.life : null;
  if (life !== null) return { state: { state: 'stale', life, failures, retryAt, problem }, effects: [] };
  // A person waits behind a wish: it may try again soon, unless the service asked for a pause.
  const asksPerson = problem.kind === 'sign-in' || problem.kind === 'mfa';
  const soon = asksPerson ? now : now + ABSENT_SPACING_MS;
  const notBefore = problem.retryAfterMs === undefined && problem.kind !== 'throttle' ? soon : retryAt;
  return { state: { state: 'absent', failures, notBefore, retryAt, problem }, effects: [] };
}
