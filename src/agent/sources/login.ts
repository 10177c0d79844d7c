import { AwsFault } from '../../aws/faults.ts';
import {
  type LoginToken,
  loginCacheDir,
  readLogin,
  refreshLogin,
  writeLogin,
} from '../../aws/login-cache.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import { systemReason } from '../aws-errors.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { RoleCredentials } from '../ports.ts';
import type { SourceParts } from './source-parts.ts';

/** Half of what `aws login` gives: ahead of every other tool, which refresh at 5 min. */
const LEAD_MS = 7.5 * 60_000;

type LoginSource = Extract<CredentialSource, { kind: 'login' }>;

/**
 * login_session: the credentials of `aws login`'s cache file, refreshed as the AWS CLI does. `aws login` itself is the
 * person's: when its session is over, they are told to run it.
 */
export async function fromLogin(
  source: LoginSource,
  { profile, forced }: Fetching,
  parts: SourceParts,
): Promise<RoleCredentials> {
  const { env, clock, userHome, log } = parts.context;
  const dir = loginCacheDir(env, userHome);
  const failed = (reason: string) =>
    new BedrockTrayError('SourceFailed', { profile, source: `aws login ${source.loginSession}`, reason });
  const read = async (): Promise<LoginToken> => {
    const found = await readLogin(dir, source.loginSession);
    const kept = parts.unwritten.get(source.loginSession);
    if ('token' in found) return kept && kept.expiresAt > found.token.expiresAt ? kept : found.token;
    throw failed(found.problem === 'missing' ? 'run “aws login”' : `its cache file is ${found.problem}`);
  };
  const token = await read();
  const left = () => token.expiresAt - clock.now();
  if (!forced && left() > LEAD_MS) return credentialsOf(token);
  const region =
    token.signInRegion ?? source.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  let next: LoginToken;
  try {
    next = await refreshLogin({ region, env, network: parts.network?.(profile) }, token);
  } catch (e) {
    // Another tool may have rotated the refresh token meanwhile: its file is as good.
    const now = await read().catch(() => token);
    if (now.refreshToken !== token.refreshToken && now.expiresAt > clock.now()) return credentialsOf(now);
    const isOver =
      e instanceof AwsFault && (e.kind === 'forbidden' || e.kind === 'unauthorized' || e.kind === 'client');
    if (isOver) throw failed(`${e.detail || e.name}; run “aws login”`);
    if (!forced && left() > 1_000) return credentialsOf(token);
    throw e;
  }
  try {
    await writeLogin(dir, source.loginSession, next);
    parts.unwritten.delete(source.loginSession);
  } catch (e) {
    parts.unwritten.set(source.loginSession, next);
    log.warn({ reason: systemReason(e) }, 'a refreshed “aws login” session could not be written');
  }
  return credentialsOf(next);
}

function credentialsOf(token: LoginToken): RoleCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt, accountId } = token;
  return { accessKeyId, secretAccessKey, sessionToken, expiresAt, accountId };
}
