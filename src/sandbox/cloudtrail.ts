import { rolePath } from './access.ts';
import { page } from './http.ts';
import type { JsonOperation, JsonService } from './json-protocol.ts';
import { JsonFault } from './json-protocol.ts';
import type { RequestRecord } from './request-record.ts';
import { sha256Hex } from './sigv4.ts';
import type { IssuedKey, World } from './world.ts';

/**
 * CloudTrail's LookupEvents, filled from the sandbox's own record of requests. As AWS does: calls of the Bedrock runtime
 * are management events (the Bedrock user guide: InvokeModel, InvokeModelWithResponseStream, Converse and ConverseStream),
 * all of Bedrock's are of `bedrock.amazonaws.com`, in the region that was called, and one that was answered elsewhere
 * names that region in `additionalEventData.inferenceRegion`. Texts of prompts and answers are never in them.
 */

const sources: Partial<Record<RequestRecord['service'], string>> = {
  bedrock: 'bedrock.amazonaws.com',
  'bedrock-runtime': 'bedrock.amazonaws.com',
  sts: 'sts.amazonaws.com',
  iam: 'iam.amazonaws.com',
  'access-analyzer': 'access-analyzer.amazonaws.com',
  'service-quotas': 'servicequotas.amazonaws.com',
  cloudtrail: 'cloudtrail.amazonaws.com',
  'cost-explorer': 'ce.amazonaws.com',
};

const iso = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

function uuidOf(text: string): string {
  const hex = sha256Hex(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function userIdentity(key: IssuedKey): object {
  const { arn, userId, accountId, accessKeyId, issuedAt } = key;
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (role === undefined) {
    return { type: 'IAMUser', principalId: userId, arn, accountId, accessKeyId, userName: key.roleName };
  }
  const principalId = userId.split(':')[0];
  const issuer = `arn:aws:iam::${accountId}:role/${rolePath(role)}${role}`;
  return {
    type: 'AssumedRole',
    principalId: userId,
    arn,
    accountId,
    accessKeyId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId, arn: issuer, accountId, userName: role },
      attributes: { creationDate: iso(issuedAt), mfaAuthenticated: 'false' },
    },
  };
}

/** As events name them: without `Exception`. */
const errorCode = (error: string) => error.replace(/^AccessDeniedException$/, 'AccessDenied');

const looks = /^(Get|List|Invoke|Converse|Count|Lookup|Simulate|Validate)/;

/** One event, in the form of LookupEvents, with the whole record as JSON. */
function eventOf(world: World, record: RequestRecord, key: IssuedKey) {
  const time = Date.parse(record.time) + world.switches.clockSkewMs;
  const eventSource = sources[record.service] ?? '';
  const eventName = record.operation ?? '';
  const readOnly = looks.test(eventName);
  const eventId = uuidOf(`${world.baseUrl}/${record.id}/${record.time}`);
  const { modelId } = record.detail ?? {};
  const inferenceRegion = record.answeredIn;
  const user = /\/([^/]+)$/.exec(key.arn)?.[1] ?? key.roleName;
  const whole = {
    eventVersion: '1.11',
    userIdentity: userIdentity(key),
    eventTime: iso(time),
    eventSource,
    eventName,
    awsRegion: record.region ?? world.region,
    sourceIPAddress: '203.0.113.10',
    userAgent: record.userAgent ?? '',
    ...(record.error === undefined
      ? {}
      : { errorCode: errorCode(record.error), errorMessage: record.errorMessage ?? '' }),
    requestParameters: modelId === undefined ? null : { modelId },
    responseElements: null,
    ...(inferenceRegion === undefined ? {} : { additionalEventData: { inferenceRegion } }),
    requestID: uuidOf(`request ${record.id}`),
    eventID: eventId,
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: key.accountId,
    eventCategory: 'Management',
  };
  return {
    EventId: eventId,
    EventName: eventName,
    ReadOnly: String(readOnly),
    AccessKeyId: key.accessKeyId,
    // Seconds, as this protocol has times.
    EventTime: time / 1000,
    EventSource: eventSource,
    Username: user,
    Resources: [],
    CloudTrailEvent: JSON.stringify(whole),
  };
}
type Event = ReturnType<typeof eventOf>;

const attributes: Readonly<Record<string, (event: Event) => string>> = {
  EventId: ({ EventId }) => EventId,
  EventName: ({ EventName }) => EventName,
  EventSource: ({ EventSource }) => EventSource,
  AccessKeyId: ({ AccessKeyId }) => AccessKeyId,
  Username: ({ Username }) => Username,
  ReadOnly: ({ ReadOnly }) => ReadOnly,
};

/** Two a second for an account in a region, unless the switch says otherwise. */
function throttle(world: World, place: string, now: number): void {
  const { trailPerSecond } = world.switches;
  const recent = (world.lookups.get(place) ?? []).filter((at) => at > now - 1000);
  if (trailPerSecond > 0 && recent.length >= trailPerSecond) {
    throw new JsonFault('ThrottlingException', 'Rate exceeded');
  }
  world.lookups.set(place, [...recent, now]);
}

const ninetyDays = 90 * 86_400_000;

const lookupEvents: JsonOperation = (world, body, { key, region }, { now }) => {
  throttle(world, `${key.accountId}/${region}`, now);
  const size = body.MaxResults ?? 50;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > 50) {
    throw new JsonFault('InvalidMaxResultsException', 'A valid maxResults value must be between 1 and 50.');
  }
  const wanted = Array.isArray(body.LookupAttributes) ? (body.LookupAttributes as unknown[]) : [];
  const [filter] = wanted as { AttributeKey?: string; AttributeValue?: string }[];
  const read = filter === undefined ? undefined : attributes[filter.AttributeKey ?? ''];
  if (wanted.length > 1 || (filter !== undefined && (read === undefined || !filter.AttributeValue))) {
    throw new JsonFault(
      'InvalidLookupAttributesException',
      'You can only specify one attribute key and one attribute value per request.',
    );
  }
  const seconds = (value: unknown) => (typeof value === 'number' ? value * 1000 : undefined);
  const to = seconds(body.EndTime) ?? now;
  const from = Math.max(seconds(body.StartTime) ?? 0, now - ninetyDays);
  if (from > to) {
    throw new JsonFault(
      'InvalidTimeRangeException',
      'The time range is invalid: the start is after the end.',
    );
  }
  const events = world.log
    .find({ after: 0 })
    .toReversed()
    .flatMap((record): Event[] => {
      const issued = world.keys.get(record.accessKeyId ?? '');
      if (issued?.accountId !== key.accountId || sources[record.service] === undefined) return [];
      if (record.auth !== 'sigv4' || record.status === 0 || record.region !== region) return [];
      // What could not be told from the call itself was not logged for this account.
      if (record.generation === undefined) return [];
      const event = eventOf(world, record, issued);
      const at = event.EventTime * 1000;
      if (at < from || at > to || at > now - world.switches.trailDelayMs) return [];
      return read === undefined || read(event) === filter?.AttributeValue ? [event] : [];
    });
  const token = typeof body.NextToken === 'string' ? body.NextToken : null;
  const found = page(events, token, Math.min(size, world.switches.trailPageSize));
  if (found === undefined) {
    throw new JsonFault('InvalidNextTokenException', 'The token is not valid for these search criteria.');
  }
  return {
    Events: found.items,
    ...(found.nextToken === undefined ? {} : { NextToken: found.nextToken }),
  };
};

const describeTrails: JsonOperation = (world, _body, { key, region }) => ({
  trailList: world.switches.trails.map((name) => ({
    Name: name,
    S3BucketName: `${name}-${key.accountId}`,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: true,
    HomeRegion: region,
    TrailARN: `arn:aws:cloudtrail:${region}:${key.accountId}:trail/${name}`,
  })),
});

export const cloudTrail: JsonService = {
  signingName: 'cloudtrail',
  actions: 'cloudtrail',
  operations: { LookupEvents: lookupEvents, DescribeTrails: describeTrails },
};
