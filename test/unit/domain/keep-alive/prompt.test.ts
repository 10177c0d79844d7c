import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Need,
  nextPrompt,
  noPrompt,
  type PromptCircumstances,
  type PromptEvent,
  promptDeadline,
  shownPrompt,
} from '../../../../src/domain/keep-alive/prompt.ts';

const minute = 60_000;
const t0 = Date.UTC(2030, 0, 1);
const runs = process.env.CI === 'true' ? 2_000 : 200;
const there: PromptCircumstances = { presence: 'there', signingIn: new Set() };
const need = (ssoSession: string, profile: string | null = null): PromptEvent => ({
  type: 'need',
  need: {
    ssoSession,
    startUrl: `https://${ssoSession}.awsapps.com/start`,
    profile,
    accountId: profile && '111122223333',
    roleName: profile && 'Dev',
    reason: profile ? 'requested' : 'expired',
  } satisfies Need,
});
const tick: PromptEvent = { type: 'tick' };

describe('the prompt', () => {
  it('is raised once, and again after 5, 10, 20, 40, 60, 60 min', () => {
    let { state, raise } = nextPrompt(noPrompt, need('a', 'dev'), t0, there);
    expect(raise).toBe(true);
    let last = t0;
    const pauses: number[] = [];
    for (let at = t0; at < t0 + 250 * minute; at += minute) {
      // Whoever asks again meanwhile does not raise it.
      const again = nextPrompt(state, need('a', 'dev'), at, there);
      state = again.state;
      if (again.raise) {
        pauses.push((at - last) / minute);
        last = at;
      }
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
    expect(shownPrompt(state)).toMatchObject({ count: 7, sinceAt: t0, profile: 'dev' });
  });

  it('is one at a time: the next SSO session is asked about when the first lives again', () => {
    let { state } = nextPrompt(noPrompt, need('a'), t0, there);
    const second = nextPrompt(state, need('b'), t0 + 1, there);
    expect(second.raise).toBe(false);
    expect(shownPrompt(second.state)?.ssoSession).toBe('a');
    const met = nextPrompt(second.state, { type: 'met', ssoSession: 'a' }, t0 + 2, there);
    expect(met.raise).toBe(true);
    expect(shownPrompt(met.state)).toMatchObject({ ssoSession: 'b', count: 1 });
    state = nextPrompt(met.state, { type: 'met', ssoSession: 'b' }, t0 + 3, there).state;
    expect(shownPrompt(state)).toBeNull();
    expect(state.nextRaiseAt).toBeNull();
  });

  it('names who needs it as soon as that is known', () => {
    const first = nextPrompt(noPrompt, need('a'), t0, there);
    const named = nextPrompt(first.state, need('a', 'dev'), t0 + 1, there);
    expect(named.raise).toBe(false);
    expect(shownPrompt(named.state)).toMatchObject({ profile: 'dev', reason: 'expired', count: 1 });
  });

  it('waits while nobody is there, and while a person is signing in', () => {
    const absent = nextPrompt(noPrompt, need('a'), t0, { ...there, presence: 'away' });
    expect(absent.raise).toBe(false);
    expect(shownPrompt(absent.state)).toBeNull();
    const back = nextPrompt(absent.state, tick, t0 + minute, there);
    expect(back.raise).toBe(true);
    const busy = { ...there, signingIn: new Set(['a']) };
    expect(nextPrompt(back.state, tick, t0 + 6 * minute, busy).raise).toBe(false);
  });

  it('where nobody can tell who is there: once, then it waits for an act, and for no instant', () => {
    const unknown: PromptCircumstances = { ...there, presence: 'unknown' };
    const first = nextPrompt(noPrompt, need('a'), t0, unknown);
    expect(first.raise).toBe(true);
    expect(promptDeadline(first.state, t0, unknown)).toBeNull();
    expect(nextPrompt(first.state, tick, t0 + 10 * 60 * minute, unknown).raise).toBe(false);
    expect(nextPrompt(first.state, tick, t0 + 10 * 60 * minute, there).raise).toBe(true);
    // The next SSO session in line has not been asked about yet.
    const both = nextPrompt(first.state, need('b'), t0, unknown).state;
    expect(nextPrompt(both, { type: 'met', ssoSession: 'a' }, t0, unknown).raise).toBe(true);
  });

  it('snoozed: due at that instant, neither before nor by the back-off after it', () => {
    const first = nextPrompt(noPrompt, need('a'), t0, there).state;
    const snoozed = nextPrompt(first, { type: 'snooze', until: t0 + 60 * minute }, t0, there).state;
    expect(shownPrompt(snoozed)).toMatchObject({ count: 1, snoozedUntil: t0 + 60 * minute });
    expect(promptDeadline(snoozed, t0, there)).toBe(t0 + 60 * minute);
    // Of another SSO session nothing is said either.
    const other = nextPrompt(snoozed, need('b'), t0 + minute, there).state;
    const met = nextPrompt(other, { type: 'met', ssoSession: 'a' }, t0 + 2 * minute, there);
    expect(met.raise).toBe(false);
    expect(nextPrompt(met.state, tick, t0 + 60 * minute - 1, there).raise).toBe(false);
    const due = nextPrompt(met.state, tick, t0 + 60 * minute, there);
    expect(due.raise).toBe(true);
    expect(shownPrompt(due.state)).toMatchObject({ ssoSession: 'b', snoozedUntil: null });
  });

  it('a sign-in that was given up counts as a reminder', () => {
    const first = nextPrompt(noPrompt, need('a'), t0, there).state;
    const declined = nextPrompt(first, { type: 'declined', ssoSession: 'a' }, t0 + 4 * minute, there);
    expect(declined.raise).toBe(false);
    expect(promptDeadline(declined.state, t0 + 4 * minute, there)).toBe(t0 + 9 * minute);
  });

  it('never comes while nobody is there, snoozed or while somebody signs in; never waits in the past', () => {
    const event: fc.Arbitrary<PromptEvent> = fc.oneof(
      fc.constant(tick),
      fc.constantFrom('a', 'b').map((id) => need(id, 'dev')),
      fc.constantFrom('a', 'b').map((ssoSession) => ({ type: 'met' as const, ssoSession })),
      fc.constantFrom('a', 'b').map((ssoSession) => ({ type: 'declined' as const, ssoSession })),
      fc.nat(300 * minute).map((ms) => ({ type: 'snooze' as const, until: t0 + ms })),
      fc.nat(60 * minute).map((byMs) => ({ type: 'clockSetBack' as const, byMs })),
    );
    const step = fc.record({
      wait: fc.nat(20 * minute),
      event,
      presence: fc.constantFrom('there' as const, 'away' as const, 'unknown' as const),
      signingIn: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = t0;
        let state = noPrompt;
        for (const { wait, event: e, presence, signingIn } of steps) {
          now += wait - (e.type === 'clockSetBack' ? e.byMs : 0);
          const circumstances = { presence, signingIn: new Set(signingIn ? ['a'] : []) };
          const before = state;
          const next = nextPrompt(state, e, now, circumstances);
          state = next.state;
          if (next.raise) {
            expect([presence, signingIn, state.snoozedUntil]).toEqual([
              expect.not.stringMatching('away'),
              false,
              null,
            ]);
            if (presence === 'unknown') expect(state.raised?.count).toBe(1);
            expect(state.needs.length).toBeGreaterThan(0);
            expect(shownPrompt(before)).not.toEqual(shownPrompt(state));
          }
          const ticked = nextPrompt(state, tick, now, circumstances).state;
          const deadline = promptDeadline(ticked, now, circumstances);
          if (deadline !== null) expect(deadline).toBeGreaterThan(now);
        }
      }),
      { numRuns: runs },
    );
  });

  it('is raised at most once in 5 min, whatever comes', () => {
    const event = fc.oneof(
      fc.constant(tick),
      fc.constantFrom('a', 'b').map((id) => need(id)),
      fc.constantFrom('a', 'b').map((id) => need(id, 'dev')),
    );
    const history = fc.array(fc.record({ wait: fc.nat(10 * minute), event }), { maxLength: 60 });
    fc.assert(
      fc.property(history, (steps) => {
        let now = t0;
        let state = noPrompt;
        let last = Number.NEGATIVE_INFINITY;
        for (const { wait, event: e } of steps) {
          now += wait;
          const step = nextPrompt(state, e, now, there);
          state = step.state;
          if (step.raise) {
            expect(now - last).toBeGreaterThanOrEqual(5 * minute);
            last = now;
          }
          if (state.nextRaiseAt !== null) expect(state.nextRaiseAt).toBeGreaterThan(now);
          expect(promptDeadline(state, now, there)).toBe(state.nextRaiseAt);
        }
      }),
      { numRuns: runs },
    );
  });
});
