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
 * | `degraded` | `reachable` (the network is back), 5 s since the last try, no Retry-After | `refreshing` | `refresh` |
 * | any but `signedOut` | `loggedOut` (our portal logout, to sign in anew) | `expired` without token | |
 * | `valid`, `degraded` | `clockSetBack`, refreshable | `refreshing`, instants move along | `refresh` |
 * | any | `clockSetBack` | as before, instants move along | |
 * | `signedOut`, `expired` | `signInStarted` / `signInEnded` | shown as `signingIn` / as before | |
 *
 * A sign-in beside a living token changes nothing here until its token comes. The client registration's end bounds
 * refreshing: the last one is made shortly before it, after which the token serves to its end.
 */
export interface TokenFacts extends Lifetime {
  /** Refreshable until this instant (the client registration's end); null where it cannot be refreshed at all. */
  refreshableUntil: number | null;
}

/** A refresh within this span after a forced one that is refused again is the end: the portal does not want us. */
const FORCED_AGAIN_MS = 60_000;
/** A consumer's wish may bring a retry forward, but never closer to the last try than this. */
const WANTED_SPACING_MS = 5_000;
/** The last refresh that the client registration allows keeps this distance from its end. */
const LAST_REFRESH_LEAD_MS = 5 * 60_000;
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
  /** `tellingAt`: an instant at which a refresh would tell when the SSO session ends (sso-session-end.ts), if there is one. */
  | { type: 'token'; token: TokenFacts; by: 'signIn' | 'refresh' | 'file'; tellingAt?: number | null }
  | { type: 'gone' }
  | { type: 'tick' }
  | { type: 'wanted' }
  | { type: 'rejected' }
  | { type: 'refreshFailed'; fault: Fault }
  /** AWS can be reached again. */
  | { type: 'reachable' }
  /** Our portal logout ended it, so that a new sign-in gets its full length. */
  | { type: 'loggedOut' }
  /** The clock was found set back by so much: what was planned by it is later than it should be. */
  | { type: 'clockSetBack'; byMs: number }
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

/**
 * Until when a token serves if nobody signs in: its own end where it cannot be refreshed any more, the registration's
 * end where that bounds refreshing; null: no bound is known.
 */
export function servesUntil(state: SsoSession, now: number): number | null {
  if (state.phase === 'signedOut' || state.phase === 'expired') return null;
  const { token } = state;
  const lastRefreshMade = state.phase === 'valid' && state.refreshAt === null;
  if (!canRefresh(token, now) || lastRefreshMade) return token.expiresAt;
  const { refreshableUntil } = token;
  if (refreshableUntil === null || !Number.isFinite(refreshableUntil)) return null;
  return Math.max(refreshableUntil, token.expiresAt);
}

/** When to refresh; null: never again. */
function plannedRefresh(token: TokenFacts, now: number, tellingAt: number | null): number | null {
  const due = spaced(renewalInstant(token, TOKEN_LEAD_MS), now);
  if (canRefresh(token, due)) {
    // Not sooner than after a quarter of the wait: it takes the place of the refresh that is due.
    return tellingAt !== null && tellingAt >= now + (due - now) / 4 && tellingAt < due ? tellingAt : due;
  }
  if (token.refreshableUntil === null) return null;
  const last = token.refreshableUntil - LAST_REFRESH_LEAD_MS;
  return last > now + MIN_SPACING_MS ? last : null;
}

function valid(
  common: Common,
  token: TokenFacts,
  now: number,
  more: { forced: boolean; tellingAt: number | null },
): SsoSession {
  const refreshAt = plannedRefresh(token, now, more.tellingAt);
  return { ...common, phase: 'valid', token, refreshAt, forcedAt: more.forced ? now : null };
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
    case 'reachable': {
      if (state.phase !== 'degraded' || now < state.notBefore) return same;
      const retryAt = Math.max(now, state.triedAt + WANTED_SPACING_MS);
      return retryAt > state.retryAt ? same : onTick({ ...state, retryAt }, common, now);
    }
    case 'loggedOut':
      if (state.phase === 'signedOut') return same;
      return { state: { ...common, phase: 'expired', token: null, problem: null }, effects: [] };
    case 'clockSetBack': {
      const moved = movedBack(state, event.byMs);
      if (moved.phase !== 'valid' && moved.phase !== 'degraded') return { state: moved, effects: [] };
      const waits = moved.phase === 'degraded' && now < moved.notBefore;
      if (waits || !canRefresh(moved.token, now)) return { state: moved, effects: [] };
      // How much life the token has is not known: how long ago the clock was set back cannot be told.
      const { token } = moved;
      const from = moved.phase === 'degraded' ? moved : { token };
      return refreshing(common, from, now);
    }
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
    const tellingAt = event.tellingAt ?? null;
    return { state: valid(common, token, now, { forced, tellingAt }), effects: ['alive'] };
  }
  if (canRefresh(token, now)) return refreshing(common, { token }, now);
  return { state: { ...common, phase: 'expired', token: null, problem: null }, effects: [] };
}

function onTick(state: SsoSession, common: Common, now: number): Step {
  if (state.phase !== 'valid' && state.phase !== 'degraded') return { state, effects: [] };
  const due = state.phase === 'valid' ? state.refreshAt : state.retryAt;
  // A token that is over has nothing to wait for but its own retry instant (a sleep may have passed refreshAt).
  const isDue = due === null ? !isUsable(state.token, now) : now >= due;
  if (isDue && canRefresh(state.token, now)) {
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

/** The same state by a clock that was set back: every instant that was reckoned by it moves along. */
function movedBack(state: SsoSession, byMs: number): SsoSession {
  if (state.phase === 'signedOut') return state;
  // The registration's end is AWS's own instant.
  const moved = (token: TokenFacts): TokenFacts => ({
    ...token,
    obtainedAt: token.obtainedAt === null ? null : token.obtainedAt - byMs,
    expiresAt: token.expiresAt - byMs,
  });
  switch (state.phase) {
    case 'valid':
      return {
        ...state,
        token: moved(state.token),
        refreshAt: state.refreshAt === null ? null : state.refreshAt - byMs,
        forcedAt: state.forcedAt === null ? null : state.forcedAt - byMs,
      };
    case 'refreshing':
      return { ...state, token: moved(state.token), triedAt: state.triedAt - byMs };
    case 'degraded':
      return {
        ...state,
        token: moved(state.token),
        triedAt: state.triedAt - byMs,
        retryAt: state.retryAt - byMs,
        notBefore: state.notBefore === 0 ? 0 : state.notBefore - byMs,
      };
    case 'expired':
      return { ...state, token: state.token === null ? null : moved(state.token) };
  }
}
