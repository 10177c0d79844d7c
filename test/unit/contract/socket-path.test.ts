import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isPrivateFolder,
  MAX_SOCKET_PATH_BYTES,
  socketPlace,
  stateFolder,
} from '../../../src/contract/socket-path.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const place = (name: 'agent' | 'pty-host', home: string, platform = 'linux', uid = 1000) =>
  socketPlace(name, { platform, uid, home, sha256 });

test('the state folder is where env-paths puts data, and BEDROCK_TRAY_HOME wins', () => {
  const data = (env: Record<string, string>) =>
    execFileSync(
      process.execPath,
      ['-e', "import('env-paths').then((m) => console.log(m.default('bedrock-tray', { suffix: '' }).data))"],
      { env: { PATH: process.env.PATH ?? '', ...env }, encoding: 'utf8' },
    ).trim();
  for (const env of [{ HOME: '/home/ann' }, { HOME: '/home/ann', XDG_DATA_HOME: '/data' }]) {
    expect(stateFolder({ platform: process.platform, env, userHome: env.HOME })).toBe(data(env));
  }
  const env = { XDG_DATA_HOME: '/data', BEDROCK_TRAY_HOME: '/elsewhere' };
  expect(stateFolder({ platform: 'linux', env, userHome: '/home/ann' })).toBe('/elsewhere');
  expect(stateFolder({ platform: 'darwin', env: {}, userHome: '/Users/ann' })).toBe(
    '/Users/ann/Library/Application Support/bedrock-tray',
  );
  expect(stateFolder({ platform: 'win32', env: { LOCALAPPDATA: 'C:\\L' }, userHome: 'C:\\Users\\ann' })).toBe(
    'C:\\L\\bedrock-tray\\Data',
  );
});

test('a short state folder holds its own sockets', () => {
  expect(place('agent', '/home/ann/.local/share/bedrock-tray')).toEqual({
    path: '/home/ann/.local/share/bedrock-tray/agent.sock',
    folder: '/home/ann/.local/share/bedrock-tray',
  });
});

test('whatever the state folder is, the path is short enough, its own, and in a folder that can be checked', () => {
  const segment = fc.string({ minLength: 1, maxLength: 60 }).filter((s) => !/[/\0]/.test(s));
  const home = fc.array(segment, { minLength: 1, maxLength: 12 }).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(home, home, fc.nat(4_000_000_000), (one, two, uid) => {
      const agent = place('agent', one, 'linux', uid);
      const host = place('pty-host', one, 'linux', uid);
      expect(Buffer.byteLength(agent.path)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
      expect(Buffer.byteLength(host.path)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
      expect(agent.path).not.toBe(host.path);
      expect(agent.path.startsWith(`${agent.folder}/`)).toBe(true);
      expect(place('agent', one, 'linux', uid)).toEqual(agent);
      if (one !== two) expect(place('agent', two, 'linux', uid).path).not.toBe(agent.path);
    }),
    { numRuns: process.env.CI ? 2000 : 100 },
  );
});

test('on Windows it is a pipe named by the state folder', () => {
  const one = place('agent', 'C:\\Users\\ann\\x', 'win32');
  expect(one.folder).toBeNull();
  expect(one.path).toMatch(/^\\\\\.\\pipe\\bedrock-tray-[0-9a-f]{16}-agent$/);
  expect(place('agent', 'C:\\Users\\bob\\x', 'win32').path).not.toBe(one.path);
});

test.each([
  ['ours and closed', { uid: 1000, mode: 0o40700, dir: true }, true],
  ["somebody else's", { uid: 1001, mode: 0o40700, dir: true }, false],
  ['open to the group', { uid: 1000, mode: 0o40750, dir: true }, false],
  ['open to all', { uid: 1000, mode: 0o41777, dir: true }, false],
  ['a symbolic link', { uid: 1000, mode: 0o120700, dir: false }, false],
])('a folder that is %s', (_name, { uid, mode, dir }, trusted) => {
  expect(isPrivateFolder({ uid, mode, isDirectory: () => dir }, 1000)).toBe(trusted);
});
