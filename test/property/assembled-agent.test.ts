import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AssembledSimulation } from '../support/simulation/assembled-simulation.ts';
import { ordinaryDay } from '../support/simulation/calm-day.ts';
import { sources } from '../support/simulation/copy-of-sources.ts';
import { describeHistory, HISTORY_DAYS, histories } from '../support/simulation/history.ts';
import { addTotals, noTotals } from '../support/simulation/invariants.ts';
import { loadRooms, type Rooms } from '../support/simulation/rooms.ts';

/** Keeper, desk, broker and hand-out together, in histories of 90 days; what must hold: docs/proof.md. */

const numRuns = process.env.CI ? 300 : 10;
let rooms: Rooms;

beforeAll(async () => {
  rooms = await loadRooms(sources);
});

it(`the agent keeps every promise in ${numRuns} histories of ${HISTORY_DAYS} days`, async () => {
  const totals = noTotals();
  const outcome = await fc.check(
    fc.asyncProperty(histories(), async (history) => {
      addTotals(totals, await new AssembledSimulation(history, rooms).run());
    }),
    { numRuns },
  );
  const counterexample = outcome.counterexample?.[0];
  expect(
    outcome.failed ? `${outcome.errorInstance}\n${counterexample && describeHistory(counterexample)}` : '',
    `seed ${outcome.seed}`,
  ).toBe('');
  // They were histories in which something happened.
  expect(totals.days).toBe(numRuns * HISTORY_DAYS);
  expect(totals.handedOut).toBeGreaterThan(numRuns * 100);
  expect(totals.refreshes).toBeGreaterThan(numRuns * 50);
  expect(totals.browsers).toBeGreaterThan(numRuns);
}, 2_400_000);

describe('an ordinary day', () => {
  it('wakes the computer and calls AWS as often as deadlines come, and no more', async () => {
    const { totals, looks } = await ordinaryDay(rooms, 1);
    // Tokens of 8 h: three refreshes; credentials of 1 h, renewed 20 min ahead: 36.
    expect(totals.refreshes).toBeLessThanOrEqual(4);
    expect(totals.credentialCalls).toBeGreaterThanOrEqual(35);
    expect(totals.credentialCalls).toBeLessThanOrEqual(37);
    expect(totals.wakeUps).toBeLessThanOrEqual(2 * (totals.refreshes + totals.credentialCalls));
    expect(totals.prompts).toBe(0);
    // The clock itself looks every 15 s while a deadline is pending: that is how a sleep is noticed.
    expect(looks).toBeLessThanOrEqual(24 * 240);
  });

  it('costs a call for each lifetime, however many ask', async () => {
    const few = await ordinaryDay(rooms, 60);
    const many = await ordinaryDay(rooms, 1);
    expect(many.totals.handedOut).toBeGreaterThan(20 * few.totals.handedOut);
    expect(many.totals.credentialCalls).toBe(few.totals.credentialCalls);
  });
});
