import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absent,
  type CredentialsProblem,
  FORCED_SPACING_MS,
  handOut,
  nextRoleCredentials,
  type RoleCredentialsEvent,
  type RoleCredentialsState,
  roleCredentialsDeadline,
  usableLife,
} from '../../../../src/domain/keep-alive/role-credentials.ts';
import { isUsable } from '../../../../src/domain/keep-alive/schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.UTC(2030, 0, 1);
const runs = process.env.CI === 'true' ? 3_000 : 300;

const wanted: RoleCredentialsEvent = { type: 'wanted' };
const tick: RoleCredentialsEvent = { type: 'tick', kept: true };
const obtained = (expiresAt: number): RoleCredentialsEvent => ({ type: 'obtained', expiresAt });
const failed = (problem: CredentialsProblem): RoleCredentialsEvent => ({ type: 'failed', problem });
const network: CredentialsProblem = { kind: 'network', name: 'ENOTFOUND' };
const ofMfa: CredentialsProblem = { kind: 'mfa', name: 'MfaNeeded' };
const ofCommand: CredentialsProblem = { kind: 'command', name: 'CommandFailed' };
const noSignIn: CredentialsProblem = { kind: 'sign-in', name: 'SignInNeeded' };

function through(...steps: [number, RoleCredentialsEvent][]) {
  let state: RoleCredentialsState = absent;
  let effects: string[] = [];
  for (const [at, event] of steps) ({ state, effects } = nextRoleCredentials(state, event, at, 0));
  return { state, effects };
}
const valid = (lifetime = hour) => through([t0, wanted], [t0, obtained(t0 + lifetime)]).state;

describe('renewal ahead of time', () => {
  it('comes with more than 15 min left, and only for credentials that somebody uses', () => {
    const state = valid();
    expect(roleCredentialsDeadline(state, true)).toBe(t0 + 40 * minute);
    expect(roleCredentialsDeadline(state, false)).toBe(t0 + hour);
    const end = nextRoleCredentials(state, { type: 'tick', kept: false }, t0 + hour, 0);
    expect(end).toEqual({
      state: { ...absent, notBefore: t0 + 40 * minute, retryAt: t0 + 40 * minute },
      effects: [],
    });
  });

  it('comes at half-life where the lifetime is short', () => {
    expect(roleCredentialsDeadline(valid(minute), true)).toBe(t0 + 30_000);
    expect(roleCredentialsDeadline(valid(30 * minute), true)).toBe(t0 + 15 * minute);
  });

  it('hands the old ones out while it is under way, waits for it only where little is left', () => {
    const at = t0 + 40 * minute;
    const { state } = nextRoleCredentials(valid(), tick, at, 0);
    expect(handOut(state, at)).toBe('hand-out');
    expect(handOut(state, t0 + 50 * minute)).toBe('wait-briefly');
    expect(handOut(state, t0 + hour)).toBe('wait');
  });
});

describe('a failed renewal', () => {
  const due = t0 + 40 * minute;
  const failing = (problem: CredentialsProblem) =>
    through([t0, wanted], [t0, obtained(t0 + hour)], [due, tick], [due, failed(problem)]).state;

  it('leaves usable credentials stale, to be handed out until they are over', () => {
    const state = failing(network);
    expect(state.state).toBe('stale');
    expect(handOut(state, due)).toBe('hand-out');
    expect(usableLife(state, t0 + hour)).toBeNull();
    expect(handOut(state, t0 + hour)).toBe('refuse');
  });

  it('is tried again after a pause, not on every request', () => {
    const state = failing(network);
    expect(nextRoleCredentials(state, wanted, due + 4_999, 0).effects).toEqual([]);
    expect(nextRoleCredentials(state, wanted, due + 5_000, 0).effects).toEqual(['renew']);
  });

  it('honours Retry-After also where there is nothing to hand out', () => {
    const throttled: CredentialsProblem = { kind: 'throttle', name: 'TooManyRequests', retryAfterMs: minute };
    const { state } = through([t0, wanted], [t0, failed(throttled)]);
    expect(state.state).toBe('absent');
    expect(nextRoleCredentials(state, wanted, t0 + minute - 1, 0).effects).toEqual([]);
    expect(nextRoleCredentials(state, wanted, t0 + minute, 0).effects).toEqual(['renew']);
  });

  it('with nothing to hand out is tried again by itself ever more seldom; a wish may come sooner', () => {
    let { state } = through([t0, wanted], [t0, failed(network)]);
    let at = t0;
    for (let n = 0; n < 10; n++) {
      at = roleCredentialsDeadline(state, true) ?? Number.NaN;
      state = nextRoleCredentials(
        nextRoleCredentials(state, tick, at, 0).state,
        failed(network),
        at,
        0,
      ).state;
    }
    expect(roleCredentialsDeadline(state, true)).toBe(at + 5 * minute);
    expect(nextRoleCredentials(state, tick, at + 2_000, 0).effects).toEqual([]);
    expect(nextRoleCredentials(state, wanted, at + 2_000, 0).effects).toEqual(['renew']);
  });

  it.each<CredentialsProblem>([
    { kind: 'forbidden', name: 'ForbiddenException' },
    { kind: 'not-found', name: 'ResourceNotFound' },
  ])('by $kind denies: nothing is handed out, and AWS is asked again only after the pause', (problem) => {
    const state = failing(problem);
    expect(state.state).toBe('denied');
    expect(handOut(state, due)).toBe('refuse');
    expect(nextRoleCredentials(state, wanted, due + 29_999, 0).effects).toEqual([]);
    expect(nextRoleCredentials(state, wanted, due + 30_000, 0).effects).toEqual(['renew']);
  });

  it('for want of a sign-in is made good by the sign-in, at once', () => {
    const none = through([t0, wanted], [t0, failed(noSignIn)]).state;
    expect(roleCredentialsDeadline(none, true)).toBeNull();
    expect(nextRoleCredentials(none, { type: 'signedIn' }, t0 + 1, 0).effects).toEqual(['renew']);
    expect(nextRoleCredentials(failing(noSignIn), { type: 'signedIn' }, due + 1, 0).effects).toEqual([
      'renew',
    ]);
    expect(nextRoleCredentials(failing(network), { type: 'signedIn' }, due + 1, 0).effects).toEqual([]);
  });
});

describe('a clock that was set back', () => {
  const year = 365 * 24 * hour;
  const setBack: RoleCredentialsEvent = { type: 'clockSetBack', byMs: year };
  it('does not make anybody wait for the old time', () => {
    const failing = through([t0 + year, wanted], [t0 + year, failed(network)], [t0, setBack]).state;
    expect(roleCredentialsDeadline(failing, true)).toBe(t0 + 5_000);
    const denied = through(
      [t0 + year, wanted],
      [t0 + year, failed({ kind: 'forbidden', name: 'Forbidden' })],
      [t0, setBack],
    ).state;
    expect(roleCredentialsDeadline(denied, true)).toBe(t0 + 30_000);
  });

  it('moves the end along, which was reckoned by the old one', () => {
    // Fetched while the clock was 40 min ahead: AWS's instant was turned into that clock's.
    const ahead = 40 * minute;
    const { state } = through(
      [t0 + ahead, wanted],
      [t0 + ahead, obtained(t0 + ahead + hour)],
      [t0, { type: 'clockSetBack', byMs: ahead }],
    );
    expect(usableLife(state, t0)?.expiresAt).toBe(t0 + hour);
    expect(roleCredentialsDeadline(state, true)).toBe(t0 + 40 * minute);
  });
});

describe('a key that AWS refused', () => {
  const refused: RoleCredentialsEvent = { type: 'refused' };
  it('is replaced, and not handed out meanwhile', () => {
    const { state, effects } = nextRoleCredentials(valid(), refused, t0 + 1, 0);
    expect(effects).toEqual(['renew']);
    expect(handOut(state, t0 + 1)).toBe('wait');
  });

  it('forces at most one renewal every few seconds', () => {
    const forced = through(
      [t0, wanted],
      [t0, obtained(t0 + hour)],
      [t0 + 1, refused],
      [t0 + 2, obtained(t0 + hour)],
    ).state;
    expect(nextRoleCredentials(forced, refused, t0 + 3, 0).effects).toEqual([]);
    expect(nextRoleCredentials(forced, refused, t0 + 2 + FORCED_SPACING_MS, 0).effects).toEqual(['renew']);
  });
});

describe('credentials without an end', () => {
  const endless = (readAgainMs: number) =>
    through([t0, wanted], [t0, { type: 'obtained', expiresAt: null, readAgainMs }]).state;
  const later = t0 + 365 * 24 * hour;

  it('are never renewed by time, but read again when asked for after a while, and handed out meanwhile', () => {
    const state = endless(5 * minute);
    expect(roleCredentialsDeadline(state, true)).toBeNull();
    expect(nextRoleCredentials(state, tick, later, 0)).toEqual({ state, effects: [] });
    expect(nextRoleCredentials(state, wanted, t0 + minute, 0).effects).toEqual([]);
    const again = nextRoleCredentials(state, wanted, t0 + 5 * minute, 0);
    expect(again.effects).toEqual(['renew']);
    expect(handOut(again.state, t0 + 5 * minute)).toBe('hand-out');
    const failing = nextRoleCredentials(again.state, failed(ofCommand), t0 + 5 * minute, 0).state;
    expect(failing.state).toBe('stale');
    expect(roleCredentialsDeadline(failing, true)).toBeNull();
    expect(handOut(failing, later)).toBe('hand-out');
  });

  it('of a file are read at each wish, and nothing is handed out before that', () => {
    const again = nextRoleCredentials(endless(0), wanted, t0 + 1, 0);
    expect(again.effects).toEqual(['renew']);
    expect(handOut(again.state, t0 + 1)).toBe('wait');
    const gone = nextRoleCredentials(again.state, failed(ofCommand), t0 + 1, 0).state;
    expect(handOut(gone, t0 + 1)).toBe('refuse');
  });

  it('that AWS refused are read again at once', () => {
    expect(nextRoleCredentials(endless(5 * minute), { type: 'refused' }, t0 + 1, 0)).toMatchObject({
      state: { state: 'renewing', life: null },
      effects: ['renew'],
    });
  });
});

describe('what only a person ends', () => {
  it.each([ofCommand, ofMfa])('is not tried again by time: %j', (problem) => {
    const none = through([t0, wanted], [t0, failed(problem)]).state;
    expect(roleCredentialsDeadline(none, true)).toBeNull();
    expect(nextRoleCredentials(none, tick, t0 + hour, 0).effects).toEqual([]);
    const due = t0 + 40 * minute;
    const late = nextRoleCredentials(
      nextRoleCredentials(valid(), tick, due, 0).state,
      failed(problem),
      due,
      0,
    ).state;
    expect(roleCredentialsDeadline(late, true)).toBe(t0 + hour);
    expect(nextRoleCredentials(late, tick, t0 + 50 * minute, 0).effects).toEqual([]);
    expect(nextRoleCredentials(late, wanted, t0 + 50 * minute, 0).effects).toEqual(['renew']);
  });

  it('a code lets only those go on that wait for one', () => {
    const answered: RoleCredentialsEvent = { type: 'answered' };
    const waiting = through([t0, wanted], [t0, failed(ofMfa)]).state;
    expect(nextRoleCredentials(waiting, answered, t0, 0).effects).toEqual(['renew']);
    const other = through([t0, wanted], [t0, failed(noSignIn)]).state;
    expect(nextRoleCredentials(other, answered, t0, 0)).toEqual({ state: other, effects: [] });
    expect(nextRoleCredentials(valid(), answered, t0, 0).effects).toEqual([]);
  });
});

const anyProblem: fc.Arbitrary<CredentialsProblem> = fc.oneof(
  fc.constantFrom(noSignIn, ofMfa, ofCommand),
  fc.record({
    kind: fc.constantFrom('forbidden', 'not-found', 'throttle', 'server', 'network', 'unauthorized', 'disk'),
    name: fc.constant('X'),
    retryAfterMs: fc.option(fc.integer({ min: -1, max: 10 * hour }), { nil: undefined }),
  }) as fc.Arbitrary<CredentialsProblem>,
);
const anyEvent = (now: number): fc.Arbitrary<RoleCredentialsEvent> =>
  fc.oneof(
    fc.constant(wanted),
    fc.boolean().map((kept): RoleCredentialsEvent => ({ type: 'tick', kept })),
    fc.constant<RoleCredentialsEvent>({ type: 'refused' }),
    fc.constantFrom<RoleCredentialsEvent>({ type: 'signedIn' }, { type: 'answered' }, { type: 'reachable' }),
    fc
      .constantFrom(0, 5 * minute)
      .map((readAgainMs): RoleCredentialsEvent => ({ type: 'obtained', expiresAt: null, readAgainMs })),
    fc.constant<RoleCredentialsEvent>({ type: 'dropped' }),
    anyProblem.map(failed),
    fc.integer({ min: -minute, max: 12 * hour }).map((life) => obtained(now + life)),
  );

describe('whatever happens', () => {
  it('nothing that is over or denied is handed out, no deadline stays in the past, one call at a time', () => {
    const steps = fc.array(
      fc.record({
        wait: fc.integer({ min: -10 * minute, max: 2 * hour }),
        event: anyEvent(0),
        random: fc.nat(999),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (history, kept) => {
        let now = t0;
        let state: RoleCredentialsState = absent;
        for (const { wait, event, random } of history) {
          now += wait;
          const ends = event.type === 'obtained' && event.expiresAt !== null;
          const real = ends ? obtained(now + (event.expiresAt ?? 0)) : event;
          const before = state;
          const step = nextRoleCredentials(state, real, now, random / 1000);
          state = step.state;
          const life = usableLife(state, now);
          if (life) expect(isUsable(life, now)).toBe(true);
          if (handOut(state, now) === 'hand-out') expect(life).not.toBeNull();
          if (state.state === 'denied') expect(handOut(state, now)).toBe('refuse');
          if (before.state === 'renewing') expect(step.effects).toEqual([]);
          if (step.effects.length > 0) expect(state.state).toBe('renewing');
          const after = nextRoleCredentials(state, { type: 'tick', kept }, now, random / 1000).state;
          const deadline = roleCredentialsDeadline(after, kept);
          if (deadline !== null) expect(deadline).toBeGreaterThan(now);
        }
      }),
      { numRuns: runs },
    );
  });
});
