import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/**
 * Names of the trails that keep a region's events beyond CloudTrail's own 90 days, those of other regions and of the
 * organization that cover it included. Errors: AwsFault (`forbidden` without cloudtrail:DescribeTrails).
 */
export async function trailsOf(
  place: { region: string; env: Env; network?: AwsNetwork },
  keys: SigningKeys,
  signal: AbortSignal,
): Promise<string[]> {
  const where: AwsPlace = { service: 'cloudtrail', ...place };
  const sdk = await import('@aws-sdk/client-cloudtrail');
  const client = new sdk.CloudTrailClient({
    ...clientOptions('cloudtrail', place.region, place.env, place.network),
    authSchemePreference: ['aws.auth#sigv4'],
    credentials: sdkCredentials(keys),
  });
  try {
    const out = await callAws(
      where,
      secretsOf(keys),
      (o) => client.send(new sdk.DescribeTrailsCommand({ includeShadowTrails: true }), o),
      { signal },
    );
    return (out.trailList ?? []).flatMap(({ Name }) => (Name ? [Name] : []));
  } finally {
    client.destroy();
  }
}
