import { AwsFault } from '../../aws/faults.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import { faultName } from '../../domain/keep-alive/fault.ts';
import { partitionFacts, partitionIdOf, partitionIdOfArn } from '../../domain/profiles/partition.ts';
import type { AgentContext } from '../ports.ts';

/**
 * The region of the STS call: the profile's, AWS_REGION, AWS_DEFAULT_REGION; in the partition of the role, since no
 * other partition's STS knows it.
 */
export function stsRegion(
  { region, roleArn }: { region: string | null; roleArn: string },
  env: AgentContext['env'],
): string {
  const partition = partitionIdOfArn(roleArn) ?? 'aws';
  const wish = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (wish && partitionIdOf(wish) === partition) return wish;
  return partitionFacts(partition).homeRegion;
}

/** As configured, or a name that tells in CloudTrail who it was (the AWS CLI's is `botocore-session-N`). */
export function sessionNameOf(source: { sessionName: string | null }, now: number): string {
  return source.sessionName ?? `bedrock-tray-${Math.floor(now / 1000)}`;
}

/** AWS says that the keys of the request are over or none of its own. */
export function keysAreOver(e: unknown): boolean {
  if (!(e instanceof AwsFault)) return false;
  return ['ExpiredToken', 'InvalidClientTokenId', 'UnrecognizedClient'].includes(faultName(e.name));
}

/** The request was understood and its wish refused; asking again changes nothing until the configuration does. */
export function isRefusedWish(e: unknown): boolean {
  if (!(e instanceof AwsFault)) return false;
  return e.kind === 'client' || /InvalidIdentityToken|IDPRejectedClaim|RegionDisabled/.test(e.name);
}

/** AWS's words on a source that gives nothing. */
export function sourceFailed(profile: string, source: string, e: unknown): BedrockTrayError<'SourceFailed'> {
  const words = e instanceof AwsFault ? [faultName(e.name), e.detail].filter((w) => w !== '') : ['unknown'];
  return new BedrockTrayError('SourceFailed', { profile, source, reason: words.join(': ') });
}
