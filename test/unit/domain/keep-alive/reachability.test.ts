import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  doors,
  nextReachability,
  type Reachability,
  type ReachabilityEvent,
  reachableSince,
} from '../../../../src/domain/keep-alive/reachability.ts';

const oidc = 'https://oidc.example';
const portal = 'https://portal.example';
const second = 1000;

/** Runs events and tells what came of them. */
function history(...events: [at: number, event: ReachabilityEvent][]) {
  let state = reachableSince(0);
  const reachable: number[] = [];
  for (const [at, event] of events) {
    const step = nextReachability(state, event, at);
    state = step.state;
    if (step.effects.length > 0) reachable.push(at);
  }
  return { state, reachable };
}
const failed = (origin: string): ReachabilityEvent => ({ type: 'failed', origin });
const answered = (origin: string): ReachabilityEvent => ({ type: 'answered', origin });
const knocked = (...by: string[]): ReachabilityEvent => ({ type: 'knocked', answered: by, notAws: false });

test('one failure is no proof: it is looked into at once', () => {
  const { state } = history([5, answered(portal)], [10, failed(oidc)]);
  expect(state).toMatchObject({ state: 'online', sinceAt: 0, knockAt: 10 });
  expect(doors(state)).toEqual([oidc, portal]);
});

test('nobody answers: offline, with longer and longer pauses', () => {
  let state = history([10, failed(oidc)]).state;
  let now = 10;
  const pauses: number[] = [];
  for (let n = 0; n < 7; n++) {
    state = nextReachability(state, knocked(), now).state;
    pauses.push(((state.knockAt ?? 0) - now) / second);
    now = state.knockAt ?? 0;
  }
  expect(state).toMatchObject({ state: 'offline', sinceAt: 10 });
  expect(pauses).toEqual([2, 4, 8, 16, 30, 30, 30]);
});

test('an endpoint that alone is silent is not the network', () => {
  const { state, reachable } = history([5, answered(portal)], [10, failed(oidc)], [11, knocked(portal)]);
  expect(state).toMatchObject({ state: 'online', sinceAt: 0, knockAt: null });
  expect(reachable).toEqual([]);
});

test('the network returns: told once', () => {
  const { state, reachable } = history(
    [10, failed(oidc)],
    [11, knocked()],
    [13, knocked(oidc)],
    [14, answered(oidc)],
  );
  expect(state).toMatchObject({ state: 'online', sinceAt: 13, rounds: 0, knockAt: null });
  expect(reachable).toEqual([13]);
});

test('a call that succeeds where one had failed is told, a call elsewhere is not', () => {
  expect(history([10, failed(oidc)], [12, answered(oidc)]).reachable).toEqual([12]);
  expect(history([10, failed(oidc)], [12, answered(portal)]).reachable).toEqual([]);
});

test('a captive portal is known at once, and left by AWS’s own answer', () => {
  const { state, reachable } = history(
    [10, { type: 'notAws', origin: oidc }],
    [12 * second, { type: 'knocked', answered: [], notAws: true }],
    [20 * second, answered(oidc)],
  );
  expect(history([10, { type: 'notAws', origin: oidc }]).state).toMatchObject({
    state: 'captive',
    knockAt: 2010,
  });
  expect(state.state).toBe('online');
  expect(reachable).toEqual([20 * second]);
});

test('what answers knocks and no calls is no hot loop', () => {
  let state = reachableSince(0);
  let now = 0;
  const tried: number[] = [];
  while (now < 600 * second) {
    state = nextReachability(state, { type: 'notAws', origin: oidc }, now).state;
    now = state.knockAt ?? Number.POSITIVE_INFINITY;
    const step = nextReachability(state, knocked(oidc), now);
    state = step.state;
    if (step.effects.length > 0) tried.push(now / second);
  }
  expect(tried.slice(0, 6)).toEqual([2, 6, 14, 30, 60, 90]);
});

test('a stir makes it quick again, though not in the heels of the last try', () => {
  const offline = history([0, failed(oidc)], [0, knocked()], [2, knocked()], [6, knocked()]).state;
  const stirred = nextReachability(offline, { type: 'stirred' }, 10 * second).state;
  expect(stirred).toMatchObject({ state: 'offline', rounds: 0, knockAt: 10 * second });
  expect(nextReachability(offline, { type: 'stirred' }, 500).state.knockAt).toBe(2006);
  const calm = history([5, answered(oidc)]).state;
  expect(nextReachability(calm, { type: 'stirred' }, 10).state).toBe(calm);
  expect(nextReachability(calm, { type: 'doubted' }, 10_000).state).toMatchObject({
    state: 'online',
    knockAt: 10_000,
  });
});

test('in no history are knocks closer than 2 s after the first, nor ever given up while offline', () => {
  const event = fc.oneof(
    fc.constantFrom(oidc, portal).map(failed),
    fc.constantFrom(oidc, portal).map(answered),
    fc.constantFrom(oidc, portal).map((origin): ReachabilityEvent => ({ type: 'notAws', origin })),
    fc.constant<ReachabilityEvent>({ type: 'stirred' }),
    fc.constant<ReachabilityEvent>({ type: 'doubted' }),
  );
  const step = fc.record({
    after: fc.integer({ min: 0, max: 40_000 }),
    event,
    up: fc.boolean(),
    portal: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let state: Reachability = reachableSince(0);
      let now = 10_000;
      let last = Number.NEGATIVE_INFINITY;
      for (const { after, event, up, portal } of steps) {
        const until = now + after;
        while (state.knockAt !== null && state.knockAt <= until) {
          now = Math.max(now, state.knockAt);
          // Only a call that AWS answered lets a fresh failure be looked into at once.
          if (state.rounds > 0) expect(now - last).toBeGreaterThanOrEqual(2_000);
          last = now;
          const result = up ? knocked(oidc) : ({ type: 'knocked', answered: [], notAws: portal } as const);
          state = nextReachability(state, result, now).state;
        }
        now = until;
        state = nextReachability(state, event, now).state;
        if (state.state !== 'online') expect(state.knockAt).not.toBeNull();
        expect(state.sinceAt).toBeLessThanOrEqual(now);
      }
    }),
    { numRuns: process.env.CI ? 2000 : 200 },
  );
});
