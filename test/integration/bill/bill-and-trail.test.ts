import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { clientOptions } from '../../../src/aws/client-options.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { ProcedureOutput } from '../../../src/contract/index.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { type IssuedCredentials, pinnedNode } from '../../support/sandbox.ts';

/** `costs` and `trail` of the built product, with its agent, against the loopback AWS. */

let here: Installation;
let agent: AgentConnection;

beforeAll(async () => {
  here = await install();
  await here.login({ args: ['--profile', 'sandbox'] });
  const made = await here.run(['env', 'create', 'dev', '--profile', 'sandbox', '--region', 'us-east-1']);
  expect(made.stderr).toBe('');
  await here.run(['env', 'use', 'dev']);
  agent = await here.connect();
});
afterEach(() => expect(here.sandbox.stderr).toBe(''));
afterAll(async () => {
  agent?.close();
  await here?.stop();
});

const day = (fromToday: number) => new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10);
const opus = 'us.anthropic.claude-opus-5-5';

function invoke(keys: IssuedCredentials, modelId = opus, region = 'us-east-1') {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const client = new BedrockRuntimeClient({
    ...clientOptions('bedrock-runtime', region, { AWS_ENDPOINT_URL: here.sandbox.baseUrl }),
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const body = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
  };
  return client.send(new InvokeModelCommand({ modelId, body: JSON.stringify(body) }));
}

async function charged<T>(work: () => Promise<T>): Promise<{ requests: number; done: T }> {
  const before = (await here.sandbox.requests({ service: 'cost-explorer' })).length;
  const done = await work();
  return { requests: (await here.sandbox.requests({ service: 'cost-explorer' })).length - before, done };
}

it('asks nothing that is charged before somebody has agreed', async () => {
  const { requests, done } = await charged(async () => [
    await here.run(['costs']),
    await here.run(['costs', '--json']),
    await agent.call('costs.get', { from: day(-2), to: day(0), agreed: false }).catch((e: unknown) => e),
  ]);
  expect(requests).toBe(0);
  const [plain, json, call] = done;
  expect(plain).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/\$0\.01.*--yes/) });
  expect(json).toMatchObject({ status: 2, stdout: '' });
  expect(call).toMatchObject({ code: 'ChargeNotAgreed', params: { usd: 0.01 } });
});

it('asks a person in a terminal, who says no unless they say yes', async () => {
  const answer = async (key: string) => {
    const terminal = new PersonTerminal(pinnedNode, [command, 'costs', '--from', day(-1)], {
      env: here.env,
      cwd: here.home,
    });
    await terminal.shows(/AWS charges \$0\.01 to the account[\s\S]*Yes[\s\S]*No/);
    terminal.type(key);
    const { exitCode } = await terminal.exited;
    await terminal.close();
    return { exitCode, text: terminal.output };
  };
  const refused = await charged(() => answer('\r'));
  expect([refused.requests, refused.done.exitCode]).toEqual([0, 1]);
  const agreed = await charged(() => answer('y'));
  expect([agreed.requests, agreed.done.exitCode]).toEqual([1, 0]);
  expect(agreed.done.text).toContain('for this request.');
});

it('tells what Bedrock was billed, day by day, and what asking cost', async () => {
  await invoke(await here.sandbox.issueCredentials());
  const { requests, done } = await charged(() => here.run(['costs', '--yes', '--json']));
  expect(done.stderr).toBe('');
  const bill = JSON.parse(done.stdout) as ProcedureOutput<'costs.get'> & { from: string; to: string };
  // 30 days are two pages of this Cost Explorer.
  expect([requests, bill.requests, bill.chargedUsd, bill.cut]).toEqual([2, 2, 0.02, false]);
  expect([bill.from, bill.to, bill.accountId]).toEqual([day(-29), day(0), '111122223333']);
  expect(new Set(bill.days.map((cost) => cost.day)).size).toBe(30);
  expect([...new Set(bill.days.map(({ service }) => service))].sort()).toEqual([
    'Amazon Bedrock',
    'Claude Haiku 4.5 (Amazon Bedrock Edition)',
    'Claude Opus 5.5 (Amazon Bedrock Edition)',
    'Claude Sonnet 4.5 (Amazon Bedrock Edition)',
  ]);
  // Credits are not taken off.
  expect(bill.days.every(({ usd }) => usd >= 0)).toBe(true);
  const asked = (await here.sandbox.requests({ service: 'bedrock-runtime' })).map(({ detail }) => detail);
  const tokens = (kind: 'input' | 'output') =>
    asked.reduce((sum, detail) => sum + Number(detail?.[kind] ?? 0), 0);
  expect(bill.days.at(-1)).toEqual({
    day: day(0),
    service: 'Claude Opus 5.5 (Amazon Bedrock Edition)',
    usd: expect.closeTo((tokens('input') * 5 + tokens('output') * 25) / 1e6, 9),
    estimated: true,
  });
  // Nothing on this computer was used in an environment of that account.
  expect(bill.transcriptsUsd).toEqual([]);

  const words = await here.run(['costs', '--yes', '--from', day(-1), '--to', day(0)]);
  expect(words.stdout).toMatch(/^Day +Billed +By transcripts/);
  expect(words.stdout).toContain('Claude Opus 5.5 (Amazon Bedrock Edition)');
  expect(words.stderr).toMatch(/AWS charges \$0\.01 to account 111122223333 for this request\./);
});

it('pays once for the same question asked twice at once, and never beyond today', async () => {
  const wish = { from: day(-1), to: day(20), agreed: true };
  const { requests, done } = await charged(() =>
    Promise.all([agent.call('costs.get', wish), agent.call('costs.get', wish)]),
  );
  expect(requests).toBe(1);
  expect(done[0]).toEqual(done[1]);
  expect(done[0].days.at(-1)?.day).toBe(day(0));
  const wrong = { ...wish, from: day(2) };
  await expect(agent.call('costs.get', wrong)).rejects.toMatchObject({ code: 'BadInput' });
});

it('says why there is no bill', async () => {
  await here.sandbox.switches({ costExplorer: 'not-enabled' });
  const refused = await here.run(['costs', '--yes']);
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toContain('AWS Cost Explorer');
  expect(refused.stderr).toContain('User not enabled for cost explorer access');
  await here.sandbox.switches({ costExplorer: 'on', deniedActions: ['ce:GetCostAndUsage'] });
  await expect(agent.call('costs.get', { from: day(-1), to: day(0), agreed: true })).rejects.toMatchObject({
    code: 'ServiceFailed',
    params: { reason: expect.stringMatching(/^AccessDenied/) },
  });
  await here.sandbox.switches({ deniedActions: [] });
});

it('tells this identity’s calls of Bedrock, and everyone’s when asked', async () => {
  const own = await here.sandbox.issueCredentials();
  const other = await here.sandbox.issueCredentials({ roleName: 'ReadOnlyAccess' });
  const since = Date.now();
  await invoke(own, 'global.anthropic.claude-opus-5-5');
  await invoke(own, 'no-such-model').catch(() => undefined);
  await invoke(other).catch(() => undefined);
  await invoke(own, 'eu.anthropic.claude-opus-5-5', 'eu-west-1');

  const mine = await agent.call('trail.list', { from: since });
  expect(mine.region).toBe('us-east-1');
  expect(mine.more).toBe(false);
  expect(
    mine.events.map(({ name, model, answeredIn, errorCode }) => [name, model, answeredIn, errorCode]),
  ).toEqual([
    ['InvokeModel', 'no-such-model', null, 'ValidationException'],
    ['InvokeModel', 'global.anthropic.claude-opus-5-5', 'us-west-2', null],
  ]);
  expect(mine.events[1]).toMatchObject({
    who: 'sandbox.person@example.com',
    accessKeyId: own.accessKeyId,
    sourceIp: '203.0.113.10',
    region: 'us-east-1',
  });
  // Reads are shown when asked for: this agent's own, which fill the trail.
  await agent.call('models.list', { environment: 'dev', refresh: true });
  const called = await agent.call('trail.list', { from: since });
  expect(called.events).toEqual(mine.events);
  const every = await agent.call('trail.list', { from: since, all: true, limit: 500 });
  expect(every.events.length).toBeGreaterThan(mine.events.length);
  const newest = await agent.call('trail.list', { from: since, limit: 1 });
  expect([newest.events, newest.more, newest.lookedTo]).toEqual([
    mine.events.slice(0, 1),
    true,
    mine.events[0]?.at,
  ]);
  const all = await agent.call('trail.list', { from: since, everyone: true });
  expect(all.events.map(({ accessKeyId }) => accessKeyId)).toEqual([
    other.accessKeyId,
    own.accessKeyId,
    own.accessKeyId,
  ]);
  const printed = await here.run(['trail', '--everyone', '--since', '1h', '--limit', '3']);
  expect(printed.stdout).toMatch(/us-east-1 → us-west-2/);
  expect(printed.stdout).toMatch(/AccessDenied/);
  expect(printed.stderr).toMatch(/There are more/);
  expect((await here.run(['trail', '--since', 'yesterday'])).status).toBe(2);
});

it('keeps to two requests a second over pages, and waits where that was still too hasty', async () => {
  const keys = await here.sandbox.issueCredentials();
  for (let n = 0; n < 4; n++) await invoke(keys);
  await here.sandbox.switches({ trailPageSize: 2, deniedActions: [] });
  const before = (await here.sandbox.requests({ service: 'cloudtrail' })).at(-1)?.id ?? 0;
  const { events, more } = await agent.call('trail.list', { everyone: true, limit: 4 });
  expect([events.length, more]).toEqual([4, true]);
  await here.sandbox.switches({ trailPageSize: 50, faultServices: ['cloudtrail'], throttleNext: 1 });
  expect((await agent.call('trail.list', { everyone: true, limit: 1 })).events).toHaveLength(1);
  const asked = await here.sandbox.requests({ service: 'cloudtrail', after: before });
  expect(asked.map(({ error }) => error)).toEqual([undefined, undefined, 'ThrottlingException', undefined]);
  await here.sandbox.switches({ deniedActions: ['cloudtrail:LookupEvents'] });
  await expect(agent.call('trail.list', {})).rejects.toMatchObject({
    code: 'ServiceFailed',
    params: {
      service: 'AWS CloudTrail',
      reason: expect.stringMatching(/^AccessDenied.*cloudtrail:LookupEvents/),
    },
  });
});
