import { randomBytes } from 'node:crypto';
import { chownSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { sweepLeftovers } from '../../../src/agent/leftovers.ts';
import type { AgentContext } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { changeConfigFile } from '../../../src/aws/config-change.ts';
import { removeFile, removeLeftovers } from '../../../src/aws/replace-file.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let folder: string;
let file: string;
let context: Pick<AgentContext, 'home' | 'userHome' | 'env' | 'log' | 'clock' | 'random'>;
const stops: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writer-'));
  await mkdir(join(folder, '.aws'));
  file = join(folder, '.aws', 'config');
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  context = {
    home: join(folder, 'state'),
    userHome: folder,
    env: {},
    log,
    clock: new FakeClock(),
    random: randomBytes,
  };
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(folder, { recursive: true, force: true });
});

function start() {
  const catalog = new ConfigProfileCatalog(context);
  stops.push(() => catalog.stop());
  return { catalog, writer: new AwsConfigWriter(context, catalog) };
}
const text = () => readFile(file, 'utf8');
const corp = '[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n';
const profile = (name: string, accountId = '111122223333', roleName = 'Dev') =>
  `[profile ${name}]\nsso_session = corp\nsso_account_id = ${accountId}\nsso_role_name = ${roleName}\n`;
const wish = { ssoSession: 'corp', accountId: '111122223333', roleName: 'Dev' };

describe('what is written', () => {
  test('an SSO session and a profile, as the AWS CLI would have them', async () => {
    await writeFile(file, '# mine\n[default]\nregion = us-east-1\n');
    await chmod(file, 0o644);
    const { writer } = start();
    const session = { name: 'corp', startUrl: 'https://x.awsapps.com/start', region: 'eu-west-1' };
    expect((await writer.createSsoSession(session)).change).toMatch(/^[0-9a-f]{16}$/);
    expect(await writer.createSsoSession(session)).toEqual({ change: null });
    await expect(writer.createSsoSession({ ...session, region: 'us-east-1' })).rejects.toMatchObject({
      code: 'SsoSessionExists',
    });
    const created: string[] = [];
    writer.onCreated((name) => created.push(name));
    const view = await writer.createProfile({ ...wish, name: 'my prof', region: 'eu-central-1' });
    expect(view).toMatchObject({ name: 'my prof', kind: 'sso', region: 'eu-central-1', problem: null });
    expect(created).toEqual(['my prof']);
    await expect(writer.createProfile({ ...wish, name: 'my prof' })).rejects.toMatchObject({
      code: 'ProfileExists',
    });
    await expect(writer.createProfile({ ...wish, name: 'x', ssoSession: 'nope' })).rejects.toMatchObject({
      code: 'SsoSessionUnknown',
    });
    expect(await text()).toBe(
      '# mine\n[default]\nregion = us-east-1\n\n[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n[profile "my prof"]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = eu-central-1\n',
    );
    expect((await stat(file)).mode & 0o777).toBe(0o644);
  });

  test('a name that stands in the credentials file alone is taken', async () => {
    await writeFile(file, corp);
    await writeFile(join(folder, '.aws', 'credentials'), '[keys]\naws_access_key_id = A\n');
    const { writer } = start();
    await expect(writer.createProfile({ ...wish, name: 'keys' })).rejects.toMatchObject({
      code: 'ProfileExists',
    });
  });

  test('five profiles at once all arrive', async () => {
    await writeFile(file, corp);
    const { writer, catalog } = start();
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(names.map((name) => writer.createProfile({ ...wish, name })));
    expect(catalog.list().map((p) => p.name)).toEqual(names);
  });

  test('many profiles are one write: all or none', async () => {
    await writeFile(file, corp);
    const { writer } = start();
    const roles = [
      { accountId: '111122223333', accountName: 'Data Lake', roleName: 'Dev' },
      { accountId: '222233334444', accountName: 'Prod', roleName: 'Dev' },
    ];
    const many = { ssoSession: 'corp', template: '{account}/{role}', roles };
    const views = await writer.createProfiles({ ...many, region: 'us-west-2' });
    expect(views.map((v) => [v.name, v.accountId, v.region])).toEqual([
      ['Data-Lake/Dev', '111122223333', 'us-west-2'],
      ['Prod/Dev', '222233334444', 'us-west-2'],
    ]);
    const after = await text();
    // The same again is there already: nothing is written.
    expect((await writer.createProfiles({ ...many, region: 'us-west-2' })).map((v) => v.name)).toEqual([
      'Data-Lake/Dev',
      'Prod/Dev',
    ]);
    expect(await text()).toBe(after);
    // One that cannot stand there keeps out all.
    await expect(writer.createProfiles({ ...many, template: '{nobody}' })).rejects.toMatchObject({
      code: 'TemplateInvalid',
    });
    await expect(writer.createProfiles({ ...many, ssoSession: 'nope' })).rejects.toMatchObject({
      code: 'SsoSessionUnknown',
    });
    expect(await text()).toBe(after);
    // And one undo takes back all of them.
    expect(await writer.undo()).toEqual({ file });
    expect(await text()).toBe(corp);
  });

  test('an edit by another program in the same moment is kept', async () => {
    await writeFile(file, corp);
    let theirs = 0;
    const edit = { how: 'create', type: 'profile', name: 'ours', options: { region: 'x' } } as const;
    // They write while ours is on its way: after our reading, before our renaming.
    const record = async () => {
      if (theirs < 2) await writeFile(file, `${await text()}# theirs ${++theirs}\n`);
      return async () => {};
    };
    await changeConfigFile(file, () => [edit], record);
    expect(await text()).toBe(`${corp}# theirs 1\n# theirs 2\n\n[profile ours]\nregion = x\n`);
  });
});

describe('links, modes, owners', () => {
  test('links stay, also chains of them across folders; the file behind them is replaced', async () => {
    const dotfiles = join(folder, 'dotfiles', 'aws');
    const shared = join(folder, 'dotfiles', 'shared');
    await mkdir(dotfiles, { recursive: true });
    await mkdir(shared);
    await rm(dirname(file), { recursive: true });
    // ~/.aws is a link; in it config is a link, relative to where it really stands; that one is absolute.
    await symlink('dotfiles/aws', join(folder, '.aws'));
    await symlink('../shared/link', join(dotfiles, 'config'));
    await symlink(join(shared, 'real'), join(shared, 'link'));
    await writeFile(join(shared, 'real'), corp);
    await chmod(join(shared, 'real'), 0o640);
    if (process.getuid?.() === 0) chownSync(join(shared, 'real'), 65534, 65533);
    const { writer } = start();
    await writer.createProfile({ ...wish, name: 'dev' });
    const facts = await stat(join(shared, 'real'));
    expect(facts.mode & 0o777).toBe(0o640);
    if (process.getuid?.() === 0) expect([facts.uid, facts.gid]).toEqual([65534, 65533]);
    expect(await readFile(join(shared, 'real'), 'utf8')).toBe(`${corp}\n${profile('dev')}`);
    expect(await readlink(join(dotfiles, 'config'))).toBe('../shared/link');
    expect(await readlink(join(shared, 'link'))).toBe(join(shared, 'real'));
    expect((await readdir(join(folder, 'dotfiles'))).sort()).toEqual(['aws', 'shared']);
    expect((await readdir(shared)).sort()).toEqual(['link', 'real']);
    await writer.undo();
    expect(await readFile(join(shared, 'real'), 'utf8')).toBe(corp);
    expect((await lstat(join(shared, 'link'))).isSymbolicLink()).toBe(true);
  });

  test('a new file is 0600, behind a link that leads nowhere too; undo removes the file, not the link', async () => {
    const session = { name: 'corp', startUrl: 'https://x.awsapps.com/start', region: 'eu-west-1' };
    await symlink(join(folder, 'elsewhere', 'config'), file);
    const { writer } = start();
    await writer.createSsoSession(session);
    expect((await stat(join(folder, 'elsewhere', 'config'))).mode & 0o777).toBe(0o600);
    await writer.undo();
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
  });

  test('a folder in the file’s place is StorageFailed', async () => {
    await mkdir(file);
    const { writer } = start();
    await expect(
      writer.createSsoSession({ name: 's', startUrl: 'https://x/start', region: 'eu-west-1' }),
    ).rejects.toMatchObject({ code: 'StorageFailed' });
    await expect(writer.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });
  });
});

describe('undo', () => {
  test('byte for byte, the last change first, after a restart too', async () => {
    const first = `\t; mine\r\n${corp.replaceAll('\n', '\r\n')}# no line end`;
    await writeFile(file, first);
    const before = start();
    await before.writer.createProfile({ ...wish, name: 'a' });
    const second = await text();
    await before.writer.createProfile({ ...wish, name: 'b' });
    const { writer } = start();
    await writer.undo();
    expect(await text()).toBe(second);
    await writer.undo();
    expect(await text()).toBe(first);
    await expect(writer.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });
  });

  test('a file that was made goes again', async () => {
    const { writer } = start();
    await writer.createSsoSession({ name: 'corp', startUrl: 'https://x/start', region: 'eu-west-1' });
    await writer.undo();
    expect(await readdir(dirname(file))).toEqual([]);
  });

  test('a file that somebody changed since is left alone', async () => {
    await writeFile(file, corp);
    const { writer } = start();
    await writer.createProfile({ ...wish, name: 'a' });
    const theirs = `${await text()}# theirs\n`;
    await writeFile(file, theirs);
    await expect(writer.undo()).rejects.toMatchObject({ code: 'ConfigChanged', params: { file } });
    expect(await text()).toBe(theirs);
    // Gone altogether: not ours to bring back.
    await rm(file);
    await expect(writer.undo()).rejects.toMatchObject({ code: 'ConfigChanged' });
  });

  test('a file is not removed when it changed at the last moment', async () => {
    await writeFile(file, corp);
    await expect(removeFile(file, { onlyIf: async () => false })).rejects.toMatchObject({ code: 'ECHANGED' });
    expect(await text()).toBe(corp);
    await removeFile(file, { onlyIf: async () => (await text()) === corp });
    expect(await readdir(dirname(file))).toEqual([]);
  });

  test('a change that is named is taken back only if it is the last', async () => {
    await writeFile(file, corp);
    const { writer } = start();
    const startUrl = 'https://y.awsapps.com/start';
    const { change } = await writer.createSsoSession({ name: 'other', startUrl, region: 'eu-west-1' });
    await writer.createProfile({ ...wish, name: 'a' });
    await expect(writer.undo(change ?? '')).rejects.toMatchObject({ code: 'ConfigChanged' });
    await writer.undo();
    await writer.undo(change ?? '');
    expect(await text()).toBe(corp);
  });

  test('a change that was recorded but never made is passed over', async () => {
    await writeFile(file, corp);
    const { writer } = start();
    await writer.createProfile({ ...wish, name: 'a' });
    const state = join(context.home, 'config-history.json');
    await writer.createProfile({ ...wish, name: 'b' });
    // As after a kill between the record and the rename: the record is there, the file is as before.
    await writeFile(file, `${corp}\n${profile('a')}`);
    expect(JSON.parse(await readFile(state, 'utf8')).changes).toHaveLength(2);
    await start().writer.undo();
    expect(await text()).toBe(corp);
  });

  test('twenty changes can be taken back; what is kept is what was replaced, only for its owner', async () => {
    const secret = '[profile keys]\naws_secret_access_key = hidden-in-config\n';
    await writeFile(file, secret + corp);
    const { writer } = start();
    for (let n = 0; n < 22; n++) await writer.createProfile({ ...wish, name: `p${n}` });
    const state = join(context.home, 'config-history.json');
    expect((await stat(state)).mode & 0o777).toBe(0o600);
    const kept = await readFile(state, 'utf8');
    const { changes } = JSON.parse(kept) as { changes: { hunks: { removed: string }[] }[] };
    expect(changes).toHaveLength(20);
    expect(kept).not.toContain('hidden');
    expect(changes.flatMap((c) => c.hunks.map((h) => h.removed)).join('')).toBe('');
    for (let n = 0; n < 20; n++) await writer.undo();
    await expect(writer.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });
    expect(await text()).toBe(`${secret}${corp}\n${profile('p0')}\n${profile('p1')}`);
  });

  test('a write that was refused leaves nothing to undo', async () => {
    await writeFile(file, corp);
    const { writer } = start();
    const { length } = await readdir(dirname(file));
    await expect(
      writer.write(() => [{ how: 'create', type: 'profile', name: 'x', options: { region: 'a\nb' } }]),
    ).rejects.toMatchObject({ code: 'BadInput' });
    await expect(writer.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });
    expect(await readdir(dirname(file))).toHaveLength(length);
  });
});

test('what a killed agent left is removed at the next start, what others are writing is not', async () => {
  const cache = join(folder, '.aws', 'sso', 'cache');
  const login = join(folder, '.aws', 'login', 'cache');
  for (const place of [cache, login]) await mkdir(place, { recursive: true });
  await mkdir(context.home);
  const old = new Date(context.clock.now() - 60_000);
  const leave = async (place: string, name: string, at = old) => {
    await writeFile(join(place, name), 'token');
    await utimes(join(place, name), at, at);
    return join(place, name);
  };
  // Process ids end far below this one.
  const dead = '.bedrock-tray-999999999-0123456789ab.tmp';
  for (const place of [cache, login, context.home, dirname(file)]) await leave(place, dead);
  const alive = await leave(cache, `.bedrock-tray-${process.ppid}-0123456789ab.tmp`);
  const young = await leave(cache, '.bedrock-tray-999999998-0123456789ab.tmp', new Date(context.clock.now()));
  const foreign = await leave(cache, '.somebody-999999999-0123456789ab.tmp');
  await sweepLeftovers(context);
  for (const place of [cache, login, context.home, dirname(file)]) {
    expect(await readdir(place)).not.toContain(dead);
  }
  for (const path of [alive, young, foreign]) expect(await readFile(path, 'utf8')).toBe('token');
  expect(await removeLeftovers(join(folder, 'nowhere'), 0)).toBe(0);
});
