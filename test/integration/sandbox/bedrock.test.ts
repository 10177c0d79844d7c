import {
  BedrockClient,
  GetInferenceProfileCommand,
  ListFoundationModelsCommand,
  ListInferenceProfilesCommand,
  paginateListInferenceProfiles,
} from '@aws-sdk/client-bedrock';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** Bedrock's control plane and STS, with the AWS SDK for JavaScript as the referee. */

let sandbox: SandboxProcess;

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterEach(() => expect(sandbox.stderr).toBe(''));
afterAll(() => sandbox.stop());

type Keys = Pick<IssuedCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
/** Without the end, which would make the SDK look for newer ones. */
const settings = ({ accessKeyId, secretAccessKey, sessionToken }: Keys, region = 'us-east-1') => ({
  region,
  credentials: { accessKeyId, secretAccessKey, sessionToken },
  endpoint: sandbox.baseUrl,
  maxAttempts: 1,
});
const bedrock = (keys: Keys, region?: string) => new BedrockClient(settings(keys, region));
const sts = (keys: Keys) => new STSClient(settings(keys));

const stranger: Keys = {
  accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
  secretAccessKey: 'x'.repeat(40),
  sessionToken: 'x',
};

describe('Bedrock', () => {
  it('lists models and filters them', async () => {
    const client = bedrock(await sandbox.issueCredentials());
    const all = (await client.send(new ListFoundationModelsCommand({}))).modelSummaries ?? [];
    const anthropic = await client.send(new ListFoundationModelsCommand({ byProvider: 'Anthropic' }));
    expect(all.map(({ modelId }) => modelId)).toContain('amazon.nova-lite-v1:0');
    expect(new Set(anthropic.modelSummaries?.map(({ providerName }) => providerName))).toEqual(
      new Set(['Anthropic']),
    );
    const onDemand = await client.send(new ListFoundationModelsCommand({ byInferenceType: 'ON_DEMAND' }));
    expect(onDemand.modelSummaries?.length).toBeLessThan(all.length);
  });

  it('lists inference profiles in pages, by type and by region', async () => {
    const keys = await sandbox.issueCredentials();
    const list = async (region: string, typeEquals: 'SYSTEM_DEFINED' | 'APPLICATION') => {
      const ids: (string | undefined)[] = [];
      for await (const page of paginateListInferenceProfiles(
        { client: bedrock(keys, region) },
        { typeEquals },
      )) {
        ids.push(
          ...(page.inferenceProfileSummaries ?? []).map(({ inferenceProfileId }) => inferenceProfileId),
        );
      }
      return ids;
    };
    const us = await list('us-east-1', 'SYSTEM_DEFINED');
    expect(us).toContain('us.anthropic.claude-opus-5-5');
    expect(us).toContain('global.anthropic.claude-opus-5-5');
    expect(new Set(us).size).toBe(us.length);
    expect((await list('eu-west-1', 'SYSTEM_DEFINED')).some((id) => id?.startsWith('us.'))).toBe(false);
    expect(await list('us-east-1', 'APPLICATION')).toHaveLength(4);
    expect((await sandbox.requests({ operation: 'ListInferenceProfiles' })).length).toBeGreaterThan(5);
  });

  it('describes one profile', async () => {
    const client = bedrock(await sandbox.issueCredentials());
    const inferenceProfileIdentifier = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const given = await client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier }));
    expect(given).toMatchObject({ status: 'ACTIVE', type: 'SYSTEM_DEFINED', createdAt: expect.any(Date) });
    expect(given.models?.length).toBe(3);
    await expect(
      client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: 'us.nothing' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('gives each refused caller the error of AWS, and records who it was', async () => {
    const list = (keys: Keys) => bedrock(keys).send(new ListInferenceProfilesCommand({}));
    const good = await sandbox.issueCredentials();
    const expired = await sandbox.issueCredentials({ lifetimeSeconds: -1 });
    await expect(list(stranger)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(list(expired)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await expect(list({ ...good, secretAccessKey: 'x'.repeat(40) })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    await sandbox.switches({ deniedRoles: ['111122223333/BedrockDeveloper'] });
    await expect(list(good)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: bedrock:ListInferenceProfiles'),
    });
    await sandbox.switches({ deniedRoles: [], expireCredentials: true });
    await expect(list(good)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    const seen = await sandbox.requests({ service: 'bedrock' });
    expect(seen.map(({ issued, status, error }) => ({ issued, status, error }))).toEqual([
      { issued: false, status: 403, error: 'UnrecognizedClientException' },
      { issued: true, status: 403, error: 'ExpiredTokenException' },
      { issued: true, status: 403, error: 'InvalidSignatureException' },
      { issued: true, status: 403, error: 'AccessDeniedException' },
      { issued: true, status: 403, error: 'ExpiredTokenException' },
    ]);
    expect(seen[0]?.accessKeyId).toBe(stranger.accessKeyId);
  });

  it('refuses a bearer token and says so in the record', async () => {
    const response = await fetch(`${sandbox.baseUrl}/model/us.anthropic.claude-opus-5-5/invoke`, {
      method: 'POST',
      headers: { authorization: 'Bearer ABSKsomething' },
      body: '{}',
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      Message: 'Authentication failed: Please make sure your API Key is valid.',
    });
    expect(await sandbox.requests({ service: 'bedrock-runtime' })).toMatchObject([
      { auth: 'bearer', status: 403, operation: 'InvokeModel' },
    ]);
  });
});

describe('STS', () => {
  it('names the caller', async () => {
    const keys = await sandbox.issueCredentials({ accountId: '222233334444', roleName: 'BedrockPowerUser' });
    const identity = await sts(keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe('222233334444');
    expect(identity.Arn).toBe(keys.arn);
    expect(identity.Arn).toMatch(
      /^arn:aws:sts::222233334444:assumed-role\/AWSReservedSSO_BedrockPowerUser_[0-9a-f]{16}\/.+/,
    );
  });

  it('assumes a role, whose credentials then work', async () => {
    const RoleArn = 'arn:aws:iam::222233334444:role/BedrockCrossAccount';
    const { Credentials, AssumedRoleUser } = await sts(await sandbox.issueCredentials()).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'referee' }),
    );
    const keys: Keys = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now());
    const identity = await sts(keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe('arn:aws:sts::222233334444:assumed-role/BedrockCrossAccount/referee');
    expect(AssumedRoleUser?.Arn).toBe(identity.Arn);
  });

  it.each([
    ['a role that trusts nobody', { RoleArn: 'arn:aws:iam::222233334444:role/Other' }, 'AccessDenied', 403],
    [
      'another account',
      { RoleArn: 'arn:aws:iam::999999999999:role/BedrockCrossAccount' },
      'AccessDenied',
      403,
    ],
    ['no role', { RoleArn: 'arn:aws:iam::nonsense' }, 'ValidationError', 400],
    ['too long a session', { DurationSeconds: 7200 }, 'ValidationError', 400],
    ['a bad session name', { RoleSessionName: 'a b' }, 'ValidationError', 400],
  ])('refuses %s', async (_, wrong, name, status) => {
    const input = {
      RoleArn: 'arn:aws:iam::222233334444:role/BedrockCrossAccount',
      RoleSessionName: 'referee',
      ...wrong,
    };
    await expect(
      sts(await sandbox.issueCredentials()).send(new AssumeRoleCommand(input)),
    ).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
  });

  it('gives each refused caller the error of AWS', async () => {
    const who = (keys: Keys) => sts(keys).send(new GetCallerIdentityCommand({}));
    const good = await sandbox.issueCredentials();
    await expect(who(stranger)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(who(await sandbox.issueCredentials({ lifetimeSeconds: -1 }))).rejects.toMatchObject({
      name: expect.stringMatching(/^ExpiredToken/),
    });
    await expect(who({ ...good, secretAccessKey: 'x'.repeat(40) })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    expect((await fetch(`${sandbox.baseUrl}/?Action=GetCallerIdentity`)).status).toBe(403);
  });
});

describe('faults', () => {
  const list = async (keys: Keys) => bedrock(keys).send(new ListFoundationModelsCommand({}));

  it('throttles, breaks and drops the next calls, then goes on', async () => {
    const keys = await sandbox.issueCredentials();
    await sandbox.switches({ throttleNext: 1, serverErrorNext: 1, dropNext: 1, faultServices: ['bedrock'] });
    await expect(list(keys)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(list(keys)).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 429 },
    });
    await expect(list(keys)).rejects.toMatchObject({ name: 'InternalServerException' });
    await expect(list(keys)).resolves.toBeDefined();
    const statuses = (await sandbox.requests({ service: 'bedrock' })).map(({ status }) => status);
    expect(statuses).toEqual([0, 429, 500, 200]);
  });

  it('hits only the services it is told to', async () => {
    const keys = await sandbox.issueCredentials();
    await sandbox.switches({ throttleRate: 1, faultServices: ['sts'] });
    await expect(list(keys)).resolves.toBeDefined();
    await expect(sts(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'Throttling',
    });
  });

  it('answers late when told to', async () => {
    const keys = await sandbox.issueCredentials();
    await sandbox.switches({ latencyMs: 150 });
    await list(keys);
    expect((await sandbox.requests({ service: 'bedrock' }))[0]?.durationMs).toBeGreaterThanOrEqual(140);
  });
});
