import { partitionFacts, partitionIdOf } from '../domain/profiles/partition.ts';
import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { IamPlace } from './iam.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/**
 * When the long-lived key that signs this request was made (iam:ListAccessKeys of its own user), epoch ms; null where
 * IAM does not list it (the account's root). Errors: AwsFault (`forbidden` where users may not look at their keys).
 */
export async function keyCreatedAt(place: IamPlace, keys: SigningKeys): Promise<number | null> {
  const region = partitionFacts(partitionIdOf(place.region)).homeRegion;
  const where: AwsPlace = { service: 'iam', region, env: place.env, network: place.network };
  const sdk = await import('@aws-sdk/client-iam');
  const client = new sdk.IAMClient({
    ...clientOptions('iam', region, place.env, place.network),
    credentials: sdkCredentials(keys),
  });
  try {
    const out = await callAws(where, secretsOf(keys), (o) =>
      client.send(new sdk.ListAccessKeysCommand({}), o),
    );
    const own = out.AccessKeyMetadata?.find((key) => key.AccessKeyId === keys.accessKeyId);
    return own?.CreateDate?.getTime() ?? null;
  } finally {
    client.destroy();
  }
}
