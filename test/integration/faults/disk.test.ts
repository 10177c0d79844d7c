import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { FileEnvironmentStore } from '../../../src/agent/environments/file-environment-store.ts';
import { createTokenCache } from '../../../src/agent/keeper/token-cache.ts';
import type { AgentContext } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { SessionFiles } from '../../../src/agent/sessions/session-files.ts';
import { FileSettingsStore } from '../../../src/agent/settings/file-settings-store.ts';
import { StateFile } from '../../../src/agent/state-file.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { canMount, mount, unmount } from '../../support/faults/mount.ts';

/**
 * A disk that is full, folders that may not be written, a file system that is read-only: each write of ours is
 * refused with one clear error and leaves the old file, whole, and no temporary one.
 */
const isRoot = process.getuid?.() === 0;
const nobody = 65534;

let folder: string;
/** The person's HOME and the state folder in it: what the faults are done to. */
let place: string;
const undo: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'));
  await chmod(folder, 0o755);
  place = join(folder, 'home');
  await mkdir(place);
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) each();
  await rm(folder, { recursive: true, force: true });
});

const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const config =
  '# mine\n[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n\n[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n';
const environment = (model: string) => ({
  name: 'work',
  profile: 'dev',
  region: 'us-east-1',
  model,
  smallFastModel: null,
  identityMode: 'bedrock-only' as const,
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
});
const token = (accessToken: string) => ({
  startUrl: 'https://x.awsapps.com/start',
  region: 'eu-west-1',
  accessToken,
  expiresAt: 4e12,
});
const sessionFiles = { settings: '{"a":1}', restore: null, awsConfig: null };
const big = 'x'.repeat(100_000);

/** The rooms that write, with something written by each; `writes` are writes that would change each file. */
async function rooms() {
  const home = join(place, 'state');
  const context = {
    home,
    userHome: place,
    env: {},
    log: quiet,
    clock: new FakeClock(),
    random: (n: number) => new Uint8Array(n).fill(7),
  } satisfies Partial<AgentContext>;
  await mkdir(join(place, '.aws'), { recursive: true });
  await writeFile(join(place, '.aws', 'config'), config);
  const catalog = new ConfigProfileCatalog(context);
  await catalog.reload();
  const writer = new AwsConfigWriter(context, catalog);
  const settings = new FileSettingsStore(context);
  await settings.load();
  const environments = new FileEnvironmentStore(context, catalog, settings);
  await environments.start();
  undo.push(() => {
    environments.stop();
    catalog.stop();
  });
  const cache = createTokenCache(place);
  const sessions = new StateFile(join(home, 'sessions.json'), 1, quiet, () => 0);
  const files = new SessionFiles(home);
  await settings.set({ theme: 'dark' });
  await environments.create(environment('old'));
  await cache.write('corp', token('old'));
  await sessions.write({ sessions: ['old'] });
  await files.write('one', sessionFiles);
  const roles = Array.from({ length: 400 }, (_, n) => ({
    accountId: String(111122223333 + n),
    roleName: `Administrator-of-things-${n}`,
  }));
  const writes: Record<string, () => Promise<unknown>> = {
    config: () => writer.createProfiles({ ssoSession: 'corp', template: '{account}-{role}', roles }),
    cache: () => cache.write('corp', token(big)),
    settings: () => settings.set({ signInBrowsers: { corp: { browser: 'b', profile: big.slice(0, 200) } } }),
    environments: () => environments.update(environment('new')),
    'sessions list': () => sessions.write({ sessions: [big] }),
    'session files': () => files.write('one', { ...sessionFiles, settings: big }),
  };
  return { writes, settings, environments, home };
}

/** Every file below, with its text. */
async function all(): Promise<Record<string, string>> {
  const names = await readdir(place, { recursive: true });
  const texts: Record<string, string> = {};
  for (const name of names.sort()) {
    const path = join(place, name);
    if ((await stat(path)).isFile() && name !== 'fill') texts[name] = await readFile(path, 'utf8');
  }
  return texts;
}

/** Each write is refused, for that reason, and nothing has changed; then it is let through. */
async function refusedEach(reason: RegExp, made: Awaited<ReturnType<typeof rooms>>, repair: () => void) {
  const before = await all();
  for (const [what, write] of Object.entries(made.writes)) {
    const error = (await write().then(
      () => null,
      (e) => e,
    )) as { code: string; params?: { file: string; reason: string } } | null;
    expect(error, what).not.toBeNull();
    // The cache speaks the system's language: the keeper makes StorageFailed of it (its own test).
    if (what === 'cache') expect(error?.code, what).toMatch(reason);
    else {
      expect(error?.code, what).toBe('StorageFailed');
      expect(error?.params?.reason, what).toMatch(reason);
      const sentence = createTranslator('en').error({
        code: 'StorageFailed',
        params: error?.params ?? {},
      });
      expect(sentence).toContain(error?.params?.file);
      expect(sentence.split('\n')).toHaveLength(1);
    }
    expect(await all(), what).toEqual(before);
  }
  // What was refused is not believed either.
  expect(made.settings.get()).toMatchObject({ theme: 'dark', signInBrowsers: {} });
  expect(made.environments.get('work').model).toBe('old');
  repair();
  for (const [what, write] of Object.entries(made.writes)) await expect(write(), what).resolves.not.toThrow();
  expect((await readdir(place, { recursive: true })).filter((n) => n.endsWith('.tmp'))).toEqual([]);
}

describe.skipIf(!canMount)('with a file system of its own (needs root and mount)', () => {
  test('no space left: StorageFailed, every old file intact', async () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place)).toBe(true);
    undo.push(() => unmount(place));
    const made = await rooms();
    const fill = join(place, 'fill');
    // To the last byte: a small file finds no room either.
    spawnSync('dd', ['if=/dev/zero', `of=${fill}`, 'bs=4096'], { stdio: 'ignore' });
    await refusedEach(/ENOSPC/, made, () => spawnSync('rm', [fill]));
  });

  test('a read-only HOME: StorageFailed, every old file intact', async () => {
    const made = await rooms();
    expect(mount('--bind', place, place)).toBe(true);
    undo.push(() => unmount(place));
    expect(mount('-o', 'remount,bind,ro', place)).toBe(true);
    await refusedEach(/EROFS/, made, () => mount('-o', 'remount,bind,rw', place));
  });
});

test('folders that may not be written: StorageFailed, every old file intact', async () => {
  const made = await rooms();
  // Root may write everywhere: it is somebody else for as long as this takes.
  if (isRoot) {
    execFileSync('chown', ['-R', String(nobody), place]);
    chownSync(folder, nobody, nobody);
    process.seteuid?.(nobody);
    undo.push(() => process.seteuid?.(0));
  }
  const folders = ['.aws', '.aws/sso/cache', 'state', 'state/sessions/one'].map((name) => join(place, name));
  const open = (mode: string) => execFileSync('chmod', [mode, ...folders]);
  open('500');
  undo.push(() => open('700'));
  await refusedEach(/EACCES/, made, () => open('700'));
});
