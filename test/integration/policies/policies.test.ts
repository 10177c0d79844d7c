import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import { type Environment, PolicyKind, plainEnvironment } from '../../../src/contract/index.ts';
import { findClaude, prepareClaudeHome } from '../../support/claude.ts';
import { type Installation, install } from '../../support/installation.ts';
import { runCommand } from '../../support/run-command.ts';
import type { SwitchesChange } from '../../support/sandbox.ts';
import { keyVariables, type RequestRecord } from '../../support/sandbox.ts';
import { hasJudges, type JudgedCall, judge, judges } from './judge.ts';

type Policy = NonNullable<SwitchesChange['policy']>;

const account = '111122223333';
const opus = 'anthropic.claude-opus-5-5';
const application = `arn:aws:bedrock:us-west-2:${account}:application-inference-profile/sbxteam00001`;
const environments: Partial<Environment>[] = [
  { name: 'plain', region: 'us-east-1' },
  {
    name: 'chosen',
    region: 'us-west-2',
    model: `global.${opus}`,
    smallFastModel: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    pins: { opus: null, sonnet: application, fable: null },
  },
  { name: 'europe', region: 'eu-central-1', model: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0' },
];

let place: Installation;
let agent: AgentConnection;

beforeAll(async () => {
  place = await install();
  expect(await place.login({ args: ['--sso-session', 'sandbox'] })).toMatchObject({ status: 0 });
  agent = await place.connect();
  for (const e of environments) {
    await agent.call('environments.create', { ...plainEnvironment, profile: 'sandbox', ...e } as Environment);
  }
  await agent.call('environments.create', {
    ...plainEnvironment,
    name: 'looking',
    profile: 'sandbox-readonly',
    region: 'us-east-1',
  });
  await agent.call('environments.use', { name: 'plain' });
  // A machine that is busy may be told nothing in time; the documents are of what Bedrock offers, kept for minutes.
  for (const { name = '' } of environments) {
    await vi.waitFor(
      async () => {
        const { source } = await agent.call('models.list', { environment: name, refresh: true });
        expect(source).toBe('live');
      },
      { timeout: 90_000 },
    );
  }
});
afterAll(async () => {
  agent?.close();
  await place?.stop();
});
beforeEach(() => place.sandbox.switches({ policy: null, deniedActions: [] }).then(() => {}));

const policyOf = async (name: string, kind: PolicyKind = 'policy') => {
  const document = await agent.call('policies.build', { kind, environments: [name] });
  return { document, policy: JSON.parse(document.text) as Policy };
};

/** What a record says was asked of IAM, with the keys that Bedrock adds for the models behind a profile. */
function callsOf(records: readonly RequestRecord[]): JudgedCall[] {
  return records.flatMap((record) => {
    const decisions = record.decisions ?? [];
    const profile = decisions.find((d) => /:(application-)?inference-profile\//.test(d.resource))?.resource;
    return decisions.map(({ action, resource }) => {
      const [, , , region = '', , kind = ''] = resource.split(':');
      const model = kind.startsWith('foundation-model/');
      return {
        action,
        resource,
        context: {
          'aws:RequestedRegion': model ? region || 'unspecified' : region || (record.region ?? ''),
          'bedrock:InferenceProfileArn': model && profile !== undefined ? profile : 'none',
          'aws:CalledViaLast': 'none',
        },
      };
    });
  });
}

/** Calls that are one step away from those that were made. */
function others(made: readonly JudgedCall[]): JudgedCall[] {
  const invoked = made.filter((c) => c.action.startsWith('bedrock:Invoke'));
  const changed = (from: RegExp, to: string) =>
    invoked.flatMap((c) => {
      const resource = c.resource.replace(from, to);
      return resource === c.resource ? [] : [{ ...c, resource }];
    });
  const actions = [
    ...['DeleteInferenceProfile', 'CreateInferenceProfile', 'InvokeAgent', 'InvokeModelAsync', 'TagResource'],
    ...['CreateModelInvocationJob', 'CallWithBearerToken', 'GetFoundationModel', 'PutUseCaseForModelAccess'],
  ].map((name) => `bedrock:${name}`);
  return [
    // Another model, another version of it, all of them.
    ...changed(/anthropic\..*$/, 'anthropic.claude-opus-4-1-20250805-v1:0'),
    ...changed(/anthropic\..*$/, 'amazon.nova-lite-v1:0'),
    ...changed(/(anthropic\..*)$/, '$1-next'),
    // Another region, another account, another profile of the same model.
    ...changed(/:bedrock:[a-z0-9-]+:/, ':bedrock:ap-south-1:'),
    ...changed(new RegExp(`:${account}:`), ':222233334444:'),
    ...changed(/inference-profile\/[a-z]+\./, 'inference-profile/au.'),
    ...changed(/sbxteam00001/, 'sbxteam00002'),
    // A model past its profile, or by a profile that was not chosen.
    ...invoked
      .filter((c) => c.resource.includes('foundation-model/'))
      .flatMap((c) =>
        ['none', `arn:aws:bedrock:us-east-1:${account}:inference-profile/apac.${opus}`].map((profile) => ({
          ...c,
          context: { ...c.context, 'bedrock:InferenceProfileArn': profile },
        })),
      ),
    ...made.flatMap((c) => actions.map((action) => ({ ...c, action }))),
    ...made
      .filter((c) => c.action.includes(':List'))
      .map((c) => ({ ...c, context: { ...c.context, 'aws:RequestedRegion': 'ap-south-1' } })),
    ...['s3:GetObject', 'iam:CreateAccessKey', 'sts:AssumeRole', 'aws-marketplace:Subscribe'].map(
      (action) => ({
        action,
        resource: '*',
        context: { 'aws:RequestedRegion': 'us-east-1', 'aws:CalledViaLast': 'none' },
      }),
    ),
  ];
}

const claude = findClaude() ?? '';
const missing =
  claude === '' || !hasJudges()
    ? ' (not installed: scripts/install-test-parts.ts --only claude --only botocore)'
    : '';

describe.skipIf(missing !== '')(`the minimal policy, enforced on the real Claude Code${missing}`, () => {
  let home: string;
  let project: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'policy-claude-'));
    project = join(home, 'project');
    await mkdir(project);
    await prepareClaudeHome(home, [project]);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** Runs `claude -p` as the environment says; what it asked AWS for, and how it went. */
  async function talk(environment: Partial<Environment>, ...args: string[]) {
    const { sandbox } = place;
    const keys = await sandbox.issueCredentials({ accountId: account });
    const { AWS_DATA_PATH: _, ...base } = sandbox.environment({ HOME: home, TERM: 'xterm-256color' });
    const { region = '', model, smallFastModel, pins } = environment;
    const env: Record<string, string> = {
      ...base,
      ...keyVariables(keys),
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_MAX_RETRIES: '0',
      AWS_REGION: region,
      ...(model ? { ANTHROPIC_MODEL: model } : {}),
      ...(smallFastModel ? { ANTHROPIC_DEFAULT_HAIKU_MODEL: smallFastModel } : {}),
      ...(pins?.sonnet ? { ANTHROPIC_DEFAULT_SONNET_MODEL: pins.sonnet } : {}),
    };
    const ran = await runCommand(claude, ['-p', 'hello there', ...args], {
      env,
      cwd: project,
      timeoutMs: 120_000,
    });
    const seen = (await sandbox.requests()).filter(
      (r) => r.accessKeyId === keys.accessKeyId && r.service.startsWith('bedrock'),
    );
    return { ...ran, seen };
  }

  it.each(environments)(
    'allows all that it asks for in $name, and nothing else',
    async (environment) => {
      const { document, policy } = await policyOf(environment.name ?? '');
      await place.sandbox.switches({ policy });
      const { stdout, stderr, code, seen } = await talk(environment);
      expect(stdout + stderr).toContain('Sandbox heard: "hello there"');
      expect(code).toBe(0);
      expect(seen.filter((r) => r.status === 403)).toEqual([]);
      const made = callsOf(seen);
      expect(new Set(made.map((c) => c.action))).toContain('bedrock:InvokeModelWithResponseStream');
      expect(new Set(made.map((c) => c.action))).toContain('bedrock:ListInferenceProfiles');
      const not = others(made);
      expect(not.length).toBeGreaterThan(50);
      // No statement says what another says too: without one, something that it asked for would be refused.
      const statements = [policy.Statement].flat();
      const asked = new Set(made.map((c) => c.resource));
      const without = statements
        .filter((s) => [s.Resource].flat().some((r) => r === '*' || asked.has(r ?? '')))
        .map((s) => ({ ...policy, Statement: statements.filter((other) => other !== s) }));
      expect(without.length).toBeGreaterThan(2);
      const { evaluate, validate } = await judge({
        evaluate: [
          { policy, calls: [...made, ...not] },
          ...without.map((less) => ({ policy: less, calls: made })),
        ],
        validate: [document.text],
      });
      expect(validate).toEqual([null]);
      const [verdicts = [], ...lessened] = evaluate;
      expect(lessened.map((each) => each.every(Boolean))).toEqual(without.map(() => false));
      expect(made.filter((_, i) => !verdicts[i])).toEqual([]);
      expect(not.filter((_, i) => verdicts[made.length + i])).toEqual([]);
    },
    240_000,
  );

  it('another model is refused, and Claude Code says by whom', async () => {
    const { policy } = await policyOf('plain');
    await place.sandbox.switches({ policy });
    const { stdout, stderr, code } = await talk({
      region: 'us-east-1',
      model: 'us.anthropic.claude-opus-4-1-20250805-v1:0',
    });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('is not authorized to perform');
  });
});

describe.skipIf(!hasJudges())(`every kind, judged by ${judges}`, () => {
  it('is a policy and a template as AWS takes them', async () => {
    const wish = { environments: ['plain', 'chosen'], marketplace: true, denyLongLivedKeys: true };
    const documents = await Promise.all(
      PolicyKind.options.map((kind) => agent.call('policies.build', { kind, ...wish })),
    );
    // moto has no validator of policies that name principals.
    const json = documents.filter((d) => d.format === 'json' && d.kind !== 'vpc-endpoint');
    const yaml = documents.filter((d) => d.format === 'yaml').map((d) => d.text);
    const inner = yaml
      .flatMap((text) => text.split(/TemplateBody: \|\n/)[1] ?? [])
      .map((text) => text.replace(/^ {8}/gm, ''));
    expect([json.length, yaml.length, inner.length]).toEqual([3, 2, 1]);
    const { validate, templates } = await judge({
      validate: json.map((d) => d.text),
      templates: [...yaml, ...inner],
    });
    expect(validate).toEqual([null, null, null]);
    expect(templates).toEqual([[], [], []]);
  });
});

describe('what AWS says of it', () => {
  const wish = { kind: 'policy' as const, environments: ['chosen'] };

  it('Access Analyzer has nothing against any kind', async () => {
    for (const kind of PolicyKind.options) {
      const { findings, problem } = await agent.call('policies.validate', { ...wish, kind });
      expect({ kind, findings: findings.filter((f) => f.type === 'error'), problem }).toEqual({
        kind,
        findings: [],
        problem: null,
      });
    }
  });

  it('an identity with that policy may make every call, one with another may not', async () => {
    const { policy } = await policyOf('chosen');
    const more = { Sid: 'Ask', Effect: 'Allow' as const, Action: 'iam:*', Resource: '*' };
    const statements = [policy.Statement].flat();
    await place.sandbox.switches({ policy: { ...policy, Statement: [...statements, more] } });
    const all = await agent.call('policies.compare', wish);
    expect(all.problem).toBeNull();
    expect(all.calls.length).toBeGreaterThan(10);
    expect(all.calls.filter((c) => c.decision !== 'allowed')).toEqual([]);

    const other = await policyOf('europe');
    await place.sandbox.switches({
      policy: { ...other.policy, Statement: [[other.policy.Statement].flat(), more].flat() },
    });
    const few = await agent.call('policies.compare', wish);
    expect(few.calls.filter((c) => c.decision === 'allowed')).toEqual([]);
    expect(few.calls.length).toBe(all.calls.length);
  });

  it.each([
    ['scp', 'serviceControlPolicy'],
    ['vpc-endpoint', 'endpointPolicy'],
  ] as const)(
    'with a %s for the same models nothing is missing, with one for others every call of a model is',
    async (kind, layer) => {
      let plannedInvokes = 0;
      const left = async (name: string) => {
        const { policy } = await policyOf(name, kind);
        // What is not denied needs to be allowed by an organization, as AWS's own policy does.
        const full = { Sid: 'FullAWSAccess', Effect: 'Allow' as const, Action: '*', Resource: '*' };
        const statements = [[policy.Statement].flat(), kind === 'scp' ? full : []].flat();
        await place.sandbox.switches({ [layer]: { ...policy, Statement: statements } });
        const { calls, problem } = await agent.call('policies.compare', wish);
        expect(problem).toBeNull();
        await place.sandbox.switches({ [layer]: null });
        const invokes = calls.filter((c) => c.action.startsWith('bedrock:Invoke'));
        plannedInvokes = invokes.length;
        expect(plannedInvokes).toBeGreaterThan(10);
        return invokes.flatMap((c) => (c.decision === 'allowed' ? [c.resource] : []));
      };
      expect((await left('chosen')).length).toBe(plannedInvokes);
      expect(await left('europe')).toEqual([]);
    },
  );

  it('where the role’s ARN is not told, it is found by its path', async () => {
    await place.sandbox.switches({ deniedActions: ['iam:GetRole'] });
    const { calls, problem } = await agent.call('policies.compare', wish);
    expect(problem).toBeNull();
    expect(calls.length).toBeGreaterThan(10);
  });

  it('where AWS may not be asked, that is said', async () => {
    const compared = await agent.call('policies.compare', { ...wish, environment: 'looking' });
    expect(compared).toMatchObject({
      calls: [],
      problem: { code: 'ServiceFailed', params: { service: 'AWS IAM' } },
    });
    expect(compared.problem?.params.reason).toContain('iam:SimulatePrincipalPolicy');
    await place.sandbox.switches({ deniedActions: ['access-analyzer:ValidatePolicy'] });
    const validated = await agent.call('policies.validate', wish);
    expect(validated).toMatchObject({ findings: [], problem: { code: 'ServiceFailed' } });
  });
});

describe('bedrock-tray iam', () => {
  it('prints the very document, and what goes with it on stderr', async () => {
    const { status, stdout, stderr } = await place.run(['iam', 'policy', '--env', 'europe']);
    expect(status).toBe(0);
    expect(stdout).toBe((await policyOf('europe')).document.text);
    expect(stderr).toContain('aws iam create-policy');
    const json = await place.run(['iam', 'scp', '--deny-long-lived-keys', '--compare', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'scp', comparison: { problem: null } });
    const explained = await place.run(['iam', 'stackset', '--explain']);
    expect(explained.stdout).toContain('AWS::CloudFormation::StackSet');
    expect(explained.stdout).toContain('What it is for');
  });

  it('says why there is none, and what was typed wrongly', async () => {
    const none = await place.run(['iam', 'policy', '--model', 'us.anthropic.claude-nothing']);
    expect(none).toMatchObject({ status: 1, stdout: '' });
    expect(none.stderr).toContain('No model is chosen that is offered');
    expect(await place.run(['iam', 'policy', '--account', '12'])).toMatchObject({ status: 2 });
    expect(await place.run(['iam', 'policy', '--env', 'nowhere'])).toMatchObject({ status: 2 });
  });
});
