import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import { ChangeEmitter } from '../../../src/agent/change-emitter.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import type { SsoToken } from '../../../src/agent/ports.ts';
import { KeptRoles } from '../../../src/agent/vault/kept-roles.ts';
import { Vault } from '../../../src/agent/vault/vault.ts';
import { onlySso } from '../../support/broker-sources.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import {
  context,
  MemoryAws,
  MemoryCatalog,
  MemoryTokenCache,
  memorySettings,
  minute,
} from '../../support/keep-alive-rooms.ts';
import { MemoryKeyring } from '../../support/memory-keyring.ts';

/** A broker that is restarted, with what the one before it has left. */

let home: string;
let clock: FakeClock;
let aws: MemoryAws;
let cache: MemoryTokenCache;
let keyring: MemoryKeyring;
let encryptedCache: boolean;
let changes: ChangeEmitter;
let end: () => Promise<void>;

async function start(unlocked = async (_ssoSession: string) => false) {
  await end();
  const settings = {
    get: () => ({ ...memorySettings().get(), encryptedCache }),
    onChange: (listener: () => void) => changes.onChange(listener),
  };
  const parts = { context: context(clock), catalog: new MemoryCatalog(), portal: aws.portal };
  const oidc = () => ({
    refresh: async (token: SsoToken) => {
      const next = await aws.oidc().refresh(token);
      kept.rotated(token, next);
      return next;
    },
  });
  const keeper = new SsoKeeper({ ...parts, cache, oidc, settings });
  const vault = new Vault({ ...context(clock), home }, keyring);
  const kept: KeptRoles = new KeptRoles({ context: context(clock), vault, settings, keeper, tokens: cache });
  const broker = new RoleBroker({ ...parts, keeper, kept, unlocked, ...onlySso(context(clock)) });
  await keeper.start();
  const stopKept = kept.start();
  end = async () => {
    stopKept();
    await broker.stop();
    await keeper.stop();
    end = async () => {};
  };
  return { keeper, broker };
}
const files = () => {
  try {
    return readdirSync(join(home, 'vault')).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
};

/** Until what is written without being waited for has been written. */
async function written(count: number): Promise<void> {
  await vi.waitFor(() => expect(files()).toHaveLength(count), { timeout: 10_000, interval: 5 });
}

const bytes = () => files().map((name) => readFileSync(join(home, 'vault', name), 'latin1'));

/** Until the one file says something else than before. */
async function rewritten(before: string[]): Promise<void> {
  await vi.waitFor(
    () => {
      expect(bytes()).toHaveLength(1);
      expect(bytes()).not.toEqual(before);
    },
    { timeout: 10_000, interval: 5 },
  );
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kept-'));
  clock = new FakeClock();
  aws = new MemoryAws(clock);
  cache = new MemoryTokenCache();
  cache.files.set('corp', aws.signIn());
  keyring = new MemoryKeyring();
  encryptedCache = true;
  changes = new ChangeEmitter();
  end = async () => {};
});
afterEach(async () => {
  await end();
  rmSync(home, { recursive: true, force: true });
});

test('a restarted agent serves at once, without the portal; nothing on disk is plain', async () => {
  const before = await (await start()).broker.credentials('dev');
  await written(1);
  expect(
    files()
      .map((name) => readFileSync(join(home, 'vault', name), 'latin1'))
      .join(),
  ).not.toMatch(new RegExp(`${before.accessKeyId}|${before.secretAccessKey}|session-`));
  await clock.advance(20 * minute);
  const { broker } = await start();
  const after = await broker.credentials('dev');
  expect(after).toMatchObject({ accessKeyId: before.accessKeyId, expiresAt: before.expiresAt });
  expect(aws.credentialCalls).toBe(1);
  // Renewed 20 min before their end, as if there had been no restart.
  await clock.advance(21 * minute);
  expect(aws.credentialCalls).toBe(2);
});

test('with 15 min left or less, fresh ones are asked for', async () => {
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  await clock.advance(46 * minute);
  const { accessKeyId } = await (await start()).broker.credentials('dev');
  expect([accessKeyId, aws.credentialCalls]).toEqual(['ASIA2', 2]);
});

test('between 15 and 20 min left they are served at once and renewed right away', async () => {
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  await clock.advance(43 * minute);
  const { broker } = await start();
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA1');
  await clock.advance(2_000);
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA2');
});

test('a key that AWS refuses is not taken from disk', async () => {
  await (await start()).broker.credentials('dev');
  await written(1);
  const { broker } = await start();
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA1');
  expect((await broker.credentials('dev', { rejected: 'ASIA1' })).accessKeyId).toBe('ASIA2');
});

test('a sign-out deletes them, also those that this agent never touched', async () => {
  const first = await start();
  await first.broker.credentials('dev');
  await first.broker.credentials('admin');
  await written(2);
  const { keeper } = await start();
  await keeper.signOut('corp');
  await written(0);
});

test('signed out by another tool while no agent ran: not served, and deleted', async () => {
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  cache.put('corp', null);
  const { broker } = await start();
  await expect(broker.credentials('dev')).rejects.toMatchObject({ code: 'SignInNeeded' });
  await written(0);
});

test('asked for with a token that another has taken the place of since: not kept', async () => {
  const { broker } = await start();
  aws.portalGate = async () => {
    aws.portalGate = null;
    cache.put('corp', aws.signIn());
  };
  await broker.credentials('dev');
  await settle();
  // Written after it, one after the other.
  await broker.credentials('admin');
  await written(1);
  await (await start()).broker.credentials('admin');
  expect(aws.credentialCalls).toBe(2);
});

test('another sign-in while no agent ran, by whomever: not served, and deleted', async () => {
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  cache.files.set('corp', aws.signIn());
  const before = bytes();
  const { broker } = await start();
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA2');
  // And the new ones are the new person's.
  await rewritten(before);
  await end();
  expect((await (await start()).broker.credentials('dev')).accessKeyId).toBe('ASIA2');
});

test('a token that is refreshed here is followed: also before what was kept is looked at', async () => {
  aws.credentialsLifetime = 8 * 60 * minute;
  await (await start()).broker.credentials('dev');
  await written(1);
  const before = bytes();
  await clock.advance(50 * minute);
  expect(aws.refreshes).toBe(1);
  await rewritten(before);
  const { broker } = await start();
  await clock.advance(50 * minute);
  expect(aws.refreshes).toBeGreaterThan(1);
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA1');
  // Refreshed by another tool: nobody knows whose it is.
  await end();
  cache.files.set('corp', aws.signIn());
  expect((await (await start()).broker.credentials('dev')).accessKeyId).toBe('ASIA2');
});

test('a token that cannot be read yet is no sign-out: what was kept stays', async () => {
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  const token = cache.files.get('corp') as SsoToken;
  cache.files.set('corp', 'torn');
  const { keeper } = await start();
  // A change that is heard.
  keeper.snooze(5);
  await settle();
  expect(keeper.views()[0]?.state).toBe('signedOut');
  expect(files()).toHaveLength(1);
  await end();
  cache.files.set('corp', token);
  expect((await (await start()).broker.credentials('dev')).accessKeyId).toBe('ASIA1');
});

test('a request while the keyring is asked waits for it rather than for a sign-in', async () => {
  const token = cache.files.get('corp') as SsoToken;
  cache.files.set('corp', 'torn');
  const { broker } = await start(async () => {
    cache.put('corp', token);
    await settle();
    return true;
  });
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA1');
});

test('switched off, they go; off from the start, none are written', async () => {
  const { broker } = await start();
  await broker.credentials('dev');
  await written(1);
  encryptedCache = false;
  changes.emit();
  await written(0);
  await broker.credentials('admin');
  await settle();
  expect(files()).toEqual([]);
  // Switched off by hand while no agent ran.
  encryptedCache = true;
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  encryptedCache = false;
  await start();
  await written(0);
});

test('a clock that stood in the future then: what was kept by it is not believed', async () => {
  const now = clock.now();
  await (await start()).broker.credentials('dev');
  await written(1);
  await end();
  clock = new FakeClock(now - 60 * minute);
  aws = new MemoryAws(clock);
  cache.files.set('corp', aws.signIn());
  await (await start()).broker.credentials('dev');
  expect(aws.credentialCalls).toBe(1);
});

test('without a keyring nothing is written and nothing is held up', async () => {
  keyring.refuses = 'none';
  const { broker } = await start();
  expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA1');
  expect(files()).toEqual([]);
});
