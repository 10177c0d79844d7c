import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { describeHistory, HISTORY_DAYS, histories } from '../support/simulation/history.ts';
import { addTotals, noTotals } from '../support/simulation/invariants.ts';
import { loadMachines, type Machines } from '../support/simulation/machines.ts';
import { PureSimulation } from '../support/simulation/pure-simulation.ts';

/** The machines of src/domain in histories of 90 days; what must hold in all of them: docs/proof.md. */

const numRuns = process.env.CI ? 10_000 : 300;
let machines: Machines;

beforeAll(async () => {
  machines = await loadMachines(fileURLToPath(new URL('../../src', import.meta.url)));
});

it(`the machines keep every promise in ${numRuns} histories of ${HISTORY_DAYS} days`, () => {
  const totals = noTotals();
  const outcome = fc.check(
    fc.property(histories(), (history) => {
      addTotals(totals, new PureSimulation(history, machines).run());
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
  expect(totals.refreshes).toBeGreaterThan(numRuns * 100);
  expect(totals.prompts).toBeGreaterThan(numRuns);
  expect(totals.calmCalls / totals.calmLifetimes).toBeLessThanOrEqual(1.05);
}, 1_800_000);
