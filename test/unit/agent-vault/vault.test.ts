import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seal, unseal } from '../../../src/agent/vault/sealed.ts';
import { Vault } from '../../../src/agent/vault/vault.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { context } from '../../support/keep-alive-rooms.ts';
import { MemoryKeyring } from '../../support/memory-keyring.ts';

const secret = 'aoaAAAAA-a-secret-that-nobody-may-read';

describe('sealed', () => {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  test('opens under its own name with its own key, and else not at all', () => {
    const sealed = seal(key, 'token-a', Buffer.from(secret), nonce);
    expect(unseal(key, 'token-a', sealed)?.toString()).toBe(secret);
    expect(unseal(key, 'token-b', sealed)).toBeNull();
    expect(unseal(randomBytes(32), 'token-a', sealed)).toBeNull();
    expect(sealed.includes('secret')).toBe(false);
  });
  test('no bit of it can be changed, nothing cut off or added', () => {
    const sealed = seal(key, 'n', Buffer.from(secret), nonce);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = Buffer.from(sealed);
        other[at] = (other[at] ?? 0) ^ change;
        expect(unseal(key, 'n', other)).toBeNull();
        expect(unseal(key, 'n', sealed.subarray(0, at))).toBeNull();
        expect(unseal(key, 'n', Buffer.concat([sealed, Buffer.of(change)]))).toBeNull();
      }),
    );
  });
});

describe('vault', () => {
  let home: string;
  let clock: FakeClock;
  let keyring: MemoryKeyring;
  let warnings: string[];
  const open = () =>
    new Vault(
      {
        ...context(clock),
        home,
        log: { ...context(clock).log, warn: (fields, m) => warnings.push(`${m} ${JSON.stringify(fields)}`) },
      },
      keyring,
    );
  const files = () => readdirSync(join(home, 'vault'));
  const onDisk = () =>
    files()
      .map((name) => readFileSync(join(home, 'vault', name), 'latin1'))
      .join();

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'vault-'));
    clock = new FakeClock();
    keyring = new MemoryKeyring();
    warnings = [];
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  test('what one agent leaves, the next one reads; nobody else does', async () => {
    const first = open();
    expect(await first.read('token', 'corp')).toEqual({ value: null, locked: false });
    await first.write('token', 'corp', { accessToken: secret });
    await first.write('token', 'corp', { accessToken: `${secret}-2` });
    expect(await open().read('token', 'corp')).toEqual({
      value: { accessToken: `${secret}-2` },
      locked: false,
    });
    expect(await open().read('token', 'other')).toEqual({ value: null, locked: false });
    expect(await open().read('registration', 'corp')).toEqual({ value: null, locked: false });
    expect(files()).toHaveLength(1);
    expect(files()[0]).toMatch(/^token-[0-9a-f]{40}$/);
    expect(statSync(join(home, 'vault', files()[0] ?? '')).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'vault')).mode & 0o777).toBe(0o700);
    expect(onDisk()).not.toContain('secret');
    expect(warnings.join()).not.toContain(secret);
  });

  test('the same twice is not the same on disk', async () => {
    const vault = open();
    await vault.write('token', 'corp', secret);
    const before = onDisk();
    await vault.write('token', 'corp', secret);
    expect(onDisk()).not.toBe(before);
  });

  test('a file that does not open is as if it were not there, and is told', async () => {
    await open().write('token', 'corp', secret);
    const file = join(home, 'vault', files()[0] ?? '');
    for (const bytes of [Buffer.from('nonsense'), Buffer.alloc(0), randomBytes(200)]) {
      writeFileSync(file, bytes);
      expect(await open().read('token', 'corp')).toEqual({ value: null, locked: false });
    }
    expect(warnings).toHaveLength(3);
    // Another one's file under this name.
    await open().write('token', 'other', secret);
    const other = files().find((name) => join(home, 'vault', name) !== file) ?? '';
    writeFileSync(file, readFileSync(join(home, 'vault', other)));
    expect(await open().read('token', 'corp')).toEqual({ value: null, locked: false });
    await open().write('token', 'corp', 'new');
    expect(await open().read('token', 'corp')).toEqual({ value: 'new', locked: false });
  });

  test('without a keyring it is in memory only, and the reason is told', async () => {
    keyring.refuses = 'no such service';
    const vault = open();
    await vault.write('token', 'corp', secret);
    expect(await vault.read('token', 'corp')).toEqual({ value: secret, locked: false });
    expect(vault.problem()?.view()).toEqual({
      code: 'KeyringUnavailable',
      params: { reason: 'no such service' },
    });
    expect(readdirSync(home)).toEqual([]);
    // Nothing lies on disk: there is nothing behind the keyring either.
    expect(await open().read('token', 'corp')).toEqual({ value: null, locked: false });
    // Not asked at each wish.
    const { asked } = keyring;
    for (let n = 0; n < 20; n++) await vault.read('token', 'corp');
    expect(keyring.asked).toBe(asked);
    // It comes: what was in memory is kept from now on.
    keyring.refuses = null;
    await clock.advance(61_000);
    await vault.read('token', 'corp');
    expect(vault.problem()).toBeNull();
    expect(await open().read('token', 'corp')).toEqual({ value: secret, locked: false });
    await expect(vault.demand()).resolves.toBeUndefined();
  });

  test('what is removed or written anew while the key comes is not written as it was', async () => {
    keyring.refuses = 'no such service';
    let later = (): unknown => null;
    const random = (bytes: number) => {
      later();
      later = () => null;
      return randomBytes(bytes);
    };
    const vault = new Vault({ ...context(clock), home, random }, keyring);
    for (const id of ['a', 'b', 'c']) await vault.write('token', id, `${id}-old`);
    keyring.refuses = null;
    keyring.key = randomBytes(32);
    // The first is being sealed.
    const done: Promise<void>[] = [];
    later = () => done.push(vault.remove('token', 'b'), vault.write('token', 'c', 'c-new'));
    await clock.advance(61_000);
    await vault.open();
    await Promise.all(done);
    expect(done).toHaveLength(2);
    const read = async (id: string) => (await open().read('token', id)).value;
    expect(await Promise.all(['a', 'b', 'c'].map(read))).toEqual(['a-old', null, 'c-new']);
  });

  test('a locked keyring holds nobody up; when it is unlocked, that is told', async () => {
    let unlock = () => {};
    keyring.key = randomBytes(32);
    await open().write('token', 'corp', secret);
    keyring.gate = new Promise((resolve) => {
      unlock = resolve;
    });
    const vault = open();
    let told = 0;
    vault.onChange(() => told++);
    const reading = vault.read('token', 'corp');
    const demanding = vault.demand().catch((e) => e.view());
    await settle();
    await clock.advance(5_001);
    expect(await reading).toEqual({ value: null, locked: true });
    expect(await demanding).toEqual({ code: 'KeyringUnavailable', params: { reason: 'timeout' } });
    unlock();
    await settle();
    expect(told).toBe(1);
    expect(await vault.read('token', 'corp')).toEqual({ value: secret, locked: false });
  });

  test('an entry that is not our key is not used and not overwritten', async () => {
    keyring.key = Buffer.from('short');
    const vault = open();
    await vault.write('token', 'corp', secret);
    expect(vault.problem()?.code).toBe('KeyringUnavailable');
    expect(keyring.key).toEqual(Buffer.from('short'));
  });

  test('kinds are cleared by themselves', async () => {
    const vault = open();
    await vault.write('token', 'corp', 1);
    await vault.write('role-a', 'x', 2);
    await vault.write('role-a', 'y', 3);
    await vault.write('role-b', 'x', 4);
    await vault.clear('role-a');
    expect(files()).toHaveLength(2);
    await vault.clear('role');
    expect(files().map((name) => name.split('-')[0])).toEqual(['token']);
    await vault.remove('token', 'corp');
    expect(files()).toEqual([]);
  });

  test('a folder that cannot be written: told, and the old file stands', async () => {
    const vault = open();
    await vault.write('token', 'corp', 'old');
    const folder = join(home, 'vault');
    // To root nothing is closed: somebody else writes then.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      for (const path of [home, folder, ...files().map((name) => join(folder, name))])
        chownSync(path, 65_534, 65_534);
    }
    chmodSync(folder, 0o500);
    try {
      if (isRoot) process.seteuid?.(65_534);
      await expect(vault.write('token', 'corp', 'new')).rejects.toMatchObject({ code: 'StorageFailed' });
      expect(await open().read('token', 'corp')).toEqual({ value: 'old', locked: false });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  });
});
