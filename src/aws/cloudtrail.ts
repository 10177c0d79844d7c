import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/** One event as LookupEvents gives it. All texts are untrusted. */
export interface LookedUpEvent {
  id: string;
  /** Epoch ms. */
  at: number;
  name: string;
  source: string;
  username: string | null;
  accessKeyId: string | null;
  /** The whole record, JSON. */
  record: string;
}

export interface EventPage {
  events: LookedUpEvent[];
  next: string | null;
}

/**
 * Asks for pages of management events of the last 90 days in one region, newest first, at most 50 in each. `by`: the one
 * attribute that AWS lets a request filter by. AWS answers two requests a second for an account in a region: whoever
 * calls keeps that pace. Errors: AwsFault (`forbidden` without cloudtrail:LookupEvents, `throttle`).
 */
export async function withCloudTrail<T>(
  place: { region: string; env: Env; network?: AwsNetwork },
  keys: SigningKeys,
  work: (
    page: (query: {
      by: { key: 'EventSource' | 'Username' | 'AccessKeyId'; value: string };
      /** Epoch ms. */
      from?: number | undefined;
      to?: number | undefined;
      size: number;
      next: string | null;
    }) => Promise<EventPage>,
  ) => Promise<T>,
): Promise<T> {
  const where: AwsPlace = { service: 'cloudtrail', ...place };
  const sdk = await import('@aws-sdk/client-cloudtrail');
  const client = new sdk.CloudTrailClient({
    ...clientOptions('cloudtrail', place.region, place.env, place.network),
    authSchemePreference: ['aws.auth#sigv4'],
    credentials: sdkCredentials(keys),
  });
  try {
    return await work(async ({ by, from, to, size, next }) => {
      const command = new sdk.LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: by.key, AttributeValue: by.value }],
        ...(from === undefined ? {} : { StartTime: new Date(from) }),
        ...(to === undefined ? {} : { EndTime: new Date(to) }),
        MaxResults: Math.min(size, 50),
        ...(next === null ? {} : { NextToken: next }),
      });
      const out = await callAws(where, secretsOf(keys), (o) => client.send(command, o));
      const events = (out.Events ?? []).flatMap((e): LookedUpEvent[] =>
        e.EventId && e.EventTime && e.EventName
          ? [
              {
                id: e.EventId,
                at: e.EventTime.getTime(),
                name: e.EventName,
                source: e.EventSource ?? '',
                username: e.Username ?? null,
                accessKeyId: e.AccessKeyId ?? null,
                record: e.CloudTrailEvent ?? '',
              },
            ]
          : [],
      );
      return { events, next: out.NextToken && out.NextToken !== next ? out.NextToken : null };
    });
  } finally {
    client.destroy();
  }
}
