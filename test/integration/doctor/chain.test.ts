import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DoctorCheck, Finding } from '../../../src/contract/doctor.ts';
import type { Environment } from '../../../src/contract/state.ts';
import { firstRunLinks } from '../../../src/domain/doctor/first-run-links.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { SetupAgent } from '../setup/setup-agent.ts';

/** A first run's links: each of the chain, and each way in which it can break. */

let sandbox: SandboxProcess;
let agent: SetupAgent;

const environment: Environment = {
  name: 'dev',
  profile: 'dev',
  region: 'us-west-2',
  model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
};

beforeAll(async () => {
  sandbox = await startSandbox();
  agent = await SetupAgent.start(sandbox);
  await mkdir(join(agent.home, '.aws'), { recursive: true });
  const profile = (name: string, role: string) =>
    `[profile ${name}]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ${role}\n`;
  await writeFile(
    join(agent.home, '.aws', 'config'),
    `[sso-session my-sso]\nsso_start_url = ${sandbox.startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n${profile('dev', 'BedrockDeveloper')}${profile('read', 'ReadOnlyAccess')}${profile('gone', 'Nobody')}[profile odd]\nrole_arn = arn:aws:iam::111122223333:role/x\n`,
  );
  await agent.catalog.reload();
});
afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await sandbox?.stop();
});

/** A first run's check; `problem`: the first that was found of a link. */
async function check(environment?: string) {
  const { told, ...found } = await agent.check({
    ...(environment === undefined ? {} : { environment }),
    ask: true,
    links: [...firstRunLinks],
  });
  const links = Object.fromEntries(
    Object.entries(found).map(([link, c]) => [link, { ...c, problem: c.findings[0] ?? null }]),
  ) as Record<(typeof firstRunLinks)[number], DoctorCheck & { problem: Finding | null }>;
  return { told, ...links };
}
const states = (found: Awaited<ReturnType<typeof check>>) => firstRunLinks.map((link) => found[link].state);

describe('before anything is there', () => {
  test('no environment: the first link says so, Claude Code is looked for all the same', async () => {
    const found = await check();
    expect(found.config.problem?.code).toBe('EnvironmentMissing');
    expect(states(found)).toEqual(['failed', ...Array(6).fill('skipped'), 'ok']);
    await expect(check('nobody')).rejects.toMatchObject({ code: 'EnvironmentUnknown' });
  });

  test('nobody signed in', async () => {
    // Made by a first attempt already.
    if (agent.environments.list().length === 0) await agent.environments.create(environment);
    const found = await check();
    expect(found.config).toMatchObject({ state: 'ok', problem: null });
    expect(found.signIn.problem).toMatchObject({
      code: 'SignInNeeded',
      params: { ssoSession: 'my-sso', startUrl: sandbox.startUrl },
    });
    expect(states(found).slice(1)).toEqual(['failed', ...Array(5).fill('skipped'), 'ok']);
  });
});

describe('signed in', () => {
  beforeAll(async () => {
    await agent.signIn('my-sso');
    for (const profile of ['read', 'gone']) {
      await agent.environments.create({ ...environment, name: profile, profile });
    }
    await agent.environments.create({ ...environment, name: 'old', model: 'anthropic.claude-opus-5' });
    await agent.environments.create({ ...environment, name: 'none', model: null });
  });
  beforeEach(async () => {
    agent.claude = { path: '/opt/claude', version: '2.1.330', support: 'tested' };
  });
  afterEach(async () => {
    await sandbox.switches({
      deniedModels: [],
      deniedActions: [],
      throttleNext: 0,
      serverErrorNext: 0,
      dropNext: 0,
      latencyMs: 0,
      captivePortal: 'off',
      streamError: null,
      faultServices: ['oidc', 'portal', 'sts', 'signin', 'bedrock', 'bedrock-runtime'],
    });
  });

  test('all links hold; the model was asked once by each operation, for a few tokens', async () => {
    const [before] = (await sandbox.requests()).slice(-1);
    const found = await check();
    expect(states(found)).toEqual(Array(8).fill('ok'));
    expect(found.told).toBeGreaterThan(3);
    expect(found.config.evidence).toBe('dev · us-west-2 · us.anthropic.claude-sonnet-4-5-20250929-v1:0');
    expect(found.signIn.evidence).toMatch(/^my-sso · \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(found.credentials.evidence).toBe('111122223333 / BedrockDeveloper');
    expect(found.identity.evidence).toMatch(
      /^arn:aws:sts::111122223333:assumed-role\/AWSReservedSSO_BedrockDeveloper_/,
    );
    expect(found.models.evidence).toMatch(/^\d+ · us-west-2$/);
    expect(found.answer.evidence).toMatch(/^us\.anthropic\.claude-sonnet-4-5-20250929-v1:0 · \d+ \+ 1$/);
    expect(found.claude.evidence).toBe('2.1.330 · /opt/claude');
    const asked = await sandbox.requests({ service: 'bedrock-runtime', after: before?.id ?? 0 });
    expect(asked.map((r) => [r.operation, r.issued, r.detail?.maxTokens]).sort()).toEqual([
      ['InvokeModel', true, 1],
      ['InvokeModelWithResponseStream', true, 32],
    ]);
  });

  test('with no model of its own, the one that Claude Code takes is asked, without its suffix', async () => {
    await agent.environments.update({ ...environment, name: 'none', model: null });
    expect((await check('none')).answer.evidence).toMatch(/^us\.anthropic\.claude-opus-5-5 ·/);
    await agent.environments.update({
      ...environment,
      name: 'none',
      model: 'us.anthropic.claude-sonnet-5[1m]',
    });
    expect((await check('none')).answer.evidence).toMatch(/^us\.anthropic\.claude-sonnet-5 ·/);
  });

  test('a role that is not assigned: nothing after it is asked', async () => {
    const found = await check('gone');
    expect(found.credentials.problem).toMatchObject({
      code: 'AccessDenied',
      params: { accountId: '111122223333', roleName: 'Nobody' },
    });
    expect(states(found).slice(2)).toEqual(['failed', ...Array(4).fill('skipped'), 'ok']);
  });

  test('a role that may not invoke: the model is refused in the words of AWS', async () => {
    const found = await check('read');
    expect(found.answer.problem?.code).toBe('ModelRefused');
    expect(found.answer.problem?.params.reason).toMatch(
      /^AccessDenied: User: arn:aws:sts::.* is not authorized to perform: bedrock:InvokeModel\b/,
    );
    expect(states(found)).toEqual([...Array(5).fill('ok'), 'failed', 'failed', 'ok']);
  });

  test.each([
    [
      'no access to the model',
      { deniedModels: ['anthropic.claude-sonnet-4-5-20250929-v1:0'] },
      undefined,
      "AccessDenied: You don't have access to the model with the specified model ID.",
    ],
    [
      'only through an inference profile',
      {},
      'old',
      /^Validation: Invocation of model ID anthropic\.claude-opus-5 with on-demand/,
    ],
  ])('refused: %s', async (_, switches, wish, reason) => {
    await sandbox.switches(switches);
    const { answer } = await check(wish);
    expect(answer.problem?.code).toBe('ModelRefused');
    expect(answer.problem?.params.reason).toMatch(reason);
  });

  test('throttled: it would answer, so this is no failure', async () => {
    await sandbox.switches({ faultServices: ['bedrock-runtime'], throttleNext: 1 });
    expect((await check()).answer).toMatchObject({ state: 'warning', problem: { code: 'Throttled' } });
    await sandbox.switches({ streamError: { name: 'throttlingException', count: 1 }, throttleNext: 0 });
    expect((await check()).streaming).toMatchObject({ state: 'warning', problem: { code: 'Throttled' } });
  });

  test('a stream that breaks off is a failure', async () => {
    await sandbox.switches({ streamError: { name: 'internalServerException', count: 1 } });
    expect((await check()).streaming.problem).toMatchObject({ code: 'ServiceFailed' });
  });

  test('a list that is not allowed is a warning: Claude Code needs none', async () => {
    await sandbox.switches({ deniedActions: ['bedrock:ListInferenceProfiles'] });
    const found = await check();
    expect(found.models).toMatchObject({ state: 'warning', problem: { code: 'ServiceFailed' } });
    expect(found.answer.state).toBe('ok');
  });

  test.each([
    ['sts', ['identity']],
    ['bedrock', ['models']],
    ['bedrock-runtime', ['answer', 'streaming']],
  ] as const)('%s that fails breaks %j and no other link', async (service, links) => {
    const broken = async (code: string) => {
      const found = await check();
      expect(firstRunLinks.filter((link) => found[link].state !== 'ok')).toEqual(links);
      for (const link of links) expect(found[link]).toMatchObject({ state: 'failed', problem: { code } });
    };
    await sandbox.switches({ faultServices: [service], serverErrorNext: 50 });
    await broken('ServiceFailed');
    await sandbox.switches({ faultServices: [service], serverErrorNext: 0, dropNext: 50 });
    await broken('NetworkUnavailable');
  });

  test('something else in the place of AWS', async () => {
    await sandbox.switches({ faultServices: ['sts', 'bedrock', 'bedrock-runtime'], captivePortal: 'page' });
    const found = await check();
    const codes = ['identity', 'models', 'answer'].map((link) => found[link as 'identity'].problem?.code);
    expect(codes).toEqual(['NotAws', 'NotAws', 'NotAws']);
  });

  test('Claude Code: missing, too old, newer', async () => {
    agent.claude = null;
    const missing = await check();
    expect(missing.claude.problem?.code).toBe('ClaudeNotInstalled');
    expect(missing.answer.state).toBe('ok');
    agent.claude = { path: '/opt/claude', version: '2.0.1', support: 'older' };
    expect((await check()).claude.problem).toMatchObject({
      code: 'ClaudeTooOld',
      params: { version: '2.0.1' },
    });
    agent.claude = { path: '/opt/claude', version: '9.0.0', support: 'newer' };
    expect((await check()).claude.state).toBe('ok');
  });

  test('can be given up at any time: the request under way is ended', async () => {
    await sandbox.switches({ faultServices: ['bedrock-runtime'], latencyMs: 100_000 });
    const enough = new AbortController();
    let givenUp = 0;
    for await (const { checks, done } of agent.doctor.run(
      { ask: true, links: [...firstRunLinks] },
      enough.signal,
    )) {
      expect(done).toBe(false);
      const others = checks.filter((c) => c.link !== 'answer' && c.link !== 'streaming');
      if (!enough.signal.aborted && others.every((c) => c.state === 'ok')) {
        givenUp = performance.now();
        enough.abort();
      }
    }
    expect(performance.now() - givenUp).toBeLessThan(10_000);
  });

  test('a malformed ~/.aws/config is a warning: what it said last holds', async () => {
    const file = join(agent.home, '.aws', 'config');
    await writeFile(file, '[profile dev\n');
    const found = await check();
    expect(found.config).toMatchObject({ state: 'warning', problem: { code: 'ConfigMalformed' } });
    expect(found.answer.state).toBe('ok');
  });
});
