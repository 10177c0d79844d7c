import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeyringError, processKeyring } from '../../../src/agent/vault/keyring.ts';
import { pinnedNode } from '../../support/sandbox.ts';
import { SecretService, secretServiceMissing } from '../../support/secret-service.ts';

/** The one key in a real Secret Service. */

const program = join(import.meta.dirname, '../../../src/agent/vault/keyring-main.ts');
const ask = (env: Record<string, string>, answerWithinMs = 20_000, account = '/a/state/folder') =>
  processKeyring({ command: [pinnedNode, program], account, env, answerWithinMs });
const key = Uint8Array.from({ length: 32 }, (_, n) => n * 7);

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('no error'),
    (e) => e,
  );
  expect(error).toBeInstanceOf(KeyringError);
  return (error as KeyringError).reason;
}

const missing = secretServiceMissing();
describe.skipIf(missing !== undefined)(`gnome-keyring${missing ? ` (${missing})` : ''}`, () => {
  test('gives back what it was given, for each state folder its own', async () => {
    await using service = await SecretService.start();
    const keyring = ask(service.env);
    expect(await keyring.get()).toBeNull();
    await keyring.set(key);
    expect(await keyring.get()).toEqual(Buffer.from(key));
    const another = ask(service.env, 20_000, '/another');
    expect(await another.get()).toBeNull();
    // An uninstall takes it away, and only this one.
    await another.set(key);
    await keyring.remove();
    expect(await keyring.get()).toBeNull();
    expect(await another.get()).toEqual(Buffer.from(key));
    await keyring.remove();
  });

  test('locked, and nobody there to unlock it: an error in bounded time, and no process is left', async () => {
    await using service = await SecretService.start({ locked: true });
    const before = Date.now();
    const reason = await reasonOf(ask(service.env, 3_000).set(key));
    expect(reason).not.toBe('');
    expect(Date.now() - before).toBeLessThan(10_000);
  });
});

test('no keyring on this machine: told, not the kernel’s instead', async () => {
  const env = { PATH: process.env.PATH ?? '', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
  expect(await reasonOf(ask(env).get())).not.toBe('');
});

test('a keyring that never answers is given up', async () => {
  const never = processKeyring({
    command: [pinnedNode, '-e', 'setInterval(() => {}, 1000)'],
    account: 'a',
    env: {},
    answerWithinMs: 300,
  });
  expect(await reasonOf(never.get())).toBe('timeout');
});

test('a program that cannot be started', async () => {
  const none = processKeyring({ command: ['/nonexistent/program'], account: 'a', env: {} });
  expect(await reasonOf(none.get())).toBe('ENOENT');
});
