import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ModelList } from '../../../src/agent/models/model-list.ts';
import type { RoleCredentials } from '../../../src/agent/ports.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { procedures } from '../../../src/contract/procedures.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

let sandbox: SandboxProcess;
let clock: FakeClock;
let models: ModelList;
let failure: Error | null;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  const issued = await sandbox.issueCredentials({ lifetimeSeconds: 3600 });
  const credentials: RoleCredentials = {
    ...issued,
    expiresAt: Date.parse(issued.expiration),
    accountId: '111122223333',
  };
  clock = new FakeClock();
  failure = null;
  const environment = {
    name: 'dev',
    profile: 'dev',
    region: 'us-west-2',
    model: null,
    smallFastModel: null,
    identityMode: 'bedrock-only' as const,
    endpointUrl: null,
    pins: { opus: null, sonnet: null, fable: null },
    geography: null,
    budget: null,
  };
  models = new ModelList(
    { env: sandbox.environment(), clock, log: { info() {}, warn() {}, error() {}, debug() {} } },
    { get: () => environment, active: () => environment },
    { list: () => [], ssoSessions: () => [] },
    {
      credentials: async () => {
        if (failure) throw failure;
        return credentials;
      },
    },
  );
});

const asked = async () => (await sandbox.requests({ operation: 'ListFoundationModels' })).length;

test('the list is live, fits the contract, and is asked once in five minutes', async () => {
  const before = await asked();
  const [first, second] = await Promise.all([
    models.list({ refresh: false }),
    models.list({ environment: 'dev', refresh: false }),
  ]);
  expect(first).toBe(second);
  expect(procedures['models.list'].output.parse(first)).toMatchObject({
    source: 'live',
    region: 'us-west-2',
  });
  expect(first.models.map((m) => m.id)).toContain('us.anthropic.claude-opus-5-5');
  await clock.advance(4 * 60_000);
  await models.list({ refresh: false });
  expect(await asked()).toBe(before + 1);
  await clock.advance(2 * 60_000);
  await models.list({ refresh: false });
  expect(await asked()).toBe(before + 2);
});

test('another region is another list', async () => {
  const there = await models.list({ region: 'eu-central-1', refresh: false });
  expect(there.source).toBe('live');
  expect(there.models.some((m) => m.id.startsWith('eu.'))).toBe(true);
});

test('where AWS cannot be asked the shipped table is shown, and AWS is asked again soon', async () => {
  failure = new BedrockTrayError('SignInNeeded', { ssoSession: 's', startUrl: 'https://x/start' });
  const shipped = procedures['models.list'].output.parse(await models.list({ refresh: false }));
  expect(shipped.source).toBe('shipped');
  expect(shipped.models.map((m) => m.id)).toContain('us.anthropic.claude-opus-5-5');
  failure = null;
  expect((await models.list({ refresh: false })).source).toBe('shipped');
  await clock.advance(31_000);
  expect((await models.list({ refresh: false })).source).toBe('live');
});

test('regions are those of the table and the active environment’s', () => {
  const regions = models.regions();
  expect(new Set(regions).size).toBe(regions.length);
  expect(regions).toContain('us-west-2');
});
