import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  deleteToken,
  formatDate,
  parseDate,
  readRegistration,
  readToken,
  registrationFileName,
  type SsoToken,
  ssoCacheDir,
  tokenFileName,
  writeRegistration,
  writeToken,
} from '../../../src/aws/sso-cache.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sso-cache-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const put = (id: string, content: unknown) =>
  writeFile(join(dir, tokenFileName(id)), typeof content === 'string' ? content : JSON.stringify(content));
const onDisk = async (id: string) => JSON.parse(await readFile(join(dir, tokenFileName(id)), 'utf8'));

const token: SsoToken = {
  startUrl: 'https://d-123.awsapps.com/start',
  region: 'us-west-2',
  accessToken: 'cachedtoken',
  expiresAt: Date.UTC(2021, 11, 25, 21, 30),
  clientId: 'clientid',
  clientSecret: 'YSBzZWNyZXQ=',
  registrationExpiresAt: Date.UTC(2022, 11, 25, 13, 30),
  refreshToken: 'cachedrefreshtoken',
};

test('files are named by SHA-1 of the session name or the start URL', () => {
  expect(tokenFileName('my-sso')).toBe('0ad374308c5a4e22f723adf10145eafad7c4031c.json');
  expect(tokenFileName('https://d-92671207e4.awsapps.com/start')).toBe(
    '13f9d35043871d073ab260e020f0ffde092cb14b.json',
  );
  expect(ssoCacheDir('/home/me')).toBe(join('/home/me', '.aws', 'sso', 'cache'));
});

describe('the token cases that every AWS SDK is held to, as far as the file goes', () => {
  const admin = 'admin';
  test('1: all fields', async () => {
    await put(admin, {
      startUrl: token.startUrl,
      region: 'us-west-2',
      accessToken: 'cachedtoken',
      expiresAt: '2021-12-25T21:30:00Z',
      clientId: 'clientid',
      clientSecret: 'YSBzZWNyZXQ=',
      registrationExpiresAt: '2022-12-25T13:30:00Z',
      refreshToken: 'cachedrefreshtoken',
    });
    expect(await readToken(dir, admin)).toEqual({ token });
  });
  test('2 and 3: only accessToken and expiresAt, in the future or in the past', async () => {
    await put(admin, { accessToken: 'cachedtoken', expiresAt: '2021-12-25T21:30:00Z' });
    expect(await readToken(dir, admin)).toEqual({
      token: { startUrl: '', region: '', accessToken: 'cachedtoken', expiresAt: token.expiresAt },
    });
    await put(admin, { accessToken: 'cachedtoken', expiresAt: '2021-12-25T13:00:00Z' });
    expect((await readToken(dir, admin)).token?.expiresAt).toBe(Date.UTC(2021, 11, 25, 13));
  });
  test('4: no expiresAt', async () => {
    await put(admin, { accessToken: 'cachedtoken' });
    expect(await readToken(dir, admin)).toEqual({ token: null, problem: 'no-expiry' });
  });
  test('5: no accessToken', async () => {
    await put(admin, { expiresAt: '2021-12-25T13:00:00Z' });
    expect(await readToken(dir, admin)).toEqual({ token: null, problem: 'no-access-token' });
  });
  test('6: a refreshed token is written back with all 8 fields', async () => {
    await put(admin, { ...token, expiresAt: '2021-12-25T13:00:00Z', accessToken: 'old' });
    await writeToken(dir, admin, { ...token, accessToken: 'newtoken', refreshToken: 'newrefreshtoken' });
    expect(await onDisk(admin)).toEqual({
      startUrl: token.startUrl,
      region: 'us-west-2',
      accessToken: 'newtoken',
      expiresAt: '2021-12-25T21:30:00Z',
      clientId: 'clientid',
      clientSecret: 'YSBzZWNyZXQ=',
      registrationExpiresAt: '2022-12-25T13:30:00Z',
      refreshToken: 'newrefreshtoken',
    });
  });
  test('7: no refreshToken was returned: none is written', async () => {
    await put(admin, { ...token, refreshToken: 'cachedrefreshtoken' });
    const { refreshToken: _, ...without } = token;
    await writeToken(dir, admin, without);
    expect(await onDisk(admin)).not.toHaveProperty('refreshToken');
  });
  test('8: expired token and registration are read as they are', async () => {
    await put(admin, {
      accessToken: 'cachedtoken',
      expiresAt: '2021-12-25T13:00:00Z',
      clientId: 'clientid',
      clientSecret: 's',
      registrationExpiresAt: '2021-11-25T13:30:00Z',
      refreshToken: 'cachedrefreshtoken',
    });
    expect((await readToken(dir, admin)).token?.registrationExpiresAt).toBe(Date.UTC(2021, 10, 25, 13, 30));
  });
});

test('torn, empty and foreign files are told apart from missing ones', async () => {
  expect(await readToken(dir, 'x')).toEqual({ token: null, problem: 'missing' });
  for (const text of ['', '{"accessToken": "a", "expi', '[]', 'null', '"text"', '\u0000\u0001']) {
    await put('x', text);
    expect(await readToken(dir, 'x'), text).toEqual({ token: null, problem: 'torn' });
  }
  await put('x', { accessToken: 1, expiresAt: '2021-12-25T21:30:00Z' });
  expect((await readToken(dir, 'x')).problem).toBe('no-access-token');
  await put('x', { accessToken: 'a', expiresAt: 'soon' });
  expect((await readToken(dir, 'x')).problem).toBe('no-expiry');
  await rm(join(dir, tokenFileName('x')));
  await mkdir(join(dir, tokenFileName('x')));
  expect((await readToken(dir, 'x')).problem).toBe('unreadable');
});

test('unknown fields stay, the mode becomes 0600, nothing else is left in the folder', async () => {
  await put('x', { ...token, expiresAt: '2021-12-25T13:00:00Z', ours: { of: 'another tool' } });
  await writeToken(dir, 'x', token);
  expect((await onDisk('x')).ours).toEqual({ of: 'another tool' });
  expect((await stat(join(dir, tokenFileName('x')))).mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual([tokenFileName('x')]);
});

test('the cache folder is made where it is not there, only for its owner', async () => {
  const deep = join(dir, '.aws', 'sso', 'cache');
  await writeToken(deep, 'x', token);
  expect((await stat(deep)).mode & 0o777).toBe(0o700);
  expect(await readToken(deep, 'x')).toEqual({ token });
});

test('a symbolic link stays one, its target is replaced', async () => {
  const real = join(dir, 'elsewhere.json');
  await writeFile(real, '{"note":"kept"}');
  await symlink('elsewhere.json', join(dir, tokenFileName('x')));
  await writeToken(dir, 'x', token);
  expect((await lstat(join(dir, tokenFileName('x')))).isSymbolicLink()).toBe(true);
  expect(JSON.parse(await readFile(real, 'utf8'))).toMatchObject({
    note: 'kept',
    accessToken: 'cachedtoken',
  });
  const dangling = join(dir, tokenFileName('y'));
  await symlink('not-yet.json', dangling);
  await writeToken(dir, 'y', token);
  expect((await lstat(dangling)).isSymbolicLink()).toBe(true);
  expect(await readToken(dir, 'y')).toEqual({ token });
});

test('a write that fails leaves the old file and no other', async () => {
  await writeToken(dir, 'x', token);
  const before = await readFile(join(dir, tokenFileName('x')), 'utf8');
  await mkdir(join(dir, tokenFileName('blocked')));
  await expect(writeToken(dir, 'blocked', token)).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readFile(join(dir, tokenFileName('x')), 'utf8')).toBe(before);
  expect((await readdir(dir)).sort()).toEqual([tokenFileName('x'), tokenFileName('blocked')].sort());
});

test('many readers never see a torn file while it is written again and again', async () => {
  await writeToken(dir, 'x', token);
  let writing = true;
  const writer = (async () => {
    for (let n = 0; n < 150; n++)
      await writeToken(dir, 'x', { ...token, accessToken: 'a'.repeat(n * 50 + 1) });
    writing = false;
  })();
  while (writing) expect((await readToken(dir, 'x')).problem).toBeUndefined();
  await writer;
});

test('deleting is quiet about what is not there', async () => {
  await writeToken(dir, 'x', token);
  await deleteToken(dir, 'x');
  await deleteToken(dir, 'x');
  expect(await readdir(dir)).toEqual([]);
});

test('dates: every form that tools have written; formatting never promises more than there is', () => {
  const at = Date.UTC(2021, 11, 25, 21, 30);
  for (const text of [
    '2021-12-25T21:30:00Z',
    '2021-12-25T21:30:00UTC',
    '2021-12-25T21:30:00+00:00',
    '2021-12-25T22:30:00+01:00',
    '2021-12-25T21:30:00.000Z',
    '2021-12-25T21:30:00',
  ]) {
    expect(parseDate(text), text).toBe(at);
  }
  for (const text of ['', 'soon', null, 5, '2021-13-45T99:99:99Z']) expect(parseDate(text)).toBeNull();
  expect(formatDate(at + 999)).toBe('2021-12-25T21:30:00Z');
});

test('any token survives a round trip', async () => {
  const text = fc.string({ minLength: 1, unit: 'binary' });
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 }).map((s) => s * 1000);
  await fc.assert(
    fc.asyncProperty(
      fc.record(
        {
          startUrl: text,
          region: text,
          accessToken: text,
          expiresAt: seconds,
          refreshToken: text,
          clientId: text,
          clientSecret: text,
          registrationExpiresAt: seconds,
        },
        { requiredKeys: ['startUrl', 'region', 'accessToken', 'expiresAt'] },
      ),
      async (any) => {
        await writeToken(dir, 'x', any);
        expect(await readToken(dir, 'x')).toEqual({ token: any });
      },
    ),
    { numRuns: process.env.CI ? 200 : 40 },
  );
});

test('registrations: read and written as the AWS CLI does', async () => {
  const name = registrationFileName({
    region: 'us-east-1',
    scopes: ['sso:account:access'],
    sessionName: 'my-sso',
    startUrl: 'https://x.awsapps.com/start',
  });
  expect(name).toMatch(/^[0-9a-f]{40}\.json$/);
  expect(await readRegistration(dir, name)).toBeNull();
  const registration = {
    clientId: 'c',
    clientSecret: 's',
    expiresAt: Date.UTC(2030, 0, 1),
    scopes: ['sso:account:access'],
    grantTypes: ['authorization_code', 'refresh_token'],
  };
  await writeRegistration(dir, name, registration);
  expect(await readRegistration(dir, name)).toEqual(registration);
  expect(JSON.parse(await readFile(join(dir, name), 'utf8')).expiresAt).toBe('2030-01-01T00:00:00Z');
});
