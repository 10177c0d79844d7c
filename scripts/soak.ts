/**
 * Plays many random histories of 90 days, on the pure machines and on the assembled agent (docs/proof.md).
 *
 *   npm run soak -- [--histories N] [--pure N] [--seed S] [--minutes M]
 *
 * `--histories`: on the assembled agent (default 300); `--pure`: on the machines (default 10 times as many);
 * `--seed`: plays the same ones again; `--minutes`: ends after that time at the latest. Prints the seed, what happened,
 * calls per lifetime and wake-ups; on a failure the smallest history that breaks a promise. Exit code 1: one was broken.
 *
 *   npm run soak -- --properties [--seed S] [--minutes M]
 *
 * Runs the tests that try random values (fast-check) again and again, each time with a seed of its own, until one fails
 * or the time is over (default 10 minutes). Prints each seed; `--seed S --minutes 0` plays the one that failed again.
 *
 *   npm run soak -- --truth [--seed S]
 *
 * Plays what people do in sessions of the real Claude Code, about five minutes long, and compares the state that is
 * shown with the truth (docs/proof.md).
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { AssembledSimulation } from '../test/support/simulation/assembled-simulation.ts';
import { sources } from '../test/support/simulation/copy-of-sources.ts';
import { describeHistory, type History, histories } from '../test/support/simulation/history.ts';
import { addTotals, noTotals, type Totals } from '../test/support/simulation/invariants.ts';
import { loadMachines } from '../test/support/simulation/machines.ts';
import { PureSimulation } from '../test/support/simulation/pure-simulation.ts';
import { loadRooms } from '../test/support/simulation/rooms.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '300' },
    pure: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    properties: { type: 'boolean', default: false },
    truth: { type: 'boolean', default: false },
  },
});

function number(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} takes a whole number\n`);
  process.exit(2);
}

const assembled = number('histories', values.histories, 300);
const pure = number('pure', values.pure, assembled * 10);
const seed = number('seed', values.seed, Math.floor(Math.random() * 2 ** 31));
const root = join(import.meta.dirname, '..');

function tests(files: string[], env: Record<string, string>): number {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--retry=0', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status ?? 1;
}

if (values.truth) {
  process.exit(
    tests(['test/integration/truth'], { BEDROCK_TRAY_TRUTH: 'full', BEDROCK_TRAY_SEED: String(seed) }),
  );
}
const say = (line: string) => process.stdout.write(`${line}\n`);
if (values.properties) {
  const files = globSync('test/**/*.test.ts', { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes("from 'fast-check'"),
  );
  const end = Date.now() + number('minutes', values.minutes, 10) * 60_000;
  let status = 0;
  let next = seed;
  do {
    say(`seed ${next}`);
    status = tests(files, { BEDROCK_TRAY_SEED: String(next++) });
  } while (status === 0 && Date.now() < end);
  process.exit(status);
}
const until = Date.now() + number('minutes', values.minutes, 600) * 60_000;

async function soak(
  what: string,
  count: number,
  play: (history: History) => Promise<Totals>,
): Promise<boolean> {
  if (count === 0) return true;
  const totals = noTotals();
  const startedAt = Date.now();
  const outcome = await fc.check(
    fc.asyncProperty(histories(), async (history) => addTotals(totals, await play(history))),
    { numRuns: count, seed, interruptAfterTimeLimit: Math.max(1, until - startedAt) },
  );
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const perLifetime = (totals.calmCalls / Math.max(1, totals.calmLifetimes)).toFixed(3);
  const perDay = (n: number) => (n / Math.max(1, totals.days)).toFixed(1);
  say(`${what}: ${totals.days / 90} histories of 90 days in ${seconds} s, seed ${seed}`);
  say(`  calls per lifetime without faults: ${perLifetime}`);
  say(
    `  a day: ${perDay(totals.refreshes)} refreshes, ${perDay(totals.credentialCalls)} calls for credentials, ${perDay(totals.wakeUps)} wake-ups, ${perDay(totals.prompts)} prompts`,
  );
  say(
    `  handed out ${totals.handedOut}, refused ${totals.refused}, signed in ${totals.signIns}, browsers opened ${totals.browsers}`,
  );
  if (!outcome.failed) return true;
  const counterexample = outcome.counterexample?.[0];
  say(`  BROKEN after ${outcome.numRuns} histories: ${outcome.errorInstance}`);
  if (counterexample) say(`${describeHistory(counterexample)}\n  ${JSON.stringify(counterexample)}`);
  return false;
}

const machines = await loadMachines(sources);
const rooms = await loadRooms(sources);
const well = [
  await soak('pure machines', pure, async (history) => new PureSimulation(history, machines).run()),
  await soak('assembled agent', assembled, (history) => new AssembledSimulation(history, rooms).run()),
];
process.exit(well.every(Boolean) ? 0 : 1);
