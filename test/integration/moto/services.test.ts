import { randomUUID } from 'node:crypto';
import { AccessAnalyzerClient, ValidatePolicyCommand } from '@aws-sdk/client-accessanalyzer';
import {
  BedrockClient,
  ListFoundationModelsCommand,
  ListInferenceProfilesCommand,
} from '@aws-sdk/client-bedrock';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetAccessKeyLastUsedCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costsByService } from '../../../src/aws/cost-explorer.ts';
import { roleArn } from '../../../src/aws/iam.ts';
import { assumeRole, callerIdentity, sessionToken } from '../../../src/aws/sts.ts';
import { hasMoto, type MotoServer, moto, startMoto } from '../../support/moto.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/**
 * Our clients against somebody else's AWS, for what moto covers: STS, IAM's roles and keys, and Cost Explorer, with
 * signatures and policies verified by moto. And the sandbox's answers beside moto's, field by field.
 */

const admin = { accessKeyId: 'AKIAMOTOADMIN0000000', secretAccessKey: 'not-checked', sessionToken: null };

describe.skipIf(!hasMoto())(moto, () => {
  let server: MotoServer;
  let sandbox: SandboxProcess;
  let place: { region: string; env: { AWS_ENDPOINT_URL: string } };
  beforeAll(async () => {
    [server, sandbox] = await Promise.all([startMoto(), startSandbox()]);
    place = { region: 'us-east-1', env: { AWS_ENDPOINT_URL: server.baseUrl } };
    await new IAMClient(toMoto()).send(newRole);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await sandbox?.stop();
  });

  type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  // Without an end, which would make the SDK look for newer ones.
  const settings = (endpoint: string, { accessKeyId, secretAccessKey, sessionToken }: Keys) => ({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 1,
  });
  const toMoto = () => settings(server.baseUrl, { accessKeyId: 'x', secretAccessKey: 'y' });

  const ssoRole = 'AWSReservedSSO_BedrockDeveloper_0123456789abcdef';
  const ssoPath = '/aws-reserved/sso.amazonaws.com/eu-central-1/';
  const newRole = new CreateRoleCommand({
    RoleName: ssoRole,
    Path: ssoPath,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    }),
  });

  it('tells who calls, and gives a role’s and a session’s credentials', async () => {
    expect(await callerIdentity(place, admin)).toMatchObject({ accountId: '123456789012' });
    const wish = { externalId: null, durationSeconds: 900, mfa: null, sessionName: 'dana' };
    const arn = `arn:aws:iam::123456789012:role/bedrock`;
    const role = await assumeRole(place, admin, { ...wish, roleArn: arn });
    expect(role.accountId).toBe('123456789012');
    expect(role.expiresAt - Date.now()).toBeGreaterThan(800_000);
    expect((await callerIdentity(place, role)).arn).toBe(
      'arn:aws:sts::123456789012:assumed-role/bedrock/dana',
    );
    expect((await sessionToken(place, admin)).sessionToken).not.toBe('');
  });

  it('finds an SSO role under its path', async () => {
    const found = await roleArn(place, admin, ssoRole);
    expect(found).toBe(`arn:aws:iam::123456789012:role${ssoPath}${ssoRole}`);
    await expect(roleArn(place, admin, 'nobody')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('reads a bill over its pages', async () => {
    const page = (Start: string, End: string, usd: string, NextPageToken?: string) => ({
      ResultsByTime: [
        {
          TimePeriod: { Start, End },
          Total: {},
          Groups: [
            {
              Keys: ['Claude Opus 5.5 (Amazon Bedrock Edition)'],
              Metrics: { UnblendedCost: { Amount: usd, Unit: 'USD' } },
            },
          ],
          Estimated: NextPageToken === undefined,
        },
      ],
      DimensionValueAttributes: [],
      ...(NextPageToken === undefined ? {} : { NextPageToken }),
    });
    await server.tell('static/ce/cost-and-usage-results', {
      results: [page('2026-11-01', '2026-11-02', '1.25', 'two'), page('2026-11-02', '2026-11-03', '0.5')],
    });
    let asked = 0;
    const wish = { accountId: '123456789012', from: '2026-11-01', to: '2026-11-02', asked: () => asked++ };
    expect(await costsByService(place, admin, wish)).toEqual({
      costs: [
        {
          day: '2026-11-01',
          service: 'Claude Opus 5.5 (Amazon Bedrock Edition)',
          usd: 1.25,
          estimated: false,
        },
        { day: '2026-11-02', service: 'Claude Opus 5.5 (Amazon Bedrock Edition)', usd: 0.5, estimated: true },
      ],
      cut: false,
      failure: null,
    });
    expect(asked).toBe(2);
  });

  /** Names of fields, also in lists and below. */
  function shape(value: unknown): unknown {
    if (Array.isArray(value)) return value.slice(0, 1).map(shape);
    if (value instanceof Date) return 'Date';
    if (typeof value !== 'object' || value === null) return typeof value;
    const fields = Object.entries(value).filter(
      ([name, inner]) => name !== '$metadata' && inner !== undefined,
    );
    return Object.fromEntries(fields.map(([name, inner]) => [name, shape(inner)]));
  }

  it('answers in the form that the sandbox answers in', async () => {
    const UserName = `ada-${randomUUID()}`;
    const user = await sandbox.createUser({ userName: UserName });
    const sandboxUser = settings(sandbox.baseUrl, user);
    const sandboxRole = settings(sandbox.baseUrl, await sandbox.issueCredentials());
    const motoIam = new IAMClient(toMoto());
    await motoIam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await motoIam.send(new CreateAccessKeyCommand({ UserName }));

    const both = async (ours: Promise<unknown>, theirs: Promise<unknown>) => [
      shape(await ours),
      shape(await theirs),
    ];
    const same = ([ours, theirs]: unknown[]) => expect(ours).toEqual(theirs);
    const iam = new IAMClient(sandboxUser);
    const [listed, listedByMoto] = await both(
      iam.send(new ListAccessKeysCommand({ UserName })),
      motoIam.send(new ListAccessKeysCommand({ UserName })),
    );
    // As AWS, the sandbox also says whether there are more.
    expect(listed).toEqual({ ...(listedByMoto as object), IsTruncated: 'boolean' });
    same(
      await both(iam.send(new GetUserCommand({ UserName })), motoIam.send(new GetUserCommand({ UserName }))),
    );
    const lastUsed = (AccessKeyId: string | undefined) => new GetAccessKeyLastUsedCommand({ AccessKeyId });
    // A key that was used has a date; moto's was not.
    const [ours, theirs] = await both(
      iam.send(lastUsed(user.accessKeyId)),
      motoIam.send(lastUsed(AccessKey?.AccessKeyId)),
    );
    expect(ours).toMatchObject(theirs as object);
    const sts = [new STSClient(sandboxRole), new STSClient(toMoto())] as const;
    same(
      await both(
        sts[0].send(new GetCallerIdentityCommand({})),
        sts[1].send(new GetCallerIdentityCommand({})),
      ),
    );
    const chained = {
      RoleArn: 'arn:aws:iam::222233334444:role/BedrockCrossAccount',
      RoleSessionName: 'dana',
    };
    const [assumed, assumedByMoto] = await both(
      sts[0].send(new AssumeRoleCommand(chained)),
      sts[1].send(new AssumeRoleCommand(chained)),
    );
    expect(assumedByMoto).toMatchObject(assumed as object);
    const nobody = new GetRoleCommand({ RoleName: 'nobody' });
    const faults = await Promise.all(
      [new IAMClient(sandboxRole), motoIam].map((client) => client.send(nobody).catch((e: Error) => e.name)),
    );
    expect(faults).toEqual(['NoSuchEntityException', 'NoSuchEntityException']);
    const role = await new IAMClient(sandboxRole).send(
      new GetRoleCommand({
        RoleName: /assumed-role\/([^/]+)/.exec((await sandbox.issueCredentials()).arn)?.[1],
      }),
    );
    const motoRole = await motoIam.send(new GetRoleCommand({ RoleName: ssoRole }));
    expect(shape(motoRole)).toMatchObject(shape(role) as object);
    const now = new Date().toISOString().slice(0, 10);
    const bill = new GetCostAndUsageCommand({
      TimePeriod: { Start: '2026-11-01', End: now },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
    });
    const ownBill = await new CostExplorerClient(sandboxRole).send(bill);
    await server.tell('static/ce/cost-and-usage-results', {
      results: [{ ResultsByTime: ownBill.ResultsByTime, DimensionValueAttributes: [] }],
    });
    // Through moto and the SDK and back, it is what it was.
    expect((await new CostExplorerClient(toMoto()).send(bill)).ResultsByTime).toEqual(ownBill.ResultsByTime);
  });

  it('accepts our signatures and enforces its policies: refusals are told from failures', async () => {
    const iam = new IAMClient(toMoto());
    const withPolicy = async (Action: string) => {
      const UserName = `dana-${randomUUID()}`;
      await iam.send(new CreateUserCommand({ UserName }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      const statement = { Effect: 'Allow', Action, Resource: '*' };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
      return { UserName, keys: { accessKeyId, secretAccessKey, sessionToken: null } };
    };
    const dana = await withPolicy('iam:GetRole');
    const other = await withPolicy('bedrock:*');
    // From here on moto verifies signatures and policies.
    await server.tell('reset-auth', 0);
    try {
      expect((await callerIdentity(place, dana.keys)).arn).toBe(
        `arn:aws:iam::123456789012:user/${dana.UserName}`,
      );
      expect(await roleArn(place, dana.keys, ssoRole)).toContain(ssoRole);
      await expect(roleArn(place, other.keys, ssoRole)).rejects.toMatchObject({
        kind: 'forbidden',
        name: 'AccessDenied',
      });
      const wrong = { ...dana.keys, secretAccessKey: `${dana.keys.secretAccessKey}x` };
      await expect(roleArn(place, wrong, ssoRole)).rejects.toMatchObject({
        kind: 'forbidden',
        name: 'SignatureDoesNotMatch',
      });
      await expect(roleArn(place, admin, ssoRole)).rejects.toMatchObject({
        kind: 'forbidden',
        name: 'InvalidClientTokenId',
      });
    } finally {
      await server.tell('reset-auth', Number.MAX_SAFE_INTEGER);
    }
  });

  // A newer moto that answers one of these makes this fail: then it can judge more.
  it('does not cover CloudTrail’s events, quotas of Bedrock, simulations, validations and Bedrock’s lists', async () => {
    const document = { policyDocument: '{}', policyType: 'IDENTITY_POLICY' } as const;
    const arn = `arn:aws:iam::123456789012:role${ssoPath}${ssoRole}`;
    const calls: readonly Promise<unknown>[] = [
      new CloudTrailClient(toMoto()).send(new LookupEventsCommand({})),
      new ServiceQuotasClient(toMoto()).send(new ListServiceQuotasCommand({ ServiceCode: 'bedrock' })),
      new IAMClient(toMoto()).send(
        new SimulatePrincipalPolicyCommand({ PolicySourceArn: arn, ActionNames: ['bedrock:InvokeModel'] }),
      ),
      new AccessAnalyzerClient(toMoto()).send(new ValidatePolicyCommand(document)),
      new BedrockClient(toMoto()).send(new ListFoundationModelsCommand({})),
      new BedrockClient(toMoto()).send(new ListInferenceProfilesCommand({})),
    ];
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
  });
});
