import { AccessAnalyzerClient, ValidatePolicyCommand } from '@aws-sdk/client-accessanalyzer';
import {
  GetAccessKeyLastUsedCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  GetServiceQuotaCommand,
  paginateListServiceQuotas,
  type ServiceQuota,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** What an account says of itself (quotas, IAM, Access Analyzer), with the AWS SDK for JavaScript as the referee. */

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

type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
const settings = ({ accessKeyId, secretAccessKey, sessionToken }: Keys = keys) => ({
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  endpoint: sandbox.baseUrl,
  maxAttempts: 1,
});

it('lists the quotas of each model in pages, under the names of AWS', async () => {
  const client = new ServiceQuotasClient(settings());
  await sandbox.switches({ quotas: { 'anthropic.claude-opus-5-5': 0 } });
  const quotas: ServiceQuota[] = [];
  for await (const page of paginateListServiceQuotas({ client, pageSize: 20 }, { ServiceCode: 'bedrock' })) {
    quotas.push(...(page.Quotas ?? []));
  }
  expect(quotas.length).toBeGreaterThan(60);
  expect(new Set(quotas.map(({ QuotaCode }) => QuotaCode)).size).toBe(quotas.length);
  const of = (name: string) => quotas.find(({ QuotaName }) => QuotaName === name);
  expect(of('Cross-Region InvokeModel tokens per minute for Anthropic Claude Opus 5.5')?.Value).toBe(0);
  const sonnet = of(
    'Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1',
  );
  expect(sonnet).toMatchObject({ Value: 2_000_000, Adjustable: true, ServiceName: 'Amazon Bedrock' });
  const { Quota } = await client.send(
    new GetServiceQuotaCommand({ ServiceCode: 'bedrock', QuotaCode: sonnet?.QuotaCode }),
  );
  expect(Quota).toEqual(sonnet);
  await expect(
    client.send(new GetServiceQuotaCommand({ ServiceCode: 'bedrock', QuotaCode: 'L-0' })),
  ).rejects.toMatchObject({ name: 'NoSuchResourceException' });
  await sandbox.switches({ deniedActions: ['servicequotas:GetServiceQuota'] });
  await expect(
    client.send(new GetServiceQuotaCommand({ ServiceCode: 'bedrock', QuotaCode: 'L-0' })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

it('simulates what a role may do, by the policy that it has', async () => {
  const client = new IAMClient(settings());
  const RoleName = /assumed-role\/([^/]+)/.exec(keys.arn)?.[1];
  const { Role } = await client.send(new GetRoleCommand({ RoleName }));
  expect(Role?.Arn).toMatch(
    /^arn:aws:iam::111122223333:role\/aws-reserved\/sso\.amazonaws\.com\/AWSReservedSSO_BedrockDeveloper_/,
  );
  const model = 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5';
  const simulate = (PolicySourceArn: string | undefined, ...ActionNames: string[]) =>
    client.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames, ResourceArns: [model, '*'] }),
    );
  const decisions = async (...actions: string[]) =>
    (await simulate(Role?.Arn, ...actions)).EvaluationResults?.map(
      ({ EvalActionName, EvalResourceName, EvalDecision }) =>
        `${EvalActionName} ${EvalResourceName === '*' ? '*' : 'model'} ${EvalDecision}`,
    );
  const may = (actions: string[], Resource: string) => ({
    Effect: 'Allow' as const,
    Action: actions,
    Resource,
  });
  await sandbox.switches({
    policy: {
      Statement: [
        may(['bedrock:InvokeModel'], model),
        may(['iam:SimulatePrincipalPolicy'], '*'),
        { Effect: 'Deny', Action: 'bedrock:InvokeModelWith*', Resource: '*' },
      ],
    },
  });
  expect(await decisions('bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream')).toEqual([
    'bedrock:InvokeModel model allowed',
    'bedrock:InvokeModel * implicitDeny',
    'bedrock:InvokeModelWithResponseStream model explicitDeny',
    'bedrock:InvokeModelWithResponseStream * explicitDeny',
  ]);
  // As AWS: a session is not what policies are attached to, and the path of an SSO role is part of its ARN.
  await expect(simulate(keys.arn, 'bedrock:InvokeModel')).rejects.toMatchObject({ Code: 'InvalidInput' });
  await expect(
    simulate(`arn:aws:iam::111122223333:role/${RoleName}`, 'bedrock:InvokeModel'),
  ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  await sandbox.switches({ policy: null });
  const reader = new IAMClient(settings(await sandbox.issueCredentials({ roleName: 'ReadOnlyAccess' })));
  await expect(
    reader.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: Role?.Arn, ActionNames: ['a:b'] })),
  ).rejects.toMatchObject({ name: 'AccessDenied' });
});

it('tells the age of a user’s keys, and when they were used', async () => {
  const user = await sandbox.createUser({ userName: 'ada', keyAgeDays: 400 });
  const client = new IAMClient(settings(user));
  const { AccessKeyMetadata } = await client.send(new ListAccessKeysCommand({}));
  expect(AccessKeyMetadata).toMatchObject([
    { UserName: 'ada', AccessKeyId: user.accessKeyId, Status: 'Active' },
  ]);
  const days = (Date.now() - Number(AccessKeyMetadata?.[0]?.CreateDate)) / 86_400_000;
  expect(days).toBeGreaterThan(399);
  const used = await client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: user.accessKeyId }));
  expect(used).toMatchObject({
    UserName: 'ada',
    AccessKeyLastUsed: { ServiceName: 'iam', Region: 'us-east-1' },
  });
  expect((await client.send(new GetUserCommand({}))).User?.Arn).toBe(user.arn);
  const role = new IAMClient(settings());
  await expect(role.send(new ListAccessKeysCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(role.send(new GetUserCommand({ UserName: 'eve' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
});

it('finds what is wrong with a document, and where', async () => {
  const client = new AccessAnalyzerClient(settings());
  const find = async (policyDocument: string) =>
    (
      await client.send(new ValidatePolicyCommand({ policyDocument, policyType: 'IDENTITY_POLICY' }))
    ).findings?.map(
      ({ findingType, issueCode, locations }) =>
        `${findingType} ${issueCode} ${locations?.[0]?.span?.start?.line}`,
    );
  const document = (over: object) =>
    JSON.stringify(
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['bedrock:InvokeModel', 'bedrock:ListFoundationModels'],
            Resource: '*',
            ...over,
          },
        ],
      },
      null,
      2,
    );
  expect(await find(document({}))).toEqual([]);
  expect(await find('{\n  "Version": }')).toEqual(['ERROR JSON_SYNTAX_ERROR 2']);
  expect(
    await find(document({ Action: ['bedrock:Invoke*', 'bedrock:InvokeModel', 'bedrock:Converse'] })),
  ).toEqual(['SUGGESTION REDUNDANT_ACTION 8', 'ERROR INVALID_ACTION 9']);
  expect(await find(document({ Effect: 'Permit', Resource: 'foundation-model/*' }))).toEqual([
    'ERROR INVALID_EFFECT 5',
    'ERROR INVALID_ARN_RESOURCE 10',
  ]);
  expect(await find(document({ Resource: `arn:aws:bedrock:us-east-1::${'x'.repeat(6200)}` }))).toEqual([
    'ERROR POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA 1',
  ]);
  await sandbox.switches({ deniedActions: ['access-analyzer:ValidatePolicy'] });
  await expect(find(document({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
