import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Env, signInEndpoint } from './endpoints.ts';
import { AwsFault, toFault } from './faults.ts';
import { type AwsNetwork, plainNetwork } from './network.ts';
import { replaceFile } from './replace-file.ts';
import { formatDate, parseDate } from './sso-cache.ts';
import { exchange } from './transport.ts';

/**
 * The cache of `aws login` (~/.aws/login/cache): 15-minute credentials of a console sign-in, a refresh token and the
 * key that a refresh is signed with (DPoP, RFC 9449). Source: botocore 1.44.5, credentials.py LoginCredentialFetcher
 * and utils.py LoginTokenLoader; @aws-sdk/credential-provider-login 3.972 reads and writes the same file.
 */
export interface LoginToken {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  accountId: string;
  /** Epoch ms. */
  expiresAt: number;
  clientId: string;
  refreshToken: string;
  /** PEM of a P-256 key. */
  dpopKey: string;
  /** Region of the sign-in; null in files of older tools. */
  signInRegion: string | null;
}

/** Why there is none in the file. */
export type LoginProblem = 'missing' | 'unreadable' | 'torn' | 'incomplete';

/** AWS_LOGIN_CACHE_DIRECTORY, or below the person's home. */
export function loginCacheDir(env: Env, userHome: string): string {
  const own = env.AWS_LOGIN_CACHE_DIRECTORY;
  return own ? own.replace(/^~(?=$|[\\/])/, () => userHome) : join(userHome, '.aws', 'login', 'cache');
}

/** `loginSession`: the value of `login_session` in the profile. */
export function loginFileName(loginSession: string): string {
  return `${createHash('sha256').update(loginSession, 'utf8').digest('hex')}.json`;
}

type Json = Record<string, unknown>;
const objectOf = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

async function readDocument(path: string): Promise<{ document: Json } | { problem: LoginProblem }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (e) {
    return { problem: (e as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable' };
  }
  try {
    const document = objectOf(JSON.parse(text));
    if (document) return { document };
  } catch {
    // Told below: the parser's message would quote the file.
  }
  return { problem: 'torn' };
}

/** Reads a login session's file; the same fields must be there as botocore and the JS SDK insist on. */
export async function readLogin(
  dir: string,
  loginSession: string,
): Promise<{ token: LoginToken } | { problem: LoginProblem }> {
  const read = await readDocument(join(dir, loginFileName(loginSession)));
  if ('problem' in read) return read;
  const { document } = read;
  const keys = objectOf(document.accessToken) ?? {};
  const expiresAt = parseDate(keys.expiresAt);
  const [accessKeyId, secretAccessKey, sessionToken, accountId] = [
    keys.accessKeyId,
    keys.secretAccessKey,
    keys.sessionToken,
    keys.accountId,
  ].map(textOf);
  const [clientId, refreshToken, dpopKey] = [document.clientId, document.refreshToken, document.dpopKey].map(
    textOf,
  );
  if (!accessKeyId || !secretAccessKey || !sessionToken || !accountId || expiresAt === null) {
    return { problem: 'incomplete' };
  }
  if (!clientId || !refreshToken || !dpopKey) return { problem: 'incomplete' };
  return {
    token: {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      accountId,
      expiresAt,
      clientId,
      refreshToken,
      dpopKey,
      signInRegion: textOf(document.signInRegion),
    },
  };
}

/** Writes what a refresh gave; fields that we do not know stay. 0600, in one step. Rejects with the system's error. */
export async function writeLogin(dir: string, loginSession: string, token: LoginToken): Promise<void> {
  const path = join(dir, loginFileName(loginSession));
  const read = await readDocument(path);
  const before = 'document' in read ? read.document : {};
  const { accessKeyId, secretAccessKey, sessionToken, accountId, expiresAt } = token;
  const document = {
    ...before,
    accessToken: {
      ...objectOf(before.accessToken),
      accessKeyId,
      secretAccessKey,
      sessionToken,
      accountId,
      expiresAt: formatDate(expiresAt),
    },
    clientId: token.clientId,
    refreshToken: token.refreshToken,
    dpopKey: token.dpopKey,
  };
  await replaceFile(path, JSON.stringify(document), { mode: 0o600 });
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Proof of possession of `dpopKey` for a POST to `url` (RFC 9449, ES256). Errors: whatever node:crypto says of the key. */
export function dpopProof(dpopKey: string, url: string, now: number): string {
  const key = createPrivateKey(dpopKey);
  const { x, y } = createPublicKey(key).export({ format: 'jwk' });
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', x, y, crv: 'P-256' } };
  const payload = { htm: 'POST', htu: url, iat: Math.floor(now / 1000), jti: randomUUID() };
  const message = `${base64url(header)}.${base64url(payload)}`;
  const signature = sign('sha256', Buffer.from(message), { key, dsaEncoding: 'ieee-p1363' });
  return `${message}.${signature.toString('base64url')}`;
}

/** As dpopProof. Errors: AwsFault of kind `client`: no later try helps. What node:crypto says may quote the key. */
function proofFor({ dpopKey }: LoginToken, url: string, now: number): string {
  try {
    return dpopProof(dpopKey, url, now);
  } catch {
    const facts = {
      service: 'signin',
      host: new URL(url).host,
      detail: 'the key in its cache is unreadable',
    };
    throw new AwsFault({ ...facts, kind: 'client', name: 'DpopKeyUnreadable' });
  }
}

const timeoutMs = 10_000;

/**
 * New 15-minute credentials and the next refresh token. Errors: AwsFault; `detail` is then the service's own code
 * (`TOKEN_EXPIRED`, `USER_CREDENTIALS_CHANGED`, `INSUFFICIENT_PERMISSIONS`). A key that does not sign is one of kind `client`.
 */
export async function refreshLogin(
  place: { region: string; env: Env; network?: AwsNetwork | undefined },
  token: LoginToken,
): Promise<LoginToken> {
  const network = place.network ?? plainNetwork(place.env);
  const endpoint = signInEndpoint(place.region, network.env());
  const url = `${endpoint}/v1/token`;
  const secrets = [token.refreshToken, token.secretAccessKey, token.sessionToken];
  try {
    // By AWS's clock: a proof of another time is refused.
    const proof = proofFor(token, url, network.now() + network.skewMs());
    const { clientId, refreshToken } = token;
    const response = await exchange(
      {
        method: 'POST',
        url: new URL(url),
        headers: { 'content-type': 'application/json', accept: 'application/json', dpop: proof },
        body: JSON.stringify({ clientId, refreshToken, grantType: 'refresh_token' }),
      },
      network,
      AbortSignal.timeout(timeoutMs),
    );
    const { statusCode = 0, headers } = response;
    const text = Buffer.concat(await response.toArray()).toString('utf8');
    const body = objectOf(text === '' ? {} : JSON.parse(text)) ?? {};
    if (statusCode !== 200) {
      const type = String(headers['x-amzn-errortype'] ?? body.__type ?? 'UnknownError');
      throw {
        name: type.replace(/[:;].*$/, '').replace(/^.*#/, ''),
        message: textOf(body.error) ?? '',
        $metadata: { httpStatusCode: statusCode },
        $response: { statusCode, headers },
      };
    }
    return renewed(token, body, network.now());
  } catch (e) {
    throw toFault(e, { service: 'signin', endpoint, secrets });
  }
}

function renewed(token: LoginToken, body: Json, now: number): LoginToken {
  const keys = objectOf(body.accessToken) ?? {};
  const [accessKeyId, secretAccessKey, sessionToken, refreshToken] = [
    keys.accessKeyId,
    keys.secretAccessKey,
    keys.sessionToken,
    body.refreshToken,
  ].map(textOf);
  if (!accessKeyId || !secretAccessKey || !sessionToken || !refreshToken) {
    throw { name: 'IncompleteAnswer', $metadata: { httpStatusCode: 500 } };
  }
  const seconds = typeof body.expiresIn === 'number' && body.expiresIn > 0 ? body.expiresIn : 900;
  return {
    ...token,
    accessKeyId,
    secretAccessKey,
    sessionToken,
    refreshToken,
    expiresAt: now + seconds * 1000,
  };
}
