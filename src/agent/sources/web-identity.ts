import { readFile } from 'node:fs/promises';
import { assumeRoleWithWebIdentity } from '../../aws/sts.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import { systemReason } from '../aws-errors.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { RoleCredentials } from '../ports.ts';
import type { SourceParts } from './source-parts.ts';
import { isRefusedWish, keysAreOver, sessionNameOf, sourceFailed, stsRegion } from './sts-words.ts';

/** web_identity_token_file: the file is read at each call, since whoever writes it renews it. */
export async function fromWebIdentity(
  source: Extract<CredentialSource, { kind: 'web-identity' }>,
  { profile }: Fetching,
  { context, network }: SourceParts,
): Promise<RoleCredentials> {
  const failed = (reason: string) =>
    new BedrockTrayError('SourceFailed', { profile, source: source.tokenFile, reason });
  const token = await readFile(source.tokenFile, 'utf8').then(
    (text) => text.trim(),
    (e: unknown) => {
      throw failed(systemReason(e));
    },
  );
  if (token === '') throw failed('the file is empty');
  const { env, clock } = context;
  try {
    return await assumeRoleWithWebIdentity(
      { region: stsRegion(source, env), env, network: network?.(profile) },
      { roleArn: source.roleArn, sessionName: sessionNameOf(source, clock.now()), token },
    );
  } catch (e) {
    throw isRefusedWish(e) || keysAreOver(e) ? sourceFailed(profile, source.tokenFile, e) : e;
  }
}
