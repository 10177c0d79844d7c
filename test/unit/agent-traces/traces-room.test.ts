import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { DesktopRoom } from '../../../src/agent/desktop/desktop-room.ts';
import { IntegrationRoom } from '../../../src/agent/integration/integration-room.ts';
import { Launcher } from '../../../src/agent/launcher.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { TracesRoom } from '../../../src/agent/traces/traces-room.ts';
import type { SsoSessionView } from '../../../src/contract/state.ts';
import { ENTRY_MARK } from '../../../src/domain/desktop/desktop-entries.ts';
import { serviceUnit } from '../../../src/domain/desktop/service-units.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { environment, ssoSession } from '../../support/tray/snapshots.ts';

/** The real rooms on a home folder of its own; only the keyring, the sign-in and systemd are stood in for. */

let folder: string;
let home: string;
let config: string;
let settings: string;
let unit: NonNullable<ReturnType<typeof serviceUnit>>;
let views: SsoSessionView[];
let done: string[];
let writer: AwsConfigWriter;
let integration: IntegrationRoom;
let desktop: DesktopRoom;
let catalog: ConfigProfileCatalog;
let traces: TracesRoom;
const log = { info() {}, warn() {}, error() {}, debug() {} };
const before = '[default]\nregion = eu-west-1\n# mine\n';
const settingsBefore = '{\n  "model":   "opus",\n  "env": {"X": "1"}\n}\n';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traces-'));
  home = join(folder, 'state');
  config = join(folder, '.aws', 'config');
  settings = join(folder, '.claude', 'settings.json');
  for (const file of [config, settings]) await mkdir(dirname(file), { recursive: true });
  await mkdir(home);
  await writeFile(config, before);
  await writeFile(settings, settingsBefore);
  views = [];
  done = [];
  const env = { HOME: folder, PATH: '/usr/bin' };
  const context = { env, userHome: folder, home, log, clock: new FakeClock(), random: randomBytes };
  const handOut = ['/bin/sh', '/opt/hand-out.sh', '/usr/bin/node', '/opt/hand-out.cjs'];
  const launcher = new Launcher({
    platform: 'linux',
    home,
    node: '/usr/bin/node',
    cli: '/opt/cli.mjs',
    handOut,
  });
  catalog = new ConfigProfileCatalog(context);
  await catalog.start();
  writer = new AwsConfigWriter(context, catalog);
  integration = new IntegrationRoom({
    context,
    environments: {
      active: () => environment({ profile: 'dev' }),
      get: () => environment({ profile: 'dev' }),
    },
    profiles: catalog,
    launcher,
    loginEnv: async () => env,
    inTurn: (work) => writer.inTurn(work),
    platform: 'linux',
    managedSettings: join(folder, 'none'),
  });
  desktop = new DesktopRoom({
    context,
    launcher,
    logs: join(home, 'logs'),
    loginEnv: async () => env,
    platform: 'linux',
  });
  await desktop.start();
  unit = serviceUnit(desktop.places) ?? unit;
  traces = new TracesRoom({
    context,
    integration,
    configWriter: writer,
    desktop,
    service: unit,
    keyring: { remove: async () => void done.push('key removed') },
    keeper: {
      views: () => views,
      signOut: async () => {
        done.push('signed out');
        return [];
      },
    },
    tokenCache: join(folder, '.aws', 'sso', 'cache'),
    platform: 'linux',
    run: async (command) => void done.push(command.join(' ')),
  });
});
afterEach(async () => {
  desktop.stop();
  catalog.stop();
  await rm(folder, { recursive: true, force: true });
});

const ids = async () => (await traces.list()).map((t) => t.id);
const session = () =>
  writer.createSsoSession({ name: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'us-east-1' });
const profile = (name: string) =>
  writer.createProfile({ name, ssoSession: 'corp', accountId: '123456789012', roleName: 'Dev' });
async function integrate(): Promise<void> {
  const { digest } = await integration.preview();
  await integration.apply(digest);
}

test('where nothing was done there is only our own folder', async () => {
  expect(await traces.list()).toEqual([{ id: 'data', where: home, byDefault: false }]);
});

test('every edit is listed with its place, and all of it is taken back byte for byte', async () => {
  await session();
  await profile('dev');
  await integrate();
  await profile('after-it');
  await desktop.set({ startAtLogin: true, command: true });
  await mkdir(dirname(unit.path), { recursive: true });
  await writeFile(unit.path, unit.text);
  for (const link of unit.links) {
    await mkdir(dirname(link), { recursive: true });
    await symlink(unit.path, link);
  }
  await mkdir(join(home, 'vault'));
  await writeFile(join(home, 'vault', 'token-x'), 'sealed');
  views = [ssoSession(Date.now())];
  const all = await traces.list();
  const hasCommand = desktop.view().command.state === 'ours';
  expect(all.map((t) => t.id)).toEqual([
    'claude-settings',
    'aws-config',
    'start-at-login',
    ...(hasCommand ? ['command'] : []),
    'service',
    'sign-in',
    'keyring',
    'data',
  ]);
  expect(all.find((t) => t.id === 'claude-settings')?.where).toBe(`${settings}, ${config}`);
  expect(all.filter((t) => !t.byDefault).map((t) => t.id)).toEqual([
    'aws-config',
    'sign-in',
    'keyring',
    'data',
  ]);

  const outcome = await traces.remove(all.map((t) => t.id));
  expect(outcome.failed).toEqual([
    { id: 'data', problem: { code: 'StorageFailed', params: { file: home, reason: 'EBUSY' } } },
  ]);
  expect(await readFile(config, 'utf8')).toBe(before);
  expect(await readFile(settings, 'utf8')).toBe(settingsBefore);
  for (const gone of [desktop.startFile(), unit.path, ...unit.links, join(home, 'vault')])
    await expect(readFile(gone), gone).rejects.toThrow('ENOENT');
  expect(done).toEqual(['systemctl --user daemon-reload', 'signed out', 'key removed']);
  views = [];
  expect(await ids()).toEqual(['data']);
});

test('what the person keeps stays, byte for byte', async () => {
  await session();
  await profile('dev');
  const withProfiles = await readFile(config, 'utf8');
  await integrate();
  await desktop.set({ startAtLogin: true });
  const { removed } = await traces.remove(['claude-settings', 'start-at-login']);
  expect(removed).toEqual(['claude-settings', 'start-at-login']);
  expect(await readFile(config, 'utf8')).toBe(withProfiles);
  expect(await readFile(settings, 'utf8')).toBe(settingsBefore);
  expect(await ids()).toEqual(['aws-config', 'data']);
});

describe('what others did meanwhile stays', () => {
  test('~/.aws/config: our later changes go, what is below another’s edit is left and said', async () => {
    await session();
    await writeFile(config, `${await readFile(config, 'utf8')}[profile theirs]\nregion = us-east-2\n`);
    await catalog.reload();
    await profile('dev');
    const { removed, failed } = await traces.remove(['aws-config', 'start-at-login']);
    expect(removed).toEqual(['start-at-login']);
    expect(failed).toEqual([
      { id: 'aws-config', problem: { code: 'ConfigChanged', params: { file: config } } },
    ]);
    const now = await readFile(config, 'utf8');
    expect(now).toContain('[profile theirs]');
    expect(now).not.toContain('[profile dev]');
  });

  test.each([
    ['of somebody else', '[Service]\nExecStart=/theirs\n'],
    ['of another state folder’s agent', `# ${ENTRY_MARK}\n[Service]\nExecStart="/theirs" agent run\n`],
  ])('a unit of the same name: %s', async (_of, text) => {
    await mkdir(dirname(unit.path), { recursive: true });
    await writeFile(unit.path, text);
    expect(await ids()).toEqual(['data']);
    await traces.remove(['service']);
    expect(await readFile(unit.path, 'utf8')).toBe(text);
  });
});
