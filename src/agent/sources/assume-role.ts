import { AwsFault } from '../../aws/faults.ts';
import { assumeRole, type StsCredentials } from '../../aws/sts.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { AssumeRoleSource } from '../../domain/credentials/credential-source.ts';
import { roleOfArn } from '../../domain/profiles/partition.ts';
import { errorOf } from '../aws-errors.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { RoleCredentials } from '../ports.ts';
import type { SourceParts } from './source-parts.ts';
import { isRefusedWish, keysAreOver, sessionNameOf, sourceFailed, stsRegion } from './sts-words.ts';

/**
 * role_arn with source_profile or credential_source: STS AssumeRole, signed by the source's credentials. With an
 * mfa_serial it takes a code that a person gave; without one it raises the question (if somebody asked for these
 * credentials) and fails with MfaNeeded.
 */
export async function fromAssumeRole(
  source: AssumeRoleSource,
  fetching: Fetching,
  parts: SourceParts,
): Promise<RoleCredentials> {
  const { clock } = parts.context;
  // First what signs: nobody is asked for a code that cannot be used.
  let keys = await fetching.upstream().catch((e: unknown) => {
    // Whoever has given a code learns what stands in its way, and may give another.
    if (parts.mfa.take(fetching.key) !== null) parts.mfa.verdict(fetching.key, errorOf(e), true);
    throw e;
  });
  const mfa = mfaOf(source, fetching, parts);
  const call = (signedBy: RoleCredentials) =>
    assumeRole(
      {
        region: stsRegion(source, parts.context.env),
        env: parts.context.env,
        network: parts.network?.(fetching.profile),
      },
      signedBy,
      {
        roleArn: source.roleArn,
        sessionName: sessionNameOf(source, clock.now()),
        externalId: source.externalId,
        durationSeconds: source.durationSeconds,
        mfa,
      },
    );
  const verdict = (error: BedrockTrayError | null, again = false) => {
    if (mfa) parts.mfa.verdict(fetching.key, error, again);
  };
  let found: StsCredentials;
  try {
    found = await call(keys).catch(async (e: unknown) => {
      if (!keysAreOver(e)) throw e;
      // The source's own keys are refused: once more with others, if there are any.
      const before = keys.accessKeyId;
      keys = await fetching.upstream(before);
      if (keys.accessKeyId === before) throw e;
      return call(keys);
    });
  } catch (e) {
    if (mfa && e instanceof AwsFault && /MultiFactorAuthentication/i.test(e.detail)) {
      const refused = new BedrockTrayError('MfaRefused', { mfaSerial: mfa.serial, reason: e.detail });
      verdict(refused, true);
      throw refused;
    }
    const role = roleOfArn(source.roleArn) ?? undefined;
    const error =
      keysAreOver(e) || isRefusedWish(e)
        ? sourceFailed(fetching.profile, source.roleArn, e)
        : errorOf(e, role);
    // A code that AWS did not get to see may be given again.
    verdict(error, e instanceof AwsFault && (e.kind === 'network' || e.kind === 'throttle'));
    throw error.code === 'SourceFailed' ? error : e;
  }
  verdict(null);
  return found;
}

function mfaOf(
  source: AssumeRoleSource,
  { key, profile, asked, urgent }: Fetching,
  { mfa }: SourceParts,
): { serial: string; code: string } | null {
  const { mfaSerial, roleArn } = source;
  if (mfaSerial === null) return null;
  const code = mfa.take(key);
  if (code !== null) return { serial: mfaSerial, code };
  if (asked) mfa.ask({ key, profile, roleArn, mfaSerial }, urgent);
  throw new BedrockTrayError('MfaNeeded', { profile, mfaSerial });
}
