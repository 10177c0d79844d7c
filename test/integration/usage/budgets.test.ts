import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ModelPrices } from '../../../src/agent/prices/model-prices.ts';
import { personZone } from '../../../src/agent/usage/person-zone.ts';
import { UsageRoom } from '../../../src/agent/usage/usage-room.ts';
import { type Budget, type Environment, Settings } from '../../../src/contract/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const conversation = '11111111-2222-4333-8444-555555555555';
const silent = () => undefined;
let folder: string;
let transcript: string;
let clock: FakeClock;
let room: UsageRoom;
let budgets: Record<string, Budget | null>;
let settings: Settings;
let zone: string;
const listeners = {
  environments: silent as () => void,
  settings: silent as () => void,
  sessions: silent as () => void,
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'budgets-'));
  mkdirSync(join(folder, 'state'));
  mkdirSync(join(folder, '.claude', 'projects', '-work'), { recursive: true });
  transcript = join(folder, '.claude', 'projects', '-work', `${conversation}.jsonl`);
  // Monday, 23:30 in Shanghai.
  clock = new FakeClock(Date.parse('2026-11-23T15:30:00Z'));
  zone = 'Asia/Shanghai';
  settings = Settings.parse({});
  budgets = { work: null, other: null };
  const log = { info: silent, warn: silent, error: silent, debug: silent };
  const environments = {
    list: () =>
      Object.entries(budgets).map(([name, budget]) => ({ name, budget, profile: 'p' }) as Environment),
    onChange: (listener: () => void) => {
      listeners.environments = listener;
      return silent;
    },
  };
  room = new UsageRoom({
    context: { clock, log, env: {}, userHome: folder, home: join(folder, 'state') },
    program: new URL('../../../src/agent/usage/worker.ts', import.meta.url),
    environments,
    prices: new ModelPrices({
      clock,
      settings: {
        get: () => settings,
        onChange: (listener) => {
          listeners.settings = listener;
          return silent;
        },
      },
      modelBehind: async (arn) => (arn.endsWith('known') ? 'us.anthropic.claude-opus-5-5' : null),
    }),
    sessions: [
      {
        onChange: (listener) => {
          listeners.sessions = listener;
          return silent;
        },
      },
    ],
    zone: () => zone,
  });
  await room.start();
});
afterEach(async () => {
  await room.stop();
  rmSync(folder, { recursive: true, force: true });
});

let said = 0;
/** An answer of so many million prompt tokens, 4.40 USD each. */
function answer(millions: number, model = 'us.anthropic.claude-opus-5-5'): void {
  appendFileSync(
    transcript,
    `${JSON.stringify({
      message: { id: `m${++said}`, content: [], usage: { input_tokens: millions * 1_000_000 } },
      requestedModel: model,
      type: 'assistant',
      timestamp: new Date(clock.now()).toISOString(),
    })}\n`,
  );
}

function limit(environment: string, budget: Budget | null): void {
  budgets = { ...budgets, [environment]: budget };
  listeners.environments();
}

/** Waits for the room to say so. */
function until(there: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const undo = room.onChange(() => {
      if (!there()) return;
      undo();
      resolve();
    });
    if (there()) {
      undo();
      resolve();
    }
  });
}
const stage = (environment = 'work') =>
  room.status().budgets.find((b) => b.environment === environment)?.stage;
const spent = () => room.status().budgets.find((b) => b.environment === 'work')?.spentUsd;

it('goes through its stages while somebody works, refuses at its end, and begins anew at local midnight', async () => {
  room.opened(conversation, 'work', clock.now());
  limit('work', { usd: 10, period: 'day', refuse: true });
  await until(() => stage() === null);
  expect(await room.refuses('work')).toBeNull();

  answer(1.2);
  listeners.sessions();
  await clock.advance(5_000);
  await until(() => stage() === 50);
  expect(room.status().budgets).toMatchObject([
    { spentUsd: expect.closeTo(5.28, 6), from: '2026-11-23', to: '2026-11-23' },
  ]);

  // Whoever opens a session is told by what is used now, not at the last look.
  answer(1.2);
  // The newest figures are waited for two seconds at most.
  const refusal = async () => (await room.refuses('work'))?.view() ?? null;
  const patience = { timeout: 30_000 };
  await expect.poll(refusal, patience).toEqual({
    code: 'BudgetReached',
    params: { environment: 'work', usd: 10, period: 'day' },
  });
  expect(stage()).toBe(100);
  expect(await room.refuses('other')).toBeNull();
  limit('work', { usd: 10, period: 'day', refuse: false });
  expect(await refusal()).toBeNull();
  limit('work', { usd: 100, period: 'day', refuse: true });
  expect(await refusal()).toBeNull();
  await until(() => stage() === null);

  await clock.advance(30 * 60_000);
  await until(() => room.status().budgets[0]?.from === '2026-11-24');
  expect(spent()).toBe(0);
  // The same moment elsewhere: Monday again, with all that was used on it.
  zone = 'Europe/London';
  limit('work', { usd: 101, period: 'day', refuse: true });
  await until(() => room.status().budgets[0]?.from === '2026-11-23');
  expect(spent()).toBeCloseTo(10.56, 6);
});

it('counts what its period holds, of its own environment, and says what has no price', async () => {
  room.opened(conversation, 'work', clock.now());
  answer(1);
  answer(1, 'us.anthropic.claude-opus-9-9');
  limit('work', { usd: 4.4, period: 'month', refuse: true });
  limit('other', { usd: 1, period: 'week', refuse: true });
  await until(() => stage() === 100 && stage('other') === null);
  expect(room.status().budgets).toMatchObject([
    { environment: 'work', unpriced: true, from: '2026-11-01', to: '2026-11-30' },
    { environment: 'other', unpriced: false, spentUsd: 0, from: '2026-11-23', to: '2026-11-29' },
  ]);
  expect(await room.refuses('other')).toBeNull();

  // The person knows what the new model costs.
  const { revision } = room.status();
  const rates = { input: 2, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  settings = { ...settings, prices: { 'claude-opus-9-9': rates } };
  listeners.settings();
  await until(() => room.status().budgets[0]?.unpriced === false);
  expect(spent()).toBeCloseTo(6.4, 6);
  expect(room.status().revision).toBeGreaterThan(revision);
});

it('an application inference profile has a price as soon as Bedrock has said what it calls', async () => {
  room.opened(conversation, 'work', clock.now());
  answer(1, 'arn:aws:bedrock:us-west-2:1:application-inference-profile/known');
  limit('work', { usd: 4, period: 'day', refuse: false });
  await until(() => stage() === 100);
  expect(room.status().budgets[0]).toMatchObject({ unpriced: false });
});

it('without a budget nothing is read before the first look; then shells are told', async () => {
  answer(1);
  expect(room.status()).toEqual({ revision: 0, pending: 0, budgets: [] });
  await clock.advance(8_000);
  await until(() => room.status().revision > 0);
  expect((await room.query({ by: ['environment'], limit: 10 })).rows).toMatchObject([
    { environment: null, answers: 1 },
  ]);
});

it('the zone is that of this moment: TZ, else what this system is set to', () => {
  expect(personZone({ TZ: 'Asia/Kathmandu' })).toBe('Asia/Kathmandu');
  expect(personZone({ TZ: ':Europe/Paris' })).toBe('Europe/Paris');
  expect(() => new Intl.DateTimeFormat('en', { timeZone: personZone({ TZ: 'No/Where' }) })).not.toThrow();
});
