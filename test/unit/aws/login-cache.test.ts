import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signInEndpoint } from '../../../src/aws/endpoints.ts';
import {
  dpopProof,
  loginCacheDir,
  loginFileName,
  readLogin,
  writeLogin,
} from '../../../src/aws/login-cache.ts';

const session = 'arn:aws:iam::111122223333:user/someone';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const document = {
  accessToken: {
    accessKeyId: 'ASIAX',
    secretAccessKey: 's',
    sessionToken: 't',
    accountId: '111122223333',
    expiresAt: '2030-01-01T00:15:00Z',
  },
  tokenType: 'aws_sigv4',
  clientId: 'arn:aws:signin:::devtools/same-device',
  refreshToken: 'r1',
  idToken: 'i',
  dpopKey: privateKey.export({ type: 'sec1', format: 'pem' }),
};
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'login-cache-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));
const put = (value: unknown) =>
  writeFile(join(dir, loginFileName(session)), typeof value === 'string' ? value : JSON.stringify(value));

describe('the cache of aws login', () => {
  it('is where the AWS CLI has it', () => {
    expect(loginCacheDir({}, '/home/me')).toBe('/home/me/.aws/login/cache');
    expect(loginCacheDir({ AWS_LOGIN_CACHE_DIRECTORY: '~/x' }, '/home/me')).toBe('/home/me/x');
    // sha256 of the value of login_session
    expect(loginFileName('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.json',
    );
  });

  it('is read; what lacks a field that the AWS tools insist on is none', async () => {
    expect(await readLogin(dir, session)).toEqual({ problem: 'missing' });
    await put('{"accessToken": {');
    expect(await readLogin(dir, session)).toEqual({ problem: 'torn' });
    for (const field of ['accessToken', 'clientId', 'refreshToken', 'dpopKey']) {
      await put({ ...document, [field]: undefined });
      expect(await readLogin(dir, session)).toEqual({ problem: 'incomplete' });
    }
    await put(document);
    expect(await readLogin(dir, session)).toMatchObject({
      token: { accessKeyId: 'ASIAX', expiresAt: Date.UTC(2030, 0, 1, 0, 15), signInRegion: null },
    });
  });

  it('is written with what we do not know, for our user only', async () => {
    await put({ ...document, signInRegion: 'eu-west-1', later: { a: 1 } });
    const read = await readLogin(dir, session);
    if (!('token' in read)) throw new Error(read.problem);
    await writeLogin(dir, session, { ...read.token, accessKeyId: 'ASIAY', refreshToken: 'r2' });
    const path = join(dir, loginFileName(session));
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      ...document,
      accessToken: { ...document.accessToken, accessKeyId: 'ASIAY' },
      refreshToken: 'r2',
      signInRegion: 'eu-west-1',
      later: { a: 1 },
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('a proof of possession', () => {
  it('is a JWT of RFC 9449 that the public key in it confirms', () => {
    const proof = dpopProof(document.dpopKey.toString(), 'https://x/v1/token', 1_900_000_000_000);
    const [header = '', payload = '', signature = ''] = proof.split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    const { jwk, ...rest } = read(header);
    expect(rest).toEqual({ typ: 'dpop+jwt', alg: 'ES256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    expect(jwk).toEqual({ kty: 'EC', crv: 'P-256', x, y });
    expect(read(payload)).toMatchObject({ htm: 'POST', htu: 'https://x/v1/token', iat: 1_900_000_000 });
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    const raw = Buffer.from(signature, 'base64url');
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true);
  });
});

describe('AWS Sign-In is at', () => {
  it.each([
    ['eu-west-1', {}, 'https://eu-west-1.signin.aws.amazon.com'],
    ['cn-north-1', {}, 'https://cn-north-1.signin.amazonaws.cn'],
    ['us-gov-west-1', {}, 'https://us-gov-west-1.signin.amazonaws-us-gov.com'],
    ['us-east-1', { AWS_ENDPOINT_URL_SIGNIN: 'https://own.example/' }, 'https://own.example'],
    ['us-east-1', { AWS_ENDPOINT_URL: 'https://all.example' }, 'https://all.example'],
  ])('%s %j', (region, env, url) => {
    expect(signInEndpoint(region, env)).toBe(url);
  });
});
