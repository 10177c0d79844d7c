import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { Call, Reply } from './http.ts';
import { header, json, jsonBody, restError } from './http.ts';
import type { IssuedKey, World } from './world.ts';
import { newSecret } from './world.ts';

/** AWS Sign-In's token operation as `aws login` sessions use it: a refresh token, and a proof of the key (DPoP). */

const clientId = 'arn:aws:signin:::devtools/same-device';
const lifetimeSeconds = 900;

const keysOf = ({ accessKeyId, secretAccessKey, sessionToken }: IssuedKey) => ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
});

/** What `aws login` leaves in ~/.aws/login/cache for a person who has just signed in. */
export function newLogin(
  world: World,
  who: { accountId: string; userName: string; lifetimeSeconds: number },
  now: number,
): Record<string, unknown> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const { accountId, userName } = who;
  const refreshToken = newSecret('');
  world.logins.push({ accountId, userName, clientId, jwk: { x, y }, proofs: new Set(), refreshToken });
  const key = world.issueUserKey({ ...who, source: 'login', now });
  return {
    accessToken: {
      ...keysOf(key),
      accountId,
      expiresAt: new Date(key.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    tokenType: 'aws_sigv4',
    clientId,
    refreshToken,
    idToken: 'sandbox.id.token',
    dpopKey: privateKey.export({ type: 'sec1', format: 'pem' }),
    signInRegion: world.region,
  };
}

const part = (text: string | undefined): Record<string, unknown> => {
  const value: unknown = JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
  return value as Record<string, unknown>;
};

/** Whether the DPoP header proves possession of that key for this very request, for the first time. */
function isProof(world: World, call: Call, jwk: { x: string; y: string }, used: Set<string>): boolean {
  const [head, body, signature] = (header(call, 'dpop') ?? '').split('.');
  try {
    const {
      typ,
      alg,
      jwk: given,
    } = part(head) as { typ?: string; alg?: string; jwk?: Record<string, string> };
    const { htm, htu, iat, jti } = part(body) as { htm?: string; htu?: string; iat?: number; jti?: string };
    if (typ !== 'dpop+jwt' || alg !== 'ES256' || given?.x !== jwk.x || given?.y !== jwk.y) return false;
    if (htm !== 'POST' || new URL(htu ?? '').pathname !== '/v1/token') return false;
    if (new URL(htu ?? '').origin !== new URL(world.baseUrl).origin) return false;
    if (Math.abs(call.now / 1000 - (iat ?? 0)) > 300 || !jti || used.has(jti)) return false;
    used.add(jti);
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', ...jwk }, format: 'jwk' });
    return verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature ?? '', 'base64url'),
    );
  } catch {
    return false;
  }
}

function denied(call: Call, error: string, message: string): Reply {
  call.note.error = error;
  return json(400, { error, message }, { 'x-amzn-errortype': 'AccessDeniedException' });
}

export function createOAuth2Token(world: World, call: Call): Reply {
  const { clientId: client, grantType, refreshToken } = jsonBody(call) ?? {};
  call.note.auth = 'token';
  if (grantType !== 'refresh_token') {
    return restError(call, 400, 'ValidationException', 'The sandbox plays refresh_token only.');
  }
  const login = world.logins.find((l) => l.refreshToken === refreshToken && l.clientId === client);
  if (world.switches.loginError) return denied(call, world.switches.loginError, 'Refused by a switch.');
  if (!login) return denied(call, 'TOKEN_EXPIRED', 'The refresh token has expired or was used.');
  if (!isProof(world, call, login.jwk, login.proofs)) {
    return restError(call, 400, 'ValidationException', 'The DPoP proof is not valid.');
  }
  login.refreshToken = newSecret('');
  const { accountId, userName } = login;
  const key = world.issueUserKey({ accountId, userName, source: 'login', now: call.now, lifetimeSeconds });
  return json(200, {
    accessToken: keysOf(key),
    tokenType: 'aws_sigv4',
    expiresIn: lifetimeSeconds,
    refreshToken: login.refreshToken,
  });
}
