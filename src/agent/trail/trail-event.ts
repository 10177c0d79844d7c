import type { LookedUpEvent } from '../../aws/cloudtrail.ts';
import type { TrailEvent } from '../../contract/usage.ts';
import { oneLine } from '../../domain/conversations/conversation-words.ts';

/** The parts of a CloudTrail record that are read; anything may be missing or of another kind. */
interface TrailRecord {
  userIdentity?: { arn?: unknown };
  awsRegion?: unknown;
  sourceIPAddress?: unknown;
  userAgent?: unknown;
  errorCode?: unknown;
  requestParameters?: { modelId?: unknown } | null;
  additionalEventData?: { inferenceRegion?: unknown } | null;
}

export function recordOf(event: LookedUpEvent): TrailRecord {
  try {
    const value: unknown = JSON.parse(event.record);
    return typeof value === 'object' && value !== null ? (value as TrailRecord) : {};
  } catch {
    return {};
  }
}

/** Untrusted text as one bounded line; null where there is none. */
function words(value: unknown, most = 256): string | null {
  if (typeof value !== 'string') return null;
  const line = oneLine(value.slice(0, most * 4)).slice(0, most);
  return line === '' ? null : line;
}

/** One event for shells. `region`: that was asked, where the record does not say. */
export function trailEvent(event: LookedUpEvent, region: string): TrailEvent {
  const record = recordOf(event);
  return {
    id: words(event.id, 64) ?? '',
    at: event.at,
    name: words(event.name, 100) ?? '',
    region: words(record.awsRegion, 32) ?? region,
    answeredIn: words(record.additionalEventData?.inferenceRegion, 32),
    who: words(event.username) ?? words(record.userIdentity?.arn),
    accessKeyId: words(event.accessKeyId, 128),
    model: words(record.requestParameters?.modelId, 2048),
    sourceIp: words(record.sourceIPAddress, 100),
    userAgent: words(record.userAgent, 512),
    errorCode: words(record.errorCode, 128),
  };
}

/** Calls of models (a batch job is one of many). All else are lists and reads, or changes by administrators. */
const modelCall = /^(Invoke|Converse|CountTokens$|StartAsyncInvoke$|CreateModelInvocationJob$)/;

/** Whether it is what a person asks the trail for: a call of a model, or anything that was refused. */
export function isTelling({ name, errorCode }: Pick<TrailEvent, 'name' | 'errorCode'>): boolean {
  return errorCode !== null || modelCall.test(name);
}

/** Whether the event is of exactly this role session or user. */
export function isBy(event: LookedUpEvent, arn: string): boolean {
  return recordOf(event).userIdentity?.arn === arn;
}

/** The name by which CloudTrail finds a caller's events: of the role session, or of the user; null: it has none (root). */
export function usernameOf(arn: string): string | null {
  const [, role, user] =
    /^arn:[\w-]+:sts::\d+:assumed-role\/[^/]+\/(.+)$|^arn:[\w-]+:iam::\d+:user\/(?:.*\/)?([^/]+)$/.exec(
      arn,
    ) ?? [];
  return role ?? user ?? null;
}
