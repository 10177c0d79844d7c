import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { CostExplorerClient, type Expression, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { clientOptions } from '../../../src/aws/client-options.ts';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** CloudTrail and Cost Explorer tell what was done here, with the AWS SDK for JavaScript as the referee. */

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

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }: IssuedCredentials) => ({
  credentials: { accessKeyId, secretAccessKey, sessionToken },
});
const invoke = (modelId: string, by = keys, region = 'us-east-1') =>
  new BedrockRuntimeClient({
    ...clientOptions('bedrock-runtime', region, { AWS_ENDPOINT_URL: sandbox.baseUrl }),
    ...credentialsOf(by),
  }).send(
    new InvokeModelCommand({
      modelId,
      body: JSON.stringify({
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'A word that no event may hold: Schwalbe' }],
      }),
    }),
  );
const lookUp = (input: LookupEventsCommandInput, region = 'us-east-1') =>
  new CloudTrailClient({
    region,
    endpoint: sandbox.baseUrl,
    maxAttempts: 1,
    ...credentialsOf(keys),
  }).send(new LookupEventsCommand(input));
const attribute = (
  AttributeKey: 'EventSource' | 'Username' | 'AccessKeyId' | 'EventName',
  AttributeValue: string,
) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});
const opus = 'us.anthropic.claude-opus-5-5';

it('has an event of every call, as AWS writes them', async () => {
  await sandbox.switches({ trailPerSecond: 0 });
  await invoke(opus);
  await expect(invoke('no-such-model')).rejects.toMatchObject({ name: 'ValidationException' });
  const other = await sandbox.issueCredentials({ roleName: 'ReadOnlyAccess' });
  await expect(invoke(opus, other)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await invoke(
    `global.anthropic.claude-opus-5-5`,
    await sandbox.issueCredentials({ accountId: '222233334444' }),
  );
  await invoke('eu.anthropic.claude-opus-5-5', keys, 'eu-west-1');

  const { Events = [] } = await lookUp(attribute('EventSource', 'bedrock.amazonaws.com'));
  expect(Events.map(({ EventName, Username, AccessKeyId }) => [EventName, Username, AccessKeyId])).toEqual([
    ['InvokeModel', 'sandbox.person@example.com', other.accessKeyId],
    ['InvokeModel', 'sandbox.person@example.com', keys.accessKeyId],
    ['InvokeModel', 'sandbox.person@example.com', keys.accessKeyId],
  ]);
  const texts = Events.map(({ CloudTrailEvent }) => CloudTrailEvent ?? '');
  expect(texts.join()).not.toMatch(/Schwalbe|SbxSecret/);
  const [denied, unknown, answered] = texts.map((text) => JSON.parse(text));
  expect(denied).toMatchObject({
    errorCode: 'AccessDenied',
    errorMessage: expect.stringContaining('bedrock:InvokeModel'),
  });
  expect(unknown).toMatchObject({
    errorCode: 'ValidationException',
    requestParameters: { modelId: 'no-such-model' },
  });
  expect(answered).toMatchObject({
    userIdentity: {
      type: 'AssumedRole',
      arn: keys.arn,
      accessKeyId: keys.accessKeyId,
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: expect.stringContaining('/aws-reserved/sso.amazonaws.com/') },
      },
    },
    eventSource: 'bedrock.amazonaws.com',
    awsRegion: 'us-east-1',
    userAgent: expect.stringContaining('aws-sdk-js'),
    requestParameters: { modelId: opus },
    additionalEventData: { inferenceRegion: 'us-east-2' },
    managementEvent: true,
    readOnly: true,
  });
  expect((await lookUp(attribute('AccessKeyId', keys.accessKeyId), 'eu-west-1')).Events).toHaveLength(1);
});

it('pages, and answers two requests a second', async () => {
  for (let n = 0; n < 3; n++) await invoke(opus);
  const first = await lookUp({ ...attribute('EventName', 'InvokeModel'), MaxResults: 2 });
  expect(first.Events).toHaveLength(2);
  const rest = await lookUp({
    ...attribute('EventName', 'InvokeModel'),
    MaxResults: 2,
    NextToken: first.NextToken,
  });
  expect([rest.Events?.length, rest.NextToken]).toEqual([1, undefined]);
  await expect(lookUp({})).rejects.toMatchObject({ name: 'ThrottlingException' });
  await sandbox.switches({ trailPerSecond: 0 });
  const two = [attribute('EventName', 'a'), attribute('Username', 'b')].flatMap((a) => a.LookupAttributes);
  await expect(lookUp({ LookupAttributes: two })).rejects.toMatchObject({
    name: 'InvalidLookupAttributesException',
  });
  await expect(lookUp({ MaxResults: 51 })).rejects.toMatchObject({ name: 'InvalidMaxResultsException' });
  await expect(lookUp({ StartTime: new Date(), EndTime: new Date(0) })).rejects.toMatchObject({
    name: 'InvalidTimeRangeException',
  });
  await sandbox.switches({ deniedActions: ['cloudtrail:LookupEvents'] });
  await expect(lookUp({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

const day = (fromToday: number) => new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10);
const bill = (Start: string, End: string, Filter?: Expression, NextPageToken?: string) =>
  new CostExplorerClient({
    region: 'us-east-1',
    endpoint: sandbox.baseUrl,
    maxAttempts: 1,
    ...credentialsOf(keys),
  }).send(
    new GetCostAndUsageCommand({
      TimePeriod: { Start, End },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
      ...(Filter === undefined ? {} : { Filter }),
      ...(NextPageToken === undefined ? {} : { NextPageToken }),
    }),
  );

it('bills the same history each time, in pages, and what was invoked today', async () => {
  const first = await bill(day(-30), day(1));
  const again = await bill(day(-30), day(1));
  expect(again.ResultsByTime).toEqual(first.ResultsByTime);
  expect(first.ResultsByTime).toHaveLength(20);
  const rest = await bill(day(-30), day(1), undefined, first.NextPageToken);
  expect([rest.ResultsByTime?.length, rest.NextPageToken]).toEqual([11, undefined]);
  expect(rest.ResultsByTime?.at(-1)).toMatchObject({ Groups: [], Estimated: true });

  await invoke(opus);
  await invoke('arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/sbxteam00001');
  const detail = (await sandbox.requests({ service: 'bedrock-runtime' }))[0]?.detail;
  const usd = (Number(detail?.input) * 5 + Number(detail?.output) * 25) / 1e6;
  const [today] = (await bill(day(0), day(1))).ResultsByTime ?? [];
  expect(today?.Groups?.map(({ Keys }) => Keys)).toEqual([
    ['Claude Opus 5.5 (Amazon Bedrock Edition)'],
    ['Claude Sonnet 4.5 (Amazon Bedrock Edition)'],
  ]);
  expect(Number(today?.Groups?.[0]?.Metrics?.UnblendedCost?.Amount)).toBeCloseTo(usd, 10);

  const of = (Key: 'SERVICE' | 'LINKED_ACCOUNT', value: string): Expression => ({
    Dimensions: { Key, Values: [value] },
  });
  const filter = { And: [of('LINKED_ACCOUNT', '111122223333'), { Not: of('SERVICE', 'Tax') }] };
  const services = new Set(
    (await bill(day(-5), day(0), filter)).ResultsByTime?.flatMap((r) => r.Groups?.[0]?.Keys),
  );
  expect([...services]).toEqual(['Claude Opus 5.5 (Amazon Bedrock Edition)']);
  const elsewhere = await bill(day(-5), day(0), of('LINKED_ACCOUNT', '222233334444'));
  expect(elsewhere.ResultsByTime?.flatMap((r) => r.Groups ?? [])).toEqual([]);
});

it('refuses what Cost Explorer refuses', async () => {
  await expect(bill(day(0), day(0))).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(bill(day(2), day(3))).rejects.toMatchObject({ name: 'ValidationException' });
  await sandbox.switches({ costExplorer: 'not-enabled' });
  await expect(bill(day(-2), day(0))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'User not enabled for cost explorer access',
  });
  await sandbox.switches({ costExplorer: 'no-data' });
  await expect(bill(day(-2), day(0))).rejects.toMatchObject({ name: 'DataUnavailableException' });
});
