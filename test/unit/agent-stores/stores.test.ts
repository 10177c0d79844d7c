import { randomBytes } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { FileEnvironmentStore } from '../../../src/agent/environments/file-environment-store.ts';
import type { Observable } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { FileSettingsStore } from '../../../src/agent/settings/file-settings-store.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let folder: string;
let home: string;
let userHome: string;
let warnings: string[];
const stops: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stores-'));
  home = join(folder, 'state');
  userHome = join(folder, 'user');
  await mkdir(join(userHome, '.aws'), { recursive: true });
  warnings = [];
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(folder, { recursive: true, force: true });
});

function context(env: Record<string, string> = {}) {
  const warn = (fields: object, message: string) =>
    void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info() {}, warn, error: warn, debug() {} };
  return { home, userHome, env, log, clock: new FakeClock(), random: randomBytes };
}
/** Resolves at the next change; the test's own time-out is the limit. */
const nextChange = (of: Observable) =>
  new Promise<void>((resolve) => {
    const stop = of.onChange(() => {
      stop();
      resolve();
    });
  });
const json = async (file: string) => JSON.parse(await readFile(join(home, file), 'utf8'));
const configFile = () => join(userHome, '.aws', 'config');

const corp = '[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n';
const profile = (name: string, more = '') =>
  `[profile ${name}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n${more}`;

describe('settings', () => {
  const load = async () => {
    const store = new FileSettingsStore(context());
    await store.load();
    return store;
  };

  test('defaults, a change, and what the next start reads; only for its owner', async () => {
    const store = await load();
    expect(store.get()).toEqual(Settings.parse({}));
    const heard = nextChange(store);
    expect((await store.set({ theme: 'dark' })).theme).toBe('dark');
    await heard;
    expect((await stat(join(home, 'settings.json'))).mode & 0o777).toBe(0o600);
    expect((await load()).get().theme).toBe('dark');
  });

  test('keys of another version stay, at the top and inside', async () => {
    await mkdir(home);
    await writeFile(
      join(home, 'settings.json'),
      JSON.stringify({
        version: 1,
        theme: 'light',
        later: { a: 1 },
        terminal: { fontSize: 20, ligatures: true },
      }),
    );
    const store = await load();
    expect(store.get().terminal.fontSize).toBe(20);
    await store.set({ language: 'zh-CN', terminal: { ...store.get().terminal, fontSize: 21 } });
    expect(await json('settings.json')).toMatchObject({
      theme: 'light',
      language: 'zh-CN',
      later: { a: 1 },
      terminal: { fontSize: 21, ligatures: true },
    });
  });

  test('one value that is not valid gives way to its default, the others stand', async () => {
    await mkdir(home);
    await writeFile(join(home, 'settings.json'), JSON.stringify({ theme: 'pink', keepAlive: false }));
    const store = await load();
    expect(store.get()).toMatchObject({ theme: 'system', keepAlive: false });
    expect(warnings.join()).toContain('"theme"');
  });

  test.each([
    ['unreadable', '{"theme": "da'],
    ['unreadable', ''],
    ['unreadable', '[]'],
    ['newer', '{"version": 99, "theme": "dark"}'],
  ])('a file that is %s is kept aside: %j', async (why, content) => {
    await mkdir(home);
    await writeFile(join(home, 'settings.json'), content);
    const store = await load();
    expect(store.get()).toEqual(Settings.parse({}));
    await store.set({ theme: 'light' });
    const aside = (await readdir(home)).find((name) => name.startsWith(`settings.json.${why}-`));
    expect(await readFile(join(home, aside ?? 'none'), 'utf8')).toBe(content);
    expect(warnings.length).toBe(1);
  });

  test('changes at once: none is lost', async () => {
    const store = await load();
    await Promise.all([
      store.set({ theme: 'dark' }),
      store.set({ keepAlive: false }),
      store.set({ language: 'en' }),
    ]);
    expect((await load()).get()).toMatchObject({ theme: 'dark', keepAlive: false, language: 'en' });
  });

  test('a write that fails changes nothing', async () => {
    const store = await load();
    await mkdir(join(home, 'settings.json'), { recursive: true });
    await expect(store.set({ theme: 'dark' })).rejects.toMatchObject({ code: 'StorageFailed' });
    expect(store.get().theme).toBe('system');
  });
});

describe('profiles', () => {
  const start = async (env: Record<string, string> = {}) => {
    const catalog = new ConfigProfileCatalog(context(env));
    stops.push(() => catalog.stop());
    await catalog.start();
    return catalog;
  };

  test('a reading that fails after a change is logged, and ends nothing', async () => {
    const errors: unknown[] = [];
    const { log, ...rest } = context();
    const broken = () => {
      throw new Error('broken');
    };
    const error = (fields: object) => void errors.push(fields);
    const catalog = new ConfigProfileCatalog({ ...rest, log: { ...log, warn: broken, error } });
    stops.push(() => catalog.stop());
    await catalog.start();
    // Told by `warn`, which fails here.
    await writeFile(configFile(), 'no section at all\n');
    const failed = { err: expect.objectContaining({ message: 'broken' }) };
    await vi.waitFor(() => expect(errors).toContainEqual(failed), { timeout: 10_000, interval: 10 });
  });

  test('no files at all; then the AWS CLI writes one', async () => {
    await rm(join(userHome, '.aws'), { recursive: true });
    const catalog = await start();
    expect(catalog.list()).toEqual([]);
    const heard = nextChange(catalog);
    await mkdir(join(userHome, '.aws'));
    await writeFile(configFile(), corp + profile('dev'));
    await heard;
    expect(catalog.revision()).toBe(2);
    expect(catalog.source('dev')).toEqual({
      kind: 'sso',
      ssoSession: 'corp',
      accountId: '111122223333',
      roleName: 'Dev',
    });
    expect(catalog.ssoSessions()).toEqual([
      {
        id: 'corp',
        kind: 'sso-session',
        startUrl: 'https://x.awsapps.com/start',
        region: 'eu-west-1',
        scopes: ['sso:account:access'],
      },
    ]);
  });

  test('a file that becomes malformed: what it said goes on, the problem is shown, and goes away', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    const catalog = await start();
    const broken = nextChange(catalog);
    await appendFile(configFile(), '[profile dev]\nx=1\n');
    await broken;
    expect(catalog.problem()).toMatchObject({
      code: 'ConfigMalformed',
      params: { file: configFile(), line: 8 },
    });
    expect(catalog.source('dev')).toMatchObject({ roleName: 'Dev' });
    expect(() => catalog.source('new')).toThrow('ConfigMalformed');
    const wish = { name: 'n', ssoSession: 'corp', accountId: '111122223333', roleName: 'R' };
    await expect(new AwsConfigWriter(context(), catalog).createProfile(wish)).rejects.toMatchObject({
      code: 'ConfigMalformed',
    });
    const mended = nextChange(catalog);
    await writeFile(configFile(), corp + profile('other'));
    await mended;
    expect(catalog.problem()).toBeNull();
    expect(() => catalog.source('dev')).toThrow('ProfileUnknown');
  });

  test('a change that means nothing is not told', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    const catalog = await start();
    await appendFile(configFile(), '\n# a comment\n');
    await catalog.reload();
    expect(catalog.revision()).toBe(1);
  });

  test('a linked file is followed to where it is', async () => {
    const dotfiles = join(folder, 'dotfiles');
    await mkdir(dotfiles);
    await writeFile(join(dotfiles, 'aws'), corp);
    await symlink(join(dotfiles, 'aws'), configFile());
    const catalog = await start();
    const heard = nextChange(catalog);
    await writeFile(join(dotfiles, 'next'), corp + profile('dev'));
    await rename(join(dotfiles, 'next'), join(dotfiles, 'aws'));
    await heard;
    expect(catalog.list().map((p) => p.name)).toEqual(['dev']);
  });

  test('a thousand profiles: views are made once for each change, and the same bytes are not read into them again', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => profile(`p${n}`)).join('');
    await writeFile(configFile(), corp + many);
    const catalog = await start();
    const views = catalog.list();
    expect(views.length).toBe(1000);
    expect(catalog.list()).toBe(views);
    expect(catalog.source('p7')).toBe(catalog.source('p7'));
    await utimes(configFile(), new Date(0), new Date(0));
    await catalog.reload();
    expect(catalog.revision()).toBe(1);
    expect(catalog.list()).toBe(views);
    await writeFile(configFile(), corp + many + profile('new'));
    await catalog.reload();
    expect(catalog.list()).not.toBe(views);
    expect(catalog.list().length).toBe(1001);
  });

  test('the commands in the person’s own Claude Code settings are a profile, unless one has its name', async () => {
    const claude = join(userHome, '.claude');
    await mkdir(claude);
    const settings = (value: unknown) => writeFile(join(claude, 'settings.json'), JSON.stringify(value));
    await settings({ model: 'opus' });
    const catalog = await start();
    expect(catalog.list()).toEqual([]);
    const heard = nextChange(catalog);
    await settings({
      awsCredentialExport: '/opt/keys --json',
      awsAuthRefresh: 'aws sso login',
      env: { AWS_REGION: 'us-gov-west-1' },
    });
    await heard;
    expect(catalog.list()).toMatchObject([
      {
        name: 'claude-settings',
        kind: 'claude-settings',
        region: 'us-gov-west-1',
        partition: 'aws-us-gov',
        problem: null,
      },
    ]);
    expect(catalog.list()[0]?.notes.map((n) => n.code)).toEqual(['ClaudeSettings']);
    expect(catalog.source('claude-settings')).toEqual({
      kind: 'claude-settings',
      exportCommand: '/opt/keys --json',
      refreshCommand: 'aws sso login',
    });
    for (const refused of [
      { awsAuthRefresh: 'aws sso login' },
      { awsCredentialExport: 'bedrock-tray export-credentials --profile dev --format claude' },
    ]) {
      await settings(refused);
      await catalog.reload();
      expect(() => catalog.source('claude-settings')).toThrow('ProfileUnsupported');
    }
    await settings({ awsCredentialExport: '/opt/keys' });
    await writeFile(configFile(), corp + profile('claude-settings'));
    await catalog.reload();
    expect(catalog.list().map((p) => p.kind)).toEqual(['sso']);
    await rm(configFile());
    await writeFile(join(claude, 'settings.json'), '{');
    await catalog.reload();
    expect(catalog.list()).toEqual([]);
  });

  test('AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE are honoured', async () => {
    await writeFile(join(folder, 'c'), corp + profile('dev'));
    await writeFile(
      join(folder, 'k'),
      '[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hidden\n',
    );
    const catalog = await start({
      AWS_CONFIG_FILE: join(folder, 'c'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'k'),
    });
    expect(catalog.list().map((p) => [p.name, p.kind, p.problem?.code ?? null])).toEqual([
      ['dev', 'sso', null],
      ['keys', 'static', null],
    ]);
    expect(catalog.source('keys')).toEqual({ kind: 'static', profile: 'keys' });
    expect(JSON.stringify(catalog.list())).not.toContain('hidden');
  });
});

describe('environments', () => {
  const start = async () => {
    const catalog = new ConfigProfileCatalog(context());
    await catalog.start();
    const settings = new FileSettingsStore(context());
    await settings.load();
    const writer = new AwsConfigWriter(context(), catalog);
    const environments = new FileEnvironmentStore(context(), catalog, settings, writer);
    await environments.start();
    stops.push(() => {
      environments.stop();
      catalog.stop();
    });
    return { catalog, environments, settings, writer };
  };
  const environment = (name: string, of = 'dev') => ({
    name,
    profile: of,
    region: 'us-west-2',
    model: 'us.anthropic.claude-opus-5-5',
    smallFastModel: null,
    identityMode: 'whole-session' as const,
    endpointUrl: null,
    pins: { opus: null, sonnet: null, fable: null },
    geography: null,
    budget: null,
  });

  test('the only SSO profile there is makes the first environment', async () => {
    await writeFile(
      configFile(),
      `${corp}${profile('dev', 'region = eu-central-1\n')}[profile keys]\naws_access_key_id = A\n`,
    );
    const { environments } = await start();
    expect(environments.active()).toEqual({
      name: 'dev',
      profile: 'dev',
      region: 'eu-central-1',
      model: null,
      smallFastModel: null,
      identityMode: 'bedrock-only',
      endpointUrl: null,
      pins: { opus: null, sonnet: null, fable: null },
      geography: null,
      budget: null,
    });
    expect((await stat(join(home, 'environments.json'))).mode & 0o777).toBe(0o600);
  });

  test('without a region of its own it takes the SSO session’s', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    expect((await start()).environments.active()?.region).toBe('eu-west-1');
  });

  test('of several profiles none is guessed; one that a person creates is taken', async () => {
    await writeFile(configFile(), corp + profile('one') + profile('two'));
    const { environments, writer } = await start();
    expect(environments.list()).toEqual([]);
    expect(environments.active()).toBeNull();
    const heard = nextChange(environments);
    await writer.createProfile({
      name: 'three',
      ssoSession: 'corp',
      accountId: '111122223333',
      roleName: 'R',
    });
    await heard;
    expect(environments.active()?.name).toBe('three');
  });

  test('a profile that appears later makes the first one too', async () => {
    const { environments } = await start();
    const heard = nextChange(environments);
    await writeFile(configFile(), corp + profile('dev'));
    await heard;
    expect(environments.active()?.profile).toBe('dev');
  });

  test('one that a person deleted does not come back, nor at the next start', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    const first = await start();
    await first.environments.remove('dev');
    expect(first.environments.active()).toBeNull();
    expect((await start()).environments.list()).toEqual([]);
  });

  test('create, update, use, delete; the next start reads the same', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    const { environments } = await start();
    const big = environment('big');
    expect(await environments.create(big)).toEqual(big);
    await expect(environments.create(big)).rejects.toMatchObject({ code: 'EnvironmentExists' });
    await expect(environments.create(environment('bad', 'nope'))).rejects.toMatchObject({
      code: 'ProfileUnknown',
    });
    await expect(environments.use('nope')).rejects.toMatchObject({ code: 'EnvironmentUnknown' });
    expect(environments.active()?.name).toBe('dev');
    await environments.use('big');
    await environments.update({ ...big, region: 'eu-west-3' });
    await expect(environments.update(environment('nope'))).rejects.toMatchObject({
      code: 'EnvironmentUnknown',
    });
    const again = (await start()).environments;
    expect(again.active()).toEqual({ ...big, region: 'eu-west-3' });
    await again.remove('big');
    expect(again.active()?.name).toBe('dev');
    expect(() => again.get('big')).toThrow('EnvironmentUnknown');
  });

  test('what another version wrote into the file stays there', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    await mkdir(home);
    const strange = { name: 'later', profile: 'dev', region: 'moon', model: 5 };
    await writeFile(
      join(home, 'environments.json'),
      JSON.stringify({ version: 1, environments: [environment('ok'), strange], active: 'ok', extra: [1] }),
    );
    const { environments } = await start();
    expect(environments.list().map((e) => e.name)).toEqual(['ok']);
    await environments.create(environment('next'));
    expect(await json('environments.json')).toMatchObject({
      environments: [environment('ok'), environment('next'), strange],
      extra: [1],
    });
  });

  test('ten changes at once: none is lost', async () => {
    await writeFile(configFile(), corp + profile('dev'));
    const { environments } = await start();
    await Promise.all(Array.from({ length: 10 }, (_, n) => environments.create(environment(`e${n}`))));
    expect((await json('environments.json')).environments).toHaveLength(11);
  });
});
