import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/domain/keep-alive/fault.ts';
import { isUsable, MIN_SPACING_MS } from '../../../../src/domain/keep-alive/schedule.ts';
import {
  nextSsoSession,
  type SsoSession,
  type SsoSessionEvent,
  servableToken,
  servesUntil,
  shownState,
  signedOut,
  ssoSessionDeadline,
  type TokenFacts,
} from '../../../../src/domain/keep-alive/sso-session.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.UTC(2030, 0, 1);
const runs = process.env.CI === 'true' ? 3_000 : 300;

const token = (lifetime: number, at = t0, over: Partial<TokenFacts> = {}): TokenFacts => ({
  obtainedAt: at,
  expiresAt: at + lifetime,
  refreshableUntil: at + 90 * 24 * hour,
  ...over,
});
const fault = (name: string, kind: Fault['kind'] = 'client', retryAfterMs?: number): Fault => ({
  kind,
  name,
  retryAfterMs,
});

/** Steps through events, each at its own instant. */
function through(...steps: [number, SsoSessionEvent][]) {
  let state: SsoSession = signedOut;
  let effects: string[] = [];
  for (const [at, event] of steps) ({ state, effects } = nextSsoSession(state, event, at, 0));
  return { state, effects };
}
const got = (facts: TokenFacts, by: 'signIn' | 'refresh' | 'file' = 'signIn'): SsoSessionEvent => ({
  type: 'token',
  token: facts,
  by,
});

describe('when a token is refreshed', () => {
  it('about 20 min before the end of an hour: before the AWS CLI starts at 15', () => {
    const { state } = through([t0, got(token(hour))]);
    expect(ssoSessionDeadline(state)).toBe(t0 + 40 * minute);
  });

  it('at half-life where the lifetime is short', () => {
    const { state } = through([t0, got(token(90_000))]);
    expect(ssoSessionDeadline(state)).toBe(t0 + 45_000);
  });

  it('soon, but not at once in a loop, when a file found at start is nearly over', () => {
    const facts = token(10 * minute, t0, { obtainedAt: null });
    const { state } = through([t0, got(facts, 'file')]);
    expect(state.phase).toBe('valid');
    expect(ssoSessionDeadline(state)).toBe(t0 + MIN_SPACING_MS);
  });

  it('not at all without a refresh token: it expires, and a person is needed', () => {
    const facts = token(hour, t0, { refreshableUntil: null });
    const { state } = through([t0, got(facts)]);
    expect(ssoSessionDeadline(state)).toBe(t0 + hour);
    const end = nextSsoSession(state, { type: 'tick' }, t0 + hour, 0);
    expect(end.state.phase).toBe('expired');
    expect(end.effects).toEqual(['ended']);
  });

  it('even long after its end, when the computer slept: a refresh token outlives the access token', () => {
    const { state, effects } = through([t0, got(token(hour))], [t0 + 9 * hour, { type: 'tick' }]);
    expect(state.phase).toBe('refreshing');
    expect(effects).toEqual(['refresh']);
    expect(servableToken(state, t0 + 9 * hour)).toBeNull();
  });

  it('never after the end of the client registration: expired without a call', () => {
    const facts = token(hour, t0, { refreshableUntil: t0 - 1, expiresAt: t0 - 1, obtainedAt: null });
    const { state, effects } = through([t0, got(facts, 'file')]);
    expect(state.phase).toBe('expired');
    expect(effects).toEqual([]);
  });
});

describe('what a failed refresh means', () => {
  const due = t0 + 40 * minute;
  const failing = (f: Fault, at = due + 1000) =>
    through([t0, got(token(hour))], [due, { type: 'tick' }], [at, { type: 'refreshFailed', fault: f }]);

  it.each([
    'InvalidGrantException',
    'InvalidClientException',
    'ExpiredTokenException',
    'UnauthorizedClientException',
    'AccessDeniedException',
  ])('%s ends the SSO session, and the token serves to its end', (name) => {
    const { state, effects } = failing(fault(name));
    expect(state.phase).toBe('expired');
    expect(effects).toEqual(['ended']);
    expect(servableToken(state, due + 1000)).not.toBeNull();
    expect(servableToken(state, t0 + hour)).toBeNull();
  });

  it.each([
    fault('ECONNREFUSED', 'network'),
    fault('SlowDown', 'throttle'),
    fault('InternalServer', 'server'),
    fault('ENOSPC', 'disk'),
    fault('InvalidRequest', 'client'),
  ])('$kind $name only degrades it', (f) => {
    const { state, effects } = failing(f);
    expect(state.phase).toBe('degraded');
    expect(effects).toEqual([]);
    expect(servableToken(state, due + 1000)).not.toBeNull();
  });

  it('stays degraded through an outage that is longer than the token lives', () => {
    const { state } = failing(fault('ENOTFOUND', 'network'), t0 + 2 * hour);
    expect(state.phase).toBe('degraded');
    expect(servableToken(state, t0 + 2 * hour)).toBeNull();
  });

  it('tries again with growing pauses, at most 5 min, and never before Retry-After', () => {
    let { state } = failing(fault('x', 'server'), due);
    const pauses: number[] = [];
    for (let n = 0; n < 9; n++) {
      const at = ssoSessionDeadline(state) as number;
      state = nextSsoSession(state, { type: 'tick' }, at, 0).state;
      state = nextSsoSession(state, { type: 'refreshFailed', fault: fault('x', 'server') }, at, 0).state;
      pauses.push((ssoSessionDeadline(state) as number) - at);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300, 300].map((s) => s * 1000));
    const asked = failing(fault('Throttling', 'throttle', 7 * minute), due);
    expect(ssoSessionDeadline(asked.state)).toBe(due + 7 * minute);
  });

  it("a consumer's wish brings a retry forward, but not before Retry-After", () => {
    const over = t0 + hour + minute;
    const plain = failing(fault('ENOTFOUND', 'network'), over);
    const wish: SsoSessionEvent = { type: 'wanted' };
    expect(nextSsoSession(plain.state, wish, over + 1, 0).effects).toEqual(['refresh']);
    const asked = failing(fault('Throttling', 'throttle', 10 * minute), over);
    expect(nextSsoSession(asked.state, wish, over + 9 * minute, 0).effects).toEqual([]);
    expect(nextSsoSession(asked.state, wish, over + 10 * minute, 0).effects).toEqual(['refresh']);
  });
});

describe('a portal 401', () => {
  it('forces one refresh, and the refused token is not handed out meanwhile', () => {
    const { state, effects } = through([t0, got(token(hour))], [t0 + minute, { type: 'rejected' }]);
    expect(effects).toEqual(['refresh']);
    expect(servableToken(state, t0 + minute)).toBeNull();
  });

  it('that survives the forced refresh ends the SSO session', () => {
    const { state, effects } = through(
      [t0, got(token(hour))],
      [t0 + minute, { type: 'rejected' }],
      [t0 + minute + 100, got(token(hour, t0 + minute), 'refresh')],
      [t0 + minute + 200, { type: 'rejected' }],
    );
    expect(state.phase).toBe('expired');
    expect(effects).toEqual(['ended']);
    expect(servableToken(state, t0 + minute + 200)).toBeNull();
  });

  it('much later forces a refresh again', () => {
    const { effects } = through(
      [t0, got(token(hour))],
      [t0 + minute, { type: 'rejected' }],
      [t0 + minute + 100, got(token(hour, t0 + minute), 'refresh')],
      [t0 + 30 * minute, { type: 'rejected' }],
    );
    expect(effects).toEqual(['refresh']);
  });

  it('ends it at once where nothing can be refreshed', () => {
    const facts = token(hour, t0, { refreshableUntil: null });
    expect(through([t0, got(facts)], [t0 + 1, { type: 'rejected' }]).state.phase).toBe('expired');
  });

  it('keeps it degraded, without handing the refused token out, while the network is down', () => {
    const { state } = through(
      [t0, got(token(hour))],
      [t0 + minute, { type: 'rejected' }],
      [t0 + minute + 100, { type: 'refreshFailed', fault: fault('ENOTFOUND', 'network') }],
    );
    expect(state.phase).toBe('degraded');
    expect(servableToken(state, t0 + 2 * minute)).toBeNull();
  });
});

describe('sign-in and sign-out', () => {
  it('shows a sign-in only where there is no living token', () => {
    const started: SsoSessionEvent = { type: 'signInStarted' };
    expect(shownState(through([t0, started]).state)).toBe('signingIn');
    expect(shownState(through([t0, started], [t0, { type: 'signInEnded' }]).state)).toBe('signedOut');
    expect(shownState(through([t0, started], [t0, got(token(hour))]).state)).toBe('valid');
  });

  it('asks nobody after a sign-out', () => {
    const { state, effects } = through([t0, got(token(hour))], [t0 + 1, { type: 'gone' }]);
    expect(state.phase).toBe('signedOut');
    expect(effects).toEqual([]);
  });
});

const kinds: Fault['kind'][] = ['client', 'throttle', 'server', 'network', 'disk'];
const anyEvent: fc.Arbitrary<SsoSessionEvent> = fc.oneof(
  fc.constant<SsoSessionEvent>({ type: 'tick' }),
  fc.constant<SsoSessionEvent>({ type: 'wanted' }),
  fc.constant<SsoSessionEvent>({ type: 'rejected' }),
  fc.constant<SsoSessionEvent>({ type: 'gone' }),
  fc.constant<SsoSessionEvent>({ type: 'signInStarted' }),
  fc.constant<SsoSessionEvent>({ type: 'signInEnded' }),
  fc.record({
    type: fc.constant('refreshFailed' as const),
    fault: fc.record({
      kind: fc.constantFrom(...kinds),
      name: fc.constantFrom('InvalidGrantException', 'InvalidRequestException', 'X'),
      retryAfterMs: fc.option(fc.integer({ min: -1, max: 10 * hour }), { nil: undefined }),
    }),
  }),
  fc.record({
    type: fc.constant('token' as const),
    by: fc.constantFrom('signIn' as const, 'refresh' as const, 'file' as const),
    token: fc.record({
      obtainedAt: fc.option(fc.integer({ min: t0 - hour, max: t0 + hour }), { nil: null }),
      expiresAt: fc.integer({ min: t0 - hour, max: t0 + 12 * hour }),
      refreshableUntil: fc.option(fc.integer({ min: t0 - hour, max: t0 + 12 * hour }), { nil: null }),
    }),
    tellingAt: fc.option(fc.integer({ min: t0 - hour, max: t0 + 12 * hour }), { nil: null }),
  }),
  fc.constant<SsoSessionEvent>({ type: 'reachable' }),
  fc.constant<SsoSessionEvent>({ type: 'loggedOut' }),
  fc.record({ type: fc.constant('clockSetBack' as const), byMs: fc.integer({ min: 1, max: 48 * hour }) }),
);
const anyHistory = fc.array(
  fc.record({ wait: fc.integer({ min: -10 * minute, max: 2 * hour }), event: anyEvent, random: fc.nat(999) }),
  { maxLength: 40 },
);

describe('the end of the client registration', () => {
  it('gets a last refresh 5 min before it, after which the token serves to its end', () => {
    const until = t0 + 50 * minute;
    const first = through([t0, got(token(hour, t0, { refreshableUntil: until }))]).state;
    expect(ssoSessionDeadline(first)).toBe(t0 + 40 * minute);
    const late = t0 + 30 * minute;
    const second = nextSsoSession(
      first,
      got(token(hour, late, { refreshableUntil: until }), 'refresh'),
      late,
      0,
    ).state;
    expect(ssoSessionDeadline(second)).toBe(until - 5 * minute);
    expect(servesUntil(second, late)).toBe(late + hour);
    const last = nextSsoSession(
      second,
      got(token(hour, until - 5 * minute, { refreshableUntil: until }), 'refresh'),
      until - 5 * minute,
      0,
    ).state;
    expect(ssoSessionDeadline(last)).toBe(until + 55 * minute);
    expect(servesUntil(last, until - 5 * minute)).toBe(until + 55 * minute);
  });
});

describe('a refresh that tells when the SSO session ends', () => {
  const at = (tellingAt: number) =>
    ssoSessionDeadline(through([t0, { type: 'token', token: token(hour), by: 'refresh', tellingAt }]).state);
  it('takes the place of the one that is due, but comes after a quarter of the wait at the earliest', () => {
    expect(at(t0 + 25 * minute)).toBe(t0 + 25 * minute);
    expect(at(t0 + 9 * minute)).toBe(t0 + 40 * minute);
    expect(at(t0 + 45 * minute)).toBe(t0 + 40 * minute);
  });
});

describe('a network that is back', () => {
  const degraded = (retryAfterMs?: number) =>
    through(
      [t0, got(token(hour))],
      [t0 + 40 * minute, { type: 'tick' }],
      [t0 + 40 * minute, { type: 'refreshFailed', fault: fault('ENOTFOUND', 'network', retryAfterMs) }],
    ).state;
  it('is used at once, 5 s after the last try', () => {
    const soon = nextSsoSession(degraded(), { type: 'reachable' }, t0 + 40 * minute + 1_000, 0);
    expect(ssoSessionDeadline(soon.state)).toBe(t0 + 40 * minute + 5_000);
    const later = nextSsoSession(degraded(), { type: 'reachable' }, t0 + 40 * minute + 5_000, 0);
    expect(later.effects).toEqual(['refresh']);
  });
  it('does not shorten what the service asked for', () => {
    const state = degraded(10 * minute);
    expect(nextSsoSession(state, { type: 'reachable' }, t0 + 45 * minute, 0)).toEqual({ state, effects: [] });
  });
});

describe('our own portal logout', () => {
  it('leaves an SSO session that wants a sign-in, without asking anybody', () => {
    const { state, effects } = through([t0, got(token(hour))], [t0 + 1, { type: 'loggedOut' }]);
    expect(state).toMatchObject({ phase: 'expired', token: null, problem: null });
    expect(effects).toEqual([]);
  });
});

describe('a clock that was set back', () => {
  const day = 24 * hour;
  it('makes a refresh at once: how much life the token has left cannot be told', () => {
    const { state, effects } = through(
      [t0, got(token(hour))],
      [t0 - day, { type: 'clockSetBack', byMs: day + minute }],
    );
    expect(effects).toEqual(['refresh']);
    expect(state).toMatchObject({ phase: 'refreshing', triedAt: t0 - day });
    expect(servableToken(state, t0 - day)?.expiresAt).toBe(t0 + hour - day - minute);
  });
  it('takes as much from a token that nothing renews', () => {
    const facts = token(hour, t0, { refreshableUntil: null });
    const { state } = through([t0, got(facts)], [t0 - day, { type: 'clockSetBack', byMs: day + minute }]);
    expect(ssoSessionDeadline(state)).toBe(t0 + hour - day - minute);
  });
  it('does not shorten what the service asked for, nor lengthen it', () => {
    const before: [number, SsoSessionEvent][] = [
      [t0, got(token(hour))],
      [t0 + 40 * minute, { type: 'tick' }],
      [t0 + 40 * minute, { type: 'refreshFailed', fault: fault('SlowDown', 'throttle', 10 * minute) }],
    ];
    const { state, effects } = through(...before, [
      t0 + 41 * minute - day,
      { type: 'clockSetBack', byMs: day },
    ]);
    expect(effects).toEqual([]);
    expect(ssoSessionDeadline(state)).toBe(t0 + 50 * minute - day);
  });
});

describe('whatever happens', () => {
  it('no token that is over is handed out, no deadline stays in the past, a refresh is asked for only once at a time', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let now = t0;
        let state: SsoSession = signedOut;
        for (const { wait, event, random } of history) {
          now += wait;
          const before = state;
          const step = nextSsoSession(state, event, now, random / 1000);
          state = step.state;
          const served = servableToken(state, now);
          if (served) expect(isUsable(served, now)).toBe(true);
          expect(step.effects.filter((e) => e === 'refresh').length).toBeLessThanOrEqual(1);
          if (step.effects.includes('refresh')) expect(state.phase).toBe('refreshing');
          if (before.phase === 'refreshing' && step.effects.includes('refresh')) {
            // Only another token's arrival starts a refresh over.
            expect(event.type).toBe('token');
          }
          const ticked = nextSsoSession(state, { type: 'tick' }, now, random / 1000).state;
          const deadline = ssoSessionDeadline(ticked);
          if (deadline !== null) expect(deadline).toBeGreaterThan(now);
        }
      }),
      { numRuns: runs },
    );
  });

  it('against a service that always fails, a day holds a bounded number of tries', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2_000, max: 12 * hour }),
        fc.constantFrom<Fault['kind']>('throttle', 'server', 'network', 'disk'),
        fc.array(fc.nat(999), { minLength: 1, maxLength: 20 }),
        (lifetime, kind, randoms) => {
          let now = t0;
          let state = nextSsoSession(signedOut, got(token(lifetime)), now, 0).state;
          let tries = 0;
          while (now < t0 + 24 * hour) {
            const at = ssoSessionDeadline(state);
            if (at === null) break;
            now = Math.max(now, at);
            const random = (randoms[tries % randoms.length] ?? 0) / 1000;
            const step = nextSsoSession(state, { type: 'tick' }, now, random);
            state = step.state;
            if (!step.effects.includes('refresh')) continue;
            tries++;
            state = nextSsoSession(
              state,
              { type: 'refreshFailed', fault: fault('x', kind) },
              now,
              random,
            ).state;
          }
          // A pause of at least 150 s in the long run.
          expect(tries).toBeLessThan(24 * 24 + 10);
          expect(tries).toBeGreaterThan(0);
        },
      ),
      { numRuns: Math.ceil(runs / 10) },
    );
  });
});
