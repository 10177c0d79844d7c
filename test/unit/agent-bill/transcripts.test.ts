import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BillParts, BillRoom } from '../../../src/agent/bill/bill-room.ts';
import { plainNetwork } from '../../../src/aws/network.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts';
import { World } from '../../../src/sandbox/world.ts';

/** What stands beside the bill: the transcripts of that account's environments, by day of UTC. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(new World());
});
afterAll(() => sandbox.close());

const now = Date.now();
const day = (fromToday: number) => new Date(now + fromToday * 86_400_000).toISOString().slice(0, 10);
const environment = (name: string, profile: string) => ({ name, profile, region: 'us-east-1' });
type Wish = Parameters<BillParts['usage']['query']>[0];

function room(asked: [Wish, string | undefined][]) {
  const key = sandbox.world.issueKey({
    accountId: '111122223333',
    roleName: 'BedrockDeveloper',
    source: 'admin',
    now: Date.now(),
  });
  const env = { AWS_ENDPOINT_URL: sandbox.baseUrl };
  const all = [
    environment('dev', 'one'),
    environment('also', 'one'),
    environment('elsewhere', 'two'),
    environment('unknown', 'gone'),
  ];
  const sums = { answers: 1, costUsd: 1.5, unpricedTokens: 0 };
  const rows: Record<string, object[]> = {
    dev: [
      { ...sums, day: day(-1) },
      { ...sums, day: day(-2), costUsd: null, unpricedTokens: 7 },
    ],
    also: [{ ...sums, day: day(-1), costUsd: 0.25 }],
    elsewhere: [{ ...sums, day: day(-1), costUsd: 100 }],
  };
  return new BillRoom({
    context: {
      env,
      clock: { now: () => now, wakeAt: () => () => {} },
      log: { info() {}, warn() {}, error() {}, debug() {} },
    },
    environments: {
      list: () => all,
      active: () => all[0],
      get: () => all[0],
    } as unknown as BillParts['environments'],
    profiles: {
      list: () => [
        { name: 'one', accountId: '111122223333' },
        { name: 'two', accountId: '222233334444' },
        { name: 'gone', accountId: null },
      ],
    } as unknown as BillParts['profiles'],
    broker: { credentials: async () => ({ ...key, accountId: null }) } as unknown as BillParts['broker'],
    usage: {
      query: async (wish: Wish, zone?: string) => {
        asked.push([wish, zone]);
        return { rows: rows[wish.environment ?? ''] ?? [] };
      },
    } as unknown as BillParts['usage'],
    network: () => plainNetwork(env),
  });
}

it('adds up what the environments of the billed account used, in days of UTC', async () => {
  const asked: [Wish, string | undefined][] = [];
  const bill = await room(asked).get({ from: day(-2), to: day(10), agreed: true });
  // The account was not known beforehand: STS told it.
  expect(bill.accountId).toBe('111122223333');
  expect(bill.transcriptsUsd).toEqual([
    { day: day(-2), usd: 0, unpriced: true },
    { day: day(-1), usd: 1.75, unpriced: false },
  ]);
  expect(asked.map(([{ environment, from, to, by }, zone]) => [environment, from, to, by, zone])).toEqual([
    ['dev', day(-2), day(0), ['day'], 'UTC'],
    ['also', day(-2), day(0), ['day'], 'UTC'],
  ]);
});

it('asks AWS nothing where the days make no sense or nobody agreed', async () => {
  const before = sandbox.world.log.find({ after: 0, service: 'cost-explorer' }).length;
  const bill = room([]);
  const days = { from: day(-1), to: day(-2) };
  await expect(bill.get({ ...days, agreed: false })).rejects.toMatchObject({ code: 'ChargeNotAgreed' });
  await expect(bill.get({ ...days, agreed: true })).rejects.toMatchObject({ code: 'BadInput' });
  for (const [from, to] of [
    [-600, -590],
    [-425, -2],
  ] as const) {
    const wish = { from: day(from), to: day(to), agreed: true };
    await expect(bill.get(wish)).rejects.toMatchObject({ code: 'BadInput' });
  }
  expect(sandbox.world.log.find({ after: 0, service: 'cost-explorer' })).toHaveLength(before);
  // As far back as Cost Explorer goes.
  expect(await bill.get({ from: day(-424), to: day(-423), agreed: true })).toMatchObject({ problem: null });
});

it('what was paid for is told, also where a later page is refused', async () => {
  const { switches } = sandbox.world;
  const before = { ...switches };
  // The first page is given; the one behind it is not.
  Object.defineProperty(switches, 'costPageDays', {
    configurable: true,
    get: () => {
      switches.deniedActions = ['ce:GetCostAndUsage'];
      return 2;
    },
  });
  try {
    const bill = await room([]).get({ from: day(-9), to: day(-2), agreed: true });
    expect([bill.requests, bill.chargedUsd, bill.cut]).toEqual([2, 0.02, false]);
    expect([...new Set(bill.days.map((cost) => cost.day))]).toEqual([day(-9), day(-8)]);
    expect(bill.problem).toMatchObject({ params: { reason: expect.stringMatching(/^AccessDenied/) } });
  } finally {
    Object.defineProperty(switches, 'costPageDays', { value: before.costPageDays, writable: true });
    switches.deniedActions = before.deniedActions;
  }
});
