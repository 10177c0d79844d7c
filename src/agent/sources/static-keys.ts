import { readStaticKeys } from '../../aws/config-file.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { AgentContext, RoleCredentials } from '../ports.ts';
import type { SourceParts } from './source-parts.ts';

/** Keys in one of the two files: read at each use, never kept. */
export async function fromFile(
  source: Extract<CredentialSource, { kind: 'static' }>,
  { profile }: Fetching,
  { files }: SourceParts,
): Promise<RoleCredentials> {
  const keys = await readStaticKeys(files, source.profile);
  if (keys) return { ...keys, expiresAt: null };
  const reason = 'no aws_access_key_id and aws_secret_access_key';
  throw new BedrockTrayError('SourceFailed', { profile, source: `[${source.profile}]`, reason });
}

/**
 * credential_source = Environment: the variables that the agent was started with. Those of a shell that is opened
 * later are not seen: the agent serves every shell, and none of them is the one.
 */
export function fromEnvironment(env: AgentContext['env'], profile: string, now: number): RoleCredentials {
  const missing = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].find((name) => !env[name]);
  const failed = (reason: string) =>
    new BedrockTrayError('SourceFailed', { profile, source: 'Environment', reason });
  if (missing) throw failed(`${missing} was not set when the agent was started`);
  const end = env.AWS_CREDENTIAL_EXPIRATION ? Date.parse(env.AWS_CREDENTIAL_EXPIRATION) : null;
  if (end !== null && Number.isNaN(end)) throw failed('AWS_CREDENTIAL_EXPIRATION is not a date');
  if (end !== null && end <= now) throw failed('AWS_CREDENTIAL_EXPIRATION is in the past');
  return {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: env.AWS_SECURITY_TOKEN || env.AWS_SESSION_TOKEN || null,
    expiresAt: end,
    accountId: env.AWS_ACCOUNT_ID || null,
  };
}
