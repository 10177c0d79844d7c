import { backoffDelay, renewalBackoff } from './backoff.ts';
import { endsSsoSession, type Fault } from './fault.ts';
import {
  isUsable,
  type Lifetime,
  MIN_SPACING_MS,
  nearest,
  renewalInstant,
  spaced,
  TOKEN_LEAD_MS,
} from './schedule.ts';

/**
 * Keep-alive of one SSO session as a pure machine: `next(state, event, now, random) -> {state, effects}`. It knows
 * instants and faults, never a secret; the keeper performs the effects and reports back.
 *
 * | in | event | to | effects |
 * |---|---|---|---|
 * | any | `token` usable (sign-in, refresh, another tool, file at start) | `valid` | `alive` |
 * | any | `token` over, refreshable | `refreshing` (from another tool or file) | `refresh` |
 * | any | `token` over, not refreshable | `expired` | |
 * | any | `gone` (cache file removed, signed out: a person's act, nobody is asked) | `signedOut` | |
 * | `valid`, `degraded` | `tick` at the refresh or retry instant, refreshable | `refreshing` | `refresh` |
 * | `valid`, `degraded` | `tick` after the end, not refreshable | `expired` | `ended` |
 * | `degraded` | `wanted`, token over or refused, spaced from the last try, no Retry-After | `refreshing` | `refresh` |
 * | `valid`, `degraded` | `rejected` (portal 401), refreshable, not just refreshed by force | `refreshing` (suspect) | `refresh` |
 * | `valid`, `degraded`, `expired` | `rejected`, nothing to force | `expired` without token | `ended` |
 * | `refreshing` | `rejected` | `refreshing` (suspect) | |
 * | `refreshing` | `refreshFailed` by InvalidGrant, InvalidClient, ExpiredToken, UnauthorizedClient, AccessDenied | `expired` (a token with life left serves to its end) | `ended` |
 * | `refreshing` | `refreshFailed` by another client fault, token over | `expired` | `ended` |
 * | `refreshing` | `refreshFailed` otherwise (network, throttle, disk, 5xx) | `degraded` | |
 * | `signedOut`, `expired` | `signInStarted` / `signInEnded` | shown as `signingIn` / as before | |
 *
 * A sign-in beside a living token changes nothing here until its token comes.
 */
export interface TokenFacts extends Lifetime {
  /** Refreshable until this instant (the client registration's end); null where it cannot be refreshed at all. */
  refreshableUntil: number | null;
}

/** A refresh within this span after a forced one that is refused again is the end: the portal does not want us. */
const FORCED_AGAIN_MS = 60_000;
/** A consumer's wish may bring a retry forward, but never closer to the last try than this. */
const WANTED_SPACING_MS = 5_000;
/** A token with less life than this at its birth is a fault of the service, not a token. */
const SHORTEST_LIFETIME_MS = 2_000;

interface Common {
  /** A person is signing in right now. */
  signingIn: boolean;
}
export type SsoSession = Common &
  (
    | { phase: 'signedOut' }
    | { phase: 'valid'; token: TokenFacts; refreshAt: number | null; forcedAt: number | null }
    | {
        phase: 'refreshing';
        token: TokenFacts;
        failures: number;
        triedAt: number;
        /** The portal refused this token: it is not handed out. */
        suspect: boolean;
      }
    | {
        phase: 'degraded';
        token: TokenFacts;
        failures: number;
        triedAt: number;
        retryAt: number;
        /** Nothing may be tried before (Retry-After). */
        notBefore: number;
        suspect: boolean;
        problem: Fault;
      }
    | { phase: 'expired'; token: TokenFacts | null; problem: Fault | null }
  );

export type SsoSessionEvent =
  | { type: 'token'; token: TokenFacts; by: 'signIn' | 'refresh' | 'file' }
  | { type: 'gone' }
  | { type: 'tick' }
  | { type: 'wanted' }
  | { type: 'rejected' }
  | { type: 'refreshFailed'; fault: Fault }
  | { type: 'signInStarted' }
  | { type: 'signInEnded' };

/** `refresh`: get a new token and report. `alive`: waiters may go on. `ended`: it lived and a person is needed now. */
export type SsoSessionEffect = 'refresh' | 'alive' | 'ended';

export interface Step {
  state: SsoSession;
  effects: SsoSessionEffect[];
}

export const signedOut: SsoSession = { phase: 'signedOut', signingIn: false };

export function canRefresh(token: TokenFacts, now: number): boolean {
  return token.refreshableUntil !== null && token.refreshableUntil > now;
}

/** The token that may be handed out at `now`, if any: never one that is over or that the portal refused. */
export function servableToken(state: SsoSession, now: number): TokenFacts | null {
  if (state.phase === 'signedOut') return null;
  if ((state.phase === 'refreshing' || state.phase === 'degraded') && state.suspect) return null;
  return state.token !== null && isUsable(state.token, now) ? state.token : null;
}

/** The state as the contract names it. */
export function shownState(
  state: SsoSession,
): 'signedOut' | 'signingIn' | 'valid' | 'refreshing' | 'degraded' | 'expired' {
  if (state.signingIn && (state.phase === 'signedOut' || state.phase === 'expired')) return 'signingIn';
  return state.phase;
}

/** When `tick` is due; null: nothing happens by time alone. */
export function ssoSessionDeadline(state: SsoSession): number | null {
  switch (state.phase) {
    case 'valid':
      return nearest([state.refreshAt, state.token.expiresAt]);
    case 'degraded':
      return state.retryAt;
    case 'signedOut':
    case 'refreshing':
    case 'expired':
      return null;
  }
}

function valid(common: Common, token: TokenFacts, now: number, forced: boolean): SsoSession {
  const due = spaced(renewalInstant(token, TOKEN_LEAD_MS), now);
  return {
    ...common,
    phase: 'valid',
    token,
    refreshAt: canRefresh(token, due) ? due : null,
    forcedAt: forced ? now : null,
  };
}

function refreshing(
  common: Common,
  from: { token: TokenFacts; failures?: number; suspect?: boolean },
  now: number,
): Step {
  return {
    state: {
      ...common,
      phase: 'refreshing',
      token: from.token,
      failures: from.failures ?? 0,
      triedAt: now,
      suspect: from.suspect ?? false,
    },
    effects: ['refresh'],
  };
}

function expired(common: Common, token: TokenFacts | null, problem: Fault | null): Step {
  return { state: { ...common, phase: 'expired', token, problem }, effects: ['ended'] };
}

/**
 * One step. Total: an event that means nothing in a state leaves it as it is.
 * @param random a number in [0, 1) for the jitter
 */
export function nextSsoSession(state: SsoSession, event: SsoSessionEvent, now: number, random: number): Step {
  const same: Step = { state, effects: [] };
  const common: Common = { signingIn: state.signingIn };
  switch (event.type) {
    case 'signInStarted':
      return { state: { ...state, signingIn: true }, effects: [] };
    case 'signInEnded':
      return { state: { ...state, signingIn: false }, effects: [] };
    case 'gone':
      return { state: { ...common, phase: 'signedOut' }, effects: [] };
    case 'token':
      return onToken(state, common, event, now, random);
    case 'tick':
      return onTick(state, common, now);
    case 'wanted': {
      if (state.phase === 'valid') return onTick(state, common, now);
      if (state.phase !== 'degraded' || servableToken(state, now) !== null) return same;
      if (now < state.notBefore || now < state.triedAt + WANTED_SPACING_MS) return same;
      return onTick({ ...state, retryAt: now }, common, now);
    }
    case 'rejected':
      return onRejected(state, common, now);
    case 'refreshFailed':
      return state.phase === 'refreshing' ? onRefreshFailed(state, common, event.fault, now, random) : same;
  }
}

function onToken(
  state: SsoSession,
  common: Common,
  event: SsoSessionEvent & { type: 'token' },
  now: number,
  random: number,
): Step {
  const { token, by } = event;
  if (by === 'refresh' && token.expiresAt - now < SHORTEST_LIFETIME_MS && state.phase === 'refreshing') {
    // The service gave a token that is already over: asking again at once would go on for ever.
    return onRefreshFailed(state, common, { kind: 'server', name: 'TokenTooShort' }, now, random);
  }
  if (isUsable(token, now)) {
    const forced = by === 'refresh' && state.phase === 'refreshing' && state.suspect;
    return { state: valid(common, token, now, forced), effects: ['alive'] };
  }
  if (canRefresh(token, now)) return refreshing(common, { token }, now);
  return { state: { ...common, phase: 'expired', token: null, problem: null }, effects: [] };
}

function onTick(state: SsoSession, common: Common, now: number): Step {
  if (state.phase !== 'valid' && state.phase !== 'degraded') return { state, effects: [] };
  const due = state.phase === 'valid' ? state.refreshAt : state.retryAt;
  // A token that is over has nothing to wait for but its own retry instant (a sleep may have passed refreshAt).
  if (due !== null && now >= due && canRefresh(state.token, now)) {
    return refreshing(
      common,
      state.phase === 'degraded' ? state : { token: state.token, failures: 0, suspect: false },
      now,
    );
  }
  if (canRefresh(state.token, now)) return { state, effects: [] };
  const over = !isUsable(state.token, now) || (state.phase === 'degraded' && state.suspect);
  if (over) return expired(common, null, state.phase === 'degraded' ? state.problem : null);
  // The client registration ended meanwhile: the token serves to its end, and there is nothing to try before.
  const waiting: SsoSession =
    state.phase === 'valid' ? { ...state, refreshAt: null } : { ...state, retryAt: state.token.expiresAt };
  return { state: waiting, effects: [] };
}

function onRejected(state: SsoSession, common: Common, now: number): Step {
  switch (state.phase) {
    case 'refreshing':
      return { state: { ...state, suspect: true }, effects: [] };
    case 'valid':
    case 'degraded': {
      const survived =
        state.phase === 'valid' && state.forcedAt !== null && now - state.forcedAt < FORCED_AGAIN_MS;
      if (survived || !canRefresh(state.token, now)) {
        return expired(common, null, { kind: 'unauthorized', name: 'Unauthorized' });
      }
      if (state.phase === 'valid') return refreshing(common, { token: state.token, suspect: true }, now);
      // Not before the next try is due: the service asked us to wait, or has just failed.
      if (now < state.notBefore || now < state.triedAt + MIN_SPACING_MS) {
        return { state: { ...state, suspect: true }, effects: [] };
      }
      return refreshing(common, { ...state, suspect: true }, now);
    }
    case 'expired':
      return { state: { ...state, token: null }, effects: [] };
    case 'signedOut':
      return { state, effects: [] };
  }
}

function onRefreshFailed(
  state: SsoSession & { phase: 'refreshing' },
  common: Common,
  fault: Fault,
  now: number,
  random: number,
): Step {
  const usable = isUsable(state.token, now) && !state.suspect;
  const serving = usable ? state.token : null;
  if (endsSsoSession(fault)) return expired(common, serving, fault);
  if (fault.kind === 'client' && !usable) return expired(common, null, fault);
  if (!canRefresh(state.token, now) && !usable) return expired(common, null, fault);
  const failures = state.failures + 1;
  const retryAt = now + backoffDelay(renewalBackoff, failures, random, fault.retryAfterMs);
  return {
    state: {
      ...common,
      phase: 'degraded',
      token: state.token,
      failures,
      triedAt: state.triedAt,
      retryAt,
      notBefore: fault.retryAfterMs === undefined ? 0 : retryAt,
      suspect: state.suspect,
      problem: fault,
    },
    effects: [],
  };
}
