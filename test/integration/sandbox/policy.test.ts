import { BedrockClient, ListInferenceProfilesCommand } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { clientOptions } from '../../../src/aws/client-options.ts';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** An IAM policy that the sandbox is given decides, for the profile and for each model behind it. */

let sandbox: SandboxProcess;
let keys: IssuedCredentials;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  await sandbox.reset();
  keys = await sandbox.issueCredentials();
});
afterEach(() => expect(sandbox.stderr).toBe(''));
afterAll(() => sandbox.stop());

const settings = (service: 'bedrock' | 'bedrock-runtime', region = 'us-east-1') => ({
  ...clientOptions(service, region, { AWS_ENDPOINT_URL: sandbox.baseUrl }),
  credentials: {
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    sessionToken: keys.sessionToken,
  },
});
const invoke = (modelId: string, region?: string) =>
  new BedrockRuntimeClient(settings('bedrock-runtime', region)).send(
    new InvokeModelCommand({
      modelId,
      body: JSON.stringify({
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 1,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    }),
  );
const statement = (Resource: string[], over: object = {}) => ({
  Effect: 'Allow' as const,
  Action: 'bedrock:InvokeModel',
  Resource,
  ...over,
});
const profile = (id: string) => `arn:aws:bedrock:us-east-1:111122223333:inference-profile/${id}`;
const model = (region: string, id: string) => `arn:aws:bedrock:${region}::foundation-model/${id}`;
const opus = 'anthropic.claude-opus-5-5';
const regions = ['us-east-1', 'us-east-2', 'us-west-2'];

it('needs the profile and the model in every region that the profile routes to', async () => {
  const all = [profile(`us.${opus}`), ...regions.map((region) => model(region, opus))];
  await sandbox.switches({ policy: { Statement: statement(all) } });
  await expect(invoke(`us.${opus}`)).resolves.toBeDefined();
  const [asked] = await sandbox.requests({ operation: 'InvokeModel' });
  expect(asked?.decisions).toEqual(
    all.map((resource) => ({ action: 'bedrock:InvokeModel', resource, effect: 'allowed' })),
  );

  for (const missing of all) {
    await sandbox.switches({ policy: { Statement: statement(all.filter((arn) => arn !== missing)) } });
    await expect(invoke(`us.${opus}`)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `bedrock:InvokeModel on resource: ${missing} because no identity-based policy allows`,
      ),
    });
  }
  await expect(
    new BedrockClient(settings('bedrock')).send(new ListInferenceProfilesCommand({})),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('inference-profile/*'),
  });
});

it('asks for the model without a region where a profile is worldwide', async () => {
  const Resource = [profile(`global.${opus}`), model('us-east-1', opus), model('', opus)];
  const only = { StringEquals: { 'aws:RequestedRegion': ['us-east-1', 'unspecified'] } };
  await sandbox.switches({ policy: { Statement: statement(Resource, { Condition: only }) } });
  await expect(invoke(`global.${opus}`)).resolves.toBeDefined();
  await expect(invoke(`us.${opus}`)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const here = { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } };
  await sandbox.switches({ policy: { Statement: statement(Resource, { Condition: here }) } });
  await expect(invoke(`global.${opus}`)).rejects.toMatchObject({
    message: expect.stringContaining(model('', opus)),
  });
});

it('knows through which profile a model is called', async () => {
  const through = (arn: string) => ({
    policy: {
      Statement: [
        statement(['arn:aws:bedrock:*:*:inference-profile/*']),
        statement(['arn:aws:bedrock:*::foundation-model/*'], {
          Condition: { ArnLike: { 'bedrock:InferenceProfileArn': arn } },
        }),
      ],
    },
  });
  await sandbox.switches(through('arn:aws:bedrock:*:*:inference-profile/us.*'));
  await expect(invoke(`us.${opus}`)).resolves.toBeDefined();
  await expect(invoke('anthropic.claude-3-haiku-20240307-v1:0')).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  await sandbox.switches(through('arn:aws:bedrock:*:*:application-inference-profile/*'));
  await expect(invoke(`us.${opus}`)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

it('lets the organization and the endpoint refuse what the identity may', async () => {
  await sandbox.switches({
    serviceControlPolicy: {
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'bedrock:*',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } },
        },
      ],
    },
  });
  await expect(invoke(`us.${opus}`)).rejects.toMatchObject({
    message: expect.stringMatching(/us-east-2.* with an explicit deny in a service control policy$/),
  });
  await sandbox.switches({
    serviceControlPolicy: null,
    endpointPolicy: { Statement: statement([model('us-east-1', opus)], { Principal: '*' }) },
  });
  await expect(invoke(`us.${opus}`)).rejects.toMatchObject({
    message: expect.stringContaining('because no VPC endpoint policy allows'),
  });
});

it('plays what stands between an account and a model', async () => {
  const troubles = {
    ended: ['ResourceNotFoundException', /end of its life/],
    'use-case': ['ResourceNotFoundException', /use case details/],
    marketplace: ['AccessDeniedException', /aws-marketplace:Subscribe/],
    pending: ['AccessDeniedException', /being processed/],
  } as const;
  for (const [trouble, [name, words]] of Object.entries(troubles)) {
    await sandbox.switches({ modelTroubles: { [opus]: trouble as keyof typeof troubles } });
    await expect(invoke(`us.${opus}`)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(words),
    });
  }
  await expect(
    sandbox.switches({ policy: { Statement: statement(['*'], { Condition: { IpAddress: { a: 'b' } } }) } }),
  ).rejects.toThrow(/operator/);
});
