import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../../src/contract/index.ts';
import { type Installation, install } from '../../support/installation.ts';
import { SecretService, secretServiceMissing } from '../../support/secret-service.ts';

/** What is real (files, processes) takes its time, more on a busy machine. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

/** The built agent with a real keyring: what lies on disk, and what the next agent makes of it. */

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];
/** Empty where it is gone: a file that is being replaced goes between the listing and the reading. */
const textOf = (file: string) => {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};
/** Files that hold a secret of the loopback AWS in plain. */
const leaks = (...folders: string[]) =>
  folders.flatMap(filesBelow).filter((file) => textOf(file).includes('SbxSecret'));

const missing = secretServiceMissing();
describe.skipIf(missing !== undefined)(`secrets at rest${missing ? ` (${missing})` : ''}`, () => {
  let keyring: SecretService;
  let it_: Installation;
  beforeEach(async () => {
    keyring = await SecretService.start();
    const { DBUS_SESSION_BUS_ADDRESS = '' } = keyring.env;
    it_ = await install({ env: { DBUS_SESSION_BUS_ADDRESS } });
  });
  afterEach(async () => {
    await it_?.stop();
    await keyring?.stop();
  });

  const vault = () => filesBelow(join(it_.home, 'vault')).map((file) => file.split('/').at(-1) ?? '');
  const status = async (): Promise<Snapshot> => JSON.parse((await it_.run(['status', '--json'])).stdout);

  test('nothing plain on disk, served at once after a restart, gone with the sign-out', {
    timeout: 240_000,
  }, async () => {
    let agent = await it_.connect();
    await agent.call('settings.set', { privateTokens: ['sandbox'], encryptedCache: true });
    expect(await it_.login({ args: ['--sso-session', 'sandbox'] })).toMatchObject({ status: 0 });
    const key = async () =>
      JSON.parse((await it_.run(['export-credentials', '--profile', 'sandbox'])).stdout).AccessKeyId;
    const before = await key();
    await soon(() =>
      expect(
        vault()
          .map((name) => name.split('-')[0])
          .sort(),
      ).toEqual(['registration', 'role', 'token']),
    );
    for (const file of filesBelow(join(it_.home, 'vault'))) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(leaks(it_.home, join(it_.sandbox.home, '.aws'))).toEqual([]);
    expect((await status()).ssoSessions.find(({ id }) => id === 'sandbox')).toMatchObject({
      state: 'valid',
      store: 'private',
    });
    agent.close();

    await it_.run(['agent', 'stop']);
    const [last] = (await it_.sandbox.requests()).slice(-1);
    expect(await key()).toBe(before);
    const since = await it_.sandbox.requests({ after: last?.id ?? 0, service: 'portal' });
    expect(since.filter(({ operation }) => operation === 'GetRoleCredentials')).toEqual([]);

    // Into the shared cache, and back: one copy each time.
    agent = await it_.connect();
    await agent.call('settings.set', { privateTokens: [] });
    const cache = join(it_.sandbox.home, '.aws', 'sso', 'cache');
    await soon(() => expect(leaks(cache)).toHaveLength(2));
    await soon(() => expect(vault().map((name) => name.split('-')[0])).toEqual(['role']));
    await agent.call('settings.set', { privateTokens: ['sandbox'] });
    await soon(() => expect(filesBelow(cache)).toEqual([]));
    await soon(() => expect(vault()).toHaveLength(3));

    await agent.call('signOut', {});
    await soon(() => expect(vault().map((name) => name.split('-')[0])).toEqual(['registration']));
    expect(leaks(it_.home, join(it_.sandbox.home, '.aws'))).toEqual([]);
    agent.close();
  });
});

test('without a keyring the wish is refused, and the reason is told', async () => {
  await using alone = await install({ env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } });
  const agent = await alone.connect();
  await expect(agent.call('settings.set', { encryptedCache: true })).rejects.toMatchObject({
    code: 'KeyringUnavailable',
  });
  await expect(agent.call('settings.set', { privateTokens: ['sandbox'] })).rejects.toMatchObject({
    code: 'KeyringUnavailable',
  });
  const state = await agent.call('state.get', {});
  expect(state.settings).toMatchObject({ encryptedCache: false, privateTokens: [] });
  expect(state.keyringProblem).toMatchObject({ code: 'KeyringUnavailable' });
  agent.close();
});
