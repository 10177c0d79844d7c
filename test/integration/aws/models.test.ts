import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ModelsRoom } from '../../../src/agent/models/models-room.ts';
import type { RoleCredentials } from '../../../src/agent/ports.ts';
import type { ModelOffer, RegionOffer } from '../../../src/contract/bedrock.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { procedures } from '../../../src/contract/procedures.ts';
import { type Environment, plainEnvironment } from '../../../src/contract/state.ts';
import { usableModels } from '../../../src/domain/bedrock/model-views.ts';
import { priceOf } from '../../../src/domain/cost/price-table.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** What Bedrock offers, asked of the loopback AWS by the room itself. */

let sandbox: SandboxProcess;
let clock: FakeClock;
let models: ModelsRoom;
let failure: Error | null;
let environment: Environment;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  const issued = await sandbox.issueCredentials({ lifetimeSeconds: 3600 });
  const credentials: RoleCredentials = {
    ...issued,
    expiresAt: Date.parse(issued.expiration),
    accountId: '111122223333',
  };
  clock = new FakeClock(Date.UTC(2026, 10, 22));
  failure = null;
  environment = { ...plainEnvironment, name: 'dev', profile: 'dev', region: 'us-west-2' };
  models = new ModelsRoom({
    context: {
      env: sandbox.environment(),
      clock,
      log: { info() {}, warn() {}, error() {}, debug() {} },
      userHome: sandbox.home,
    },
    environments: { get: () => environment, active: () => environment },
    // A portal's region (sso_region) far from Bedrock's.
    profiles: {
      list: () => [],
      ssoSessions: () => [
        { id: 'corp', kind: 'sso-session', startUrl: 'https://x/start', region: 'xx-portal-9', scopes: [] },
      ],
    },
    broker: {
      credentials: async () => {
        if (failure) throw failure;
        return credentials;
      },
    },
    prices: async () => (id) => priceOf(id, { regionalFactor: 1.1, at: Date.UTC(2026, 10, 22) }),
    loginEnv: async () => ({ HOME: sandbox.home }),
    managedSettings: `${sandbox.home}/managed`,
  });
});

const asked = async (operation = 'ListFoundationModels') => (await sandbox.requests({ operation })).length;
const list = async (input: Partial<Parameters<ModelsRoom['list']>[0]> = {}): Promise<ModelOffer> =>
  procedures['models.list'].output.parse(await models.list({ refresh: false, ...input }));
const view = ({ models: views }: ModelOffer, id: string) => views.find((each) => each.id === id);

test('the list is live, and asked once in five minutes, or when a person wants it fresh', async () => {
  const [first, second] = await Promise.all([list(), list({ environment: 'dev' })]);
  expect(first).toMatchObject({ source: 'live', region: 'us-west-2', problem: null, tableDate: null });
  expect(first.askedAt).toBe(clock.now());
  expect(second).toEqual(first);
  expect(await asked()).toBe(1);
  await clock.advance(4 * 60_000);
  expect((await list()).askedAt).toBe(first.askedAt);
  expect((await list({ refresh: true })).askedAt).toBe(clock.now());
  expect(await asked()).toBe(2);
  await clock.advance(6 * 60_000);
  await list();
  expect(await asked()).toBe(3);
});

test('every id has what is known of it, and each model one that is proposed', async () => {
  const offer = await list();
  expect(view(offer, 'us.anthropic.claude-opus-5-5')).toMatchObject({
    kind: 'inference-profile',
    model: 'anthropic.claude-opus-5-5',
    scope: 'geography',
    regions: ['us-east-1', 'us-east-2', 'us-west-2'],
    contextTokens: 1_000_000,
    lifecycle: 'active',
    access: 'granted',
    refusal: null,
    proposed: true,
  });
  const rates = (id: string) => view(offer, id)?.rates;
  expect(rates('global.anthropic.claude-opus-5-5')).toMatchObject({ input: 4, output: 20 });
  expect(rates('us.anthropic.claude-opus-5-5')?.input).toBeCloseTo(4.4);
  expect(view(offer, 'global.anthropic.claude-opus-5-5')).toMatchObject({ scope: 'global', proposed: false });
  expect(view(offer, 'anthropic.claude-opus-5-5')).toMatchObject({ refusal: 'onDemand', proposed: false });
  expect(view(offer, 'anthropic.claude-3-haiku-20240307-v1:0')).toMatchObject({ lifecycle: 'legacy' });
  const own = offer.models.find(({ kind }) => kind === 'application-profile');
  expect(own).toMatchObject({ model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', proposed: false });
  expect(own?.id).toMatch(/^arn:aws:bedrock:us-west-2:\d{12}:application-inference-profile\//);
  expect(own?.rates?.input).toBeCloseTo(3.3);
  // Nothing of another provider's.
  expect(offer.models.every(({ model }) => model?.startsWith('anthropic.'))).toBe(true);
  for (const model of new Set(usableModels(offer.models).map((each) => each.model))) {
    const proposed = offer.models.filter((each) => each.model === model && each.proposed);
    expect(proposed, model ?? '').toHaveLength(1);
    expect(proposed[0]?.refusal).toBeNull();
  }
  const wide = await list({ region: 'ap-northeast-1' });
  expect(view(wide, 'jp.anthropic.claude-opus-5-5')?.proposed).toBe(true);
});

test('what the account has no access to is refused, and where nobody may ask that, it is not known', async () => {
  await sandbox.switches({ deniedModels: ['anthropic.claude-opus-5-5'] });
  const offer = await list();
  expect(view(offer, 'us.anthropic.claude-opus-5-5')).toMatchObject({ access: 'denied', refusal: 'access' });
  expect(usableModels(offer.models).some(({ id }) => id.endsWith('opus-5-5'))).toBe(false);
  await sandbox.switches({ deniedActions: ['bedrock:GetFoundationModelAvailability'] });
  const before = await asked('GetFoundationModelAvailability');
  const unknown = await list({ refresh: true });
  expect(view(unknown, 'us.anthropic.claude-opus-5-5')).toMatchObject({ access: 'unknown', refusal: null });
  expect(unknown.problem).toBeNull();
  // One refusal is enough to know.
  expect(await asked('GetFoundationModelAvailability')).toBe(before + 1);
});

test('of what may be asked in part there is what there is', async () => {
  await sandbox.switches({ deniedActions: ['bedrock:ListFoundationModels'] });
  const profiles = await list();
  expect(profiles).toMatchObject({ source: 'live', problem: { code: 'ServiceFailed' } });
  expect(view(profiles, 'us.anthropic.claude-opus-5-5')).toMatchObject({ refusal: null, proposed: true });
  await sandbox.switches({ deniedActions: ['bedrock:ListInferenceProfiles'] });
  const foundation = await list({ refresh: true });
  expect(foundation.source).toBe('live');
  expect(usableModels(foundation.models).map(({ id }) => id)).toEqual([
    'anthropic.claude-3-haiku-20240307-v1:0',
  ]);
});

test('a geography refuses what leaves it, and proposes what stays', async () => {
  environment = { ...environment, region: 'ap-northeast-1', geography: 'jp' };
  const offer = await list();
  expect(view(offer, 'jp.anthropic.claude-opus-5-5')).toMatchObject({ refusal: null, proposed: true });
  expect(view(offer, 'global.anthropic.claude-opus-5-5')?.refusal).toBe('geography');
  expect(view(offer, 'apac.anthropic.claude-opus-4-1-20250805-v1:0')?.refusal).toBe('geography');
  environment = { ...environment, geography: 'apac' };
  expect(view(await list(), 'apac.anthropic.claude-opus-4-1-20250805-v1:0')?.refusal).toBeNull();
  environment = { ...environment, geography: 'eu' };
  expect(usableModels((await list()).models)).toEqual([]);
});

test('where AWS cannot be asked the shipped table is shown with the reason, and AWS is asked again soon', async () => {
  failure = new BedrockTrayError('SignInNeeded', { ssoSession: 's', startUrl: 'https://x/start' });
  const shipped = await list();
  expect(shipped).toMatchObject({
    source: 'shipped',
    askedAt: null,
    tableDate: '2026-11-22',
    problem: { code: 'SignInNeeded' },
  });
  expect(view(shipped, 'us.anthropic.claude-opus-5-5')).toMatchObject({ access: 'unknown', proposed: true });
  failure = null;
  expect((await list()).source).toBe('shipped');
  await clock.advance(31_000);
  expect((await list()).source).toBe('live');
});

test('regions are asked side by side, and told as they answer', async () => {
  const seen: { waiting: number; asking: number; live: number }[] = [];
  const survey = models.survey({ model: 'anthropic.claude-opus-5-5' }, new AbortController().signal);
  let rows: RegionOffer[] = [];
  for await (const { regions, done } of survey) {
    procedures['regions.survey'].output.parse({ regions, done });
    rows = regions;
    const count = (state: string) => regions.filter((row) => row.state === state).length;
    seen.push({ waiting: count('waiting'), asking: count('asking'), live: count('live') });
  }
  expect(Math.max(...seen.map(({ asking }) => asking))).toBeGreaterThan(1);
  expect(seen.at(-1)).toEqual({ waiting: 0, asking: 0, live: rows.length });
  expect(rows.every(({ region }) => !region.startsWith('us-gov-'))).toBe(true);
  const row = (region: string) => rows.find((each) => each.region === region);
  expect(row('eu-west-1')).toMatchObject({ id: 'eu.anthropic.claude-opus-5-5', geography: 'eu' });
  expect(row('ap-northeast-1')).toMatchObject({ id: 'jp.anthropic.claude-opus-5-5', geography: 'jp' });
  expect(row('eu-west-1')?.models).toBeGreaterThan(10);
  // Nobody asks in each region for each model whether it may be used.
  expect(await asked('GetFoundationModelAvailability')).toBe(0);
});

test('a survey that nobody wants any more asks no further', async () => {
  await sandbox.switches({ latencyMs: 50 });
  const stop = new AbortController();
  for await (const { regions } of models.survey({}, stop.signal)) {
    if (regions.some(({ state }) => state === 'live')) stop.abort();
  }
  expect(await asked()).toBeLessThan(models.regions().length);
});

test('regions are those of the table and the active environment’s, and never a portal’s', () => {
  const regions = models.regions();
  expect(new Set(regions).size).toBe(regions.length);
  expect(regions).toContain('us-west-2');
  expect(regions).not.toContain('xx-portal-9');
});
