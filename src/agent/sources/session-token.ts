import { sessionToken } from '../../aws/sts.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { RoleCredentials } from '../ports.ts';
import type { SourceParts } from './source-parts.ts';
import { isRefusedWish, keysAreOver, sourceFailed } from './sts-words.ts';

/** A session of an IAM user's keys (sts:GetSessionToken): the same identity, with an end and a session token. */
export async function fromSessionToken(
  fetching: Fetching,
  { context, network }: SourceParts,
): Promise<RoleCredentials> {
  const { env } = context;
  const keys = await fetching.upstream();
  const region = fetching.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  try {
    const found = await sessionToken({ region, env, network: network?.(fetching.profile) }, keys);
    return { ...found, accountId: keys.accountId };
  } catch (e) {
    throw isRefusedWish(e) || keysAreOver(e) ? sourceFailed(fetching.profile, 'sts:GetSessionToken', e) : e;
  }
}
