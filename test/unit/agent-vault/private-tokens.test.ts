import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangeEmitter } from '../../../src/agent/change-emitter.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { createTokenCache, type TokenCache } from '../../../src/agent/keeper/token-cache.ts';
import { createRegistrationCache, fileNameOf } from '../../../src/agent/signin/registrations.ts';
import { PrivateTokens } from '../../../src/agent/vault/private-tokens.ts';
import { Vault } from '../../../src/agent/vault/vault.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import {
  context,
  corp,
  hour,
  MemoryAws,
  MemoryCatalog,
  memorySettings,
  minute,
} from '../../support/keep-alive-rooms.ts';
import { MemoryKeyring } from '../../support/memory-keyring.ts';

/** What is real (files, processes) takes its time, more on a busy machine. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** The real files, a real vault with a keyring in memory, and a keeper on them. */

let home: string;
let clock: FakeClock;
let aws: MemoryAws;
let keyring: MemoryKeyring;
let shared: TokenCache;
let privateTokens: string[];
let changes: ChangeEmitter;
let stop: (() => unknown)[];
const catalog = new MemoryCatalog();
const cacheFolder = () => join(home, '.aws', 'sso', 'cache');
const list = (folder: string) => {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
};
/** Everything below HOME, as text. */
const onDisk = () =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => readFileSync(join(e.parentPath, e.name), 'latin1'))
    .join();

async function start() {
  const vault = new Vault({ ...context(clock), home }, keyring);
  const settings = {
    get: () => ({ ...memorySettings().get(), privateTokens }),
    onChange: (listener: () => void) => changes.onChange(listener),
  };
  const tokens = new PrivateTokens({
    context: context(clock),
    vault,
    settings,
    catalog,
    shared,
    sharedRegistrations: createRegistrationCache(home),
  });
  stop.push(await tokens.start());
  const keeper = new SsoKeeper({
    context: context(clock),
    catalog,
    cache: tokens,
    oidc: aws.oidc,
    portal: aws.portal,
    settings,
  });
  await keeper.start();
  stop.push(() => keeper.stop());
  return { vault, tokens, keeper };
}
async function choose(ids: string[]): Promise<void> {
  privateTokens = ids;
  changes.emit();
  await settle();
}
const registration = {
  clientId: 'client',
  clientSecret: 'SbxSecret-client',
  expiresAt: Date.UTC(2030, 3, 1),
  scopes: ['sso:account:access'],
  grantTypes: ['authorization_code', 'refresh_token'],
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'private-'));
  clock = new FakeClock();
  aws = new MemoryAws(clock);
  keyring = new MemoryKeyring();
  shared = createTokenCache(home);
  privateTokens = [];
  changes = new ChangeEmitter();
  stop = [];
});
afterEach(async () => {
  for (const each of stop.reverse()) await each();
  rmSync(home, { recursive: true, force: true });
});

test('switching moves token and registration, and back; the SSO session lives on', async () => {
  const { tokens, keeper } = await start();
  await keeper.adopt('corp', aws.signIn({ accessToken: 'SbxSecret-1', refreshToken: 'SbxSecret-r1' }));
  await tokens.registrations.write(fileNameOf(corp), registration);
  expect(list(cacheFolder())).toHaveLength(2);
  expect(keeper.views()[0]).toMatchObject({ state: 'valid', store: 'shared' });

  await choose(['corp']);
  await tokens.read('corp');
  expect(list(cacheFolder())).toEqual([]);
  expect(list(join(home, 'vault'))).toHaveLength(2);
  expect(onDisk()).not.toContain('SbxSecret');
  expect(keeper.views()[0]).toMatchObject({ state: 'valid', store: 'private' });
  expect(await keeper.accessToken('corp')).toBe('SbxSecret-1');
  expect(await tokens.registrations.read(fileNameOf(corp))).toEqual(registration);

  await choose([]);
  await tokens.read('corp');
  expect(list(join(home, 'vault'))).toEqual([]);
  expect(list(cacheFolder())).toHaveLength(2);
  expect((await createTokenCache(home).read('corp')).token?.accessToken).toBe('SbxSecret-1');
  expect(await createRegistrationCache(home).read(fileNameOf(corp))).toEqual(registration);
  expect(keeper.views()[0]).toMatchObject({ state: 'valid', store: 'shared' });
});

test('private: refreshed for days, read by the next agent, gone with the sign-out', async () => {
  privateTokens = ['corp'];
  const first = await start();
  await first.keeper.adopt('corp', aws.signIn());
  for (let n = 1; n <= 5; n++) {
    await clock.advance(41 * minute);
    // Files are real, whatever the clock says.
    await soon(() => {
      expect(aws.refreshes).toBe(n);
      expect(first.keeper.views()[0]?.state).toBe('valid');
    });
  }
  await soon(async () => {
    const { value } = await first.vault.read('token', 'corp');
    expect((value as { accessToken: string }).accessToken).toBe(await first.keeper.accessToken('corp'));
  });
  expect(list(cacheFolder())).toEqual([]);
  const token = await first.keeper.accessToken('corp');
  await first.keeper.stop();

  const { keeper } = await start();
  expect(keeper.views()[0]).toMatchObject({ state: 'valid', store: 'private' });
  expect(await keeper.accessToken('corp')).toBe(token);
  await keeper.signOut('corp');
  expect(list(join(home, 'vault'))).toEqual([]);
  expect(aws.logouts).toEqual([token]);
});

test('a keyring that is still locked is no sign-out: when it opens, the session is there', async () => {
  privateTokens = ['corp'];
  const first = await start();
  await first.keeper.adopt('corp', aws.signIn());
  await first.keeper.stop();
  let unlock = () => {};
  keyring.gate = new Promise((resolve) => {
    unlock = resolve;
  });
  const starting = start();
  let isUp = false;
  void starting.then(() => {
    isUp = true;
  });
  // Files are real, whatever the clock says: nobody knows when it begins to wait for the keyring.
  await soon(async () => {
    await clock.advance(5_001);
    expect(isUp).toBe(true);
  });
  const { keeper, tokens } = await starting;
  expect(keeper.views()[0]?.state).toBe('signedOut');
  expect(list(join(home, 'vault'))).toHaveLength(1);
  const unlocked = tokens.unlocked('corp');
  unlock();
  expect(await unlocked).toBe(true);
  expect(await tokens.unlocked('corp')).toBe(false);
  await soon(() => expect(keeper.views()[0]?.state).toBe('valid'));
});

test('without a keyring a private token is in memory only, never in the shared cache', async () => {
  keyring.refuses = 'no such service';
  privateTokens = ['corp'];
  const { keeper } = await start();
  await keeper.adopt('corp', aws.signIn({ accessToken: 'SbxSecret-1' }));
  expect(await keeper.accessToken('corp')).toBe('SbxSecret-1');
  expect(onDisk()).not.toContain('SbxSecret');
});

test('a move that was cut short leaves no second copy', async () => {
  const first = await start();
  const token = aws.signIn({ accessToken: 'SbxSecret-1' });
  await first.keeper.adopt('corp', token);
  // Killed after the vault's file was written, before the shared one was removed.
  await first.vault.write('token', 'corp', token);
  await first.keeper.stop();
  privateTokens = ['corp'];
  const { keeper } = await start();
  expect(list(cacheFolder())).toEqual([]);
  expect(await keeper.accessToken('corp')).toBe('SbxSecret-1');
});

test('what another tool has put into the shared cache meanwhile is not overwritten by an older token', async () => {
  privateTokens = ['corp'];
  const { keeper, tokens } = await start();
  await keeper.adopt('corp', aws.signIn());
  const theirs = aws.signIn({ expiresAt: clock.now() + 5 * hour });
  await createTokenCache(home).write('corp', theirs);
  await choose([]);
  expect((await tokens.read('corp')).token?.accessToken).toBe(theirs.accessToken);
  expect(list(join(home, 'vault'))).toEqual([]);
});

test('signed out of all: what another tool put beside a private token goes too', async () => {
  privateTokens = ['corp'];
  const { keeper } = await start();
  await keeper.adopt('corp', aws.signIn());
  await createTokenCache(home).write('corp', aws.signIn({ accessToken: 'SbxSecret-theirs' }));
  await keeper.signOut();
  expect(onDisk()).not.toContain('SbxSecret');
  expect(list(cacheFolder())).toEqual([]);
});

test('a token that cannot be moved stays in use where it is, and is moved by the next change', async () => {
  const { tokens, keeper } = await start();
  await keeper.adopt('corp', aws.signIn({ accessToken: 'SbxSecret-1' }));
  // Nothing can be written where a file is in the way.
  writeFileSync(join(home, 'vault'), '');
  await choose(['corp']);
  await tokens.read('corp');
  await settle();
  expect(keeper.views()[0]).toMatchObject({ state: 'valid', store: 'shared' });
  expect(await keeper.accessToken('corp')).toBe('SbxSecret-1');
  rmSync(join(home, 'vault'));
  await choose(['corp', 'lab']);
  await tokens.read('corp');
  expect(keeper.views()[0]).toMatchObject({ state: 'valid', store: 'private' });
  expect(onDisk()).not.toContain('SbxSecret');
});

test('a second copy that cannot be removed keeps no agent from starting', async () => {
  const first = await start();
  const token = aws.signIn();
  await first.keeper.adopt('corp', token);
  await first.vault.write('token', 'corp', token);
  await first.keeper.stop();
  privateTokens = ['corp'];
  shared.remove = () => Promise.reject(Object.assign(new Error('read-only'), { code: 'EROFS' }));
  const { keeper } = await start();
  expect(await keeper.accessToken('corp')).toBe(token.accessToken);
});

test('a token that is being written while its store is switched is moved too', async () => {
  const { tokens, keeper } = await start();
  await keeper.adopt('corp', aws.signIn({ accessToken: 'SbxSecret-1' }));
  const { write } = shared;
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  shared.write = async (id, token) => {
    await gate;
    await write(id, token);
  };
  const writing = tokens.write('corp', aws.signIn({ accessToken: 'SbxSecret-2' }));
  await settle();
  await choose(['corp']);
  goOn();
  await writing;
  expect((await tokens.read('corp')).token?.accessToken).toBe('SbxSecret-2');
  expect(onDisk()).not.toContain('SbxSecret');
});
