import { lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DesktopParts, DesktopRoom } from '../../../src/agent/desktop/desktop-room.ts';
import { Launcher } from '../../../src/agent/launcher.ts';
import { codeOf } from '../../support/code-of.ts';

let folder: string;
let entry: string;
let command: string;
let env: Record<string, string>;
const rooms: DesktopRoom[] = [];
const log = { info() {}, warn() {}, error() {}, debug() {} };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "desktop it's "));
  entry = join(folder, '.config', 'autostart', 'bedrock-tray.desktop');
  command = join(folder, '.local', 'bin', 'bedrock-tray');
  env = { PATH: '/usr/bin', DISPLAY: ':99' };
});
afterEach(async () => {
  for (const room of rooms.splice(0)) room.stop();
  await rm(folder, { recursive: true, force: true });
});

function launcherOf(platform: string): Launcher {
  const home = join(folder, 'state');
  const handOut = ['/bin/sh', '/opt/hand-out.sh', '/usr/bin/node', '/opt/hand-out.cjs'];
  return new Launcher({ platform, home, node: '/usr/bin/node', cli: '/opt/cli.mjs', handOut });
}

function room(parts: Partial<DesktopParts> = {}): DesktopRoom {
  const made = new DesktopRoom({
    context: { env, userHome: folder, home: join(folder, 'state'), log },
    launcher: launcherOf('linux'),
    logs: join(folder, 'state', 'logs'),
    loginEnv: async () => env,
    platform: 'linux',
    ...parts,
  });
  rooms.push(made);
  return made;
}

/** Resolves at the next change; the test's own time-out is the limit. */
const changed = (of: DesktopRoom) =>
  new Promise<void>((done) => {
    const stop = of.onChange(() => {
      stop();
      done();
    });
  });

describe('start at login', () => {
  test('is put there and taken away, and the launcher that it runs is made', async () => {
    const desktop = room();
    await desktop.start();
    expect(desktop.view().startAtLogin).toBe(false);
    expect((await desktop.set({ startAtLogin: true })).startAtLogin).toBe(true);
    expect(await readFile(entry, 'utf8')).toContain('open --background');
    expect((await stat(entry)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'state', 'bin', 'bedrock-tray'))).mode & 0o777).toBe(0o700);
    expect((await desktop.set({ startAtLogin: false })).startAtLogin).toBe(false);
    await expect(lstat(entry)).rejects.toThrow('ENOENT');
  });

  test('an entry that cannot be read keeps no agent from starting, and is not overwritten', async () => {
    await mkdir(entry, { recursive: true });
    const desktop = room();
    await desktop.start();
    expect(desktop.view().startAtLogin).toBe(false);
    expect(await codeOf(desktop.set({ startAtLogin: true }))).toBe('StorageFailed');
  });

  test('what the person does with the entry by other means is seen', async () => {
    const desktop = room();
    await desktop.start();
    await desktop.set({ startAtLogin: true });
    const seen = changed(desktop);
    await writeFile(entry, `${await readFile(entry, 'utf8')}Hidden=true\n`);
    await seen;
    expect(desktop.view().startAtLogin).toBe(false);
    const again = changed(desktop);
    await rm(join(folder, '.config'), { recursive: true });
    expect((await desktop.set({ startAtLogin: true })).startAtLogin).toBe(true);
    await again;
  });

  test('another’s file stays as it is, and so does the entry of another state folder when ours is taken away', async () => {
    await mkdir(join(folder, '.config', 'autostart'), { recursive: true });
    await writeFile(entry, '[Desktop Entry]\nExec=other\n');
    const desktop = room();
    await desktop.start();
    expect(desktop.view().startAtLogin).toBe(false);
    expect(await codeOf(desktop.set({ startAtLogin: true }))).toBe('FileForeign');
    expect(await readFile(entry, 'utf8')).toBe('[Desktop Entry]\nExec=other\n');
    const others = '[Desktop Entry]\n# Written by Bedrock Tray\nExec=/elsewhere/bedrock-tray open\n';
    await writeFile(entry, others);
    await desktop.set({ startAtLogin: false });
    expect(await readFile(entry, 'utf8')).toBe(others);
    // Somebody who asks for ours gets ours.
    expect((await desktop.set({ startAtLogin: true })).startAtLogin).toBe(true);
  });

  test('Linux within Windows has none', async () => {
    env.WSL_DISTRO_NAME = 'Debian';
    const desktop = room();
    await desktop.start();
    expect(desktop.view().startAtLogin).toBeNull();
    expect(await codeOf(desktop.set({ startAtLogin: true }))).toBe('DesktopUnsupported');
  });

  test('a folder that cannot be written says so', async () => {
    await writeFile(join(folder, '.config'), 'a file');
    const desktop = room();
    await desktop.start();
    expect(await codeOf(desktop.set({ startAtLogin: true }))).toBe('StorageFailed');
  });
});

describe('the command on the PATH', () => {
  const packaged = () =>
    lstat('/usr/bin/bedrock-tray').then(
      () => true,
      () => false,
    );

  test('is a link to the launcher; its removal leaves the launcher', async () => {
    const desktop = room();
    await desktop.start();
    if (await packaged()) return;
    expect(desktop.view().command).toEqual({ state: 'absent', path: command, onPath: false });
    env.PATH = [join(folder, '.local', 'bin'), '/usr/bin'].join(delimiter);
    const { command: made } = await desktop.set({ command: true });
    expect(made).toEqual({ state: 'ours', path: command, onPath: true });
    const launcher = join(folder, 'state', 'bin', 'bedrock-tray');
    expect(await readlink(command)).toBe(launcher);
    expect((await desktop.set({ command: false })).command.state).toBe('absent');
    expect((await stat(launcher)).isFile()).toBe(true);
  });

  test('another’s program there is left alone, a dangling link too', async () => {
    await mkdir(join(folder, '.local', 'bin'), { recursive: true });
    await writeFile(command, '#!/bin/sh\n');
    const desktop = room();
    await desktop.start();
    if (await packaged()) return;
    expect(desktop.view().command.state).toBe('foreign');
    expect(await codeOf(desktop.set({ command: true }))).toBe('FileForeign');
    await desktop.set({ command: false });
    expect(await readFile(command, 'utf8')).toBe('#!/bin/sh\n');
    await rm(command);
    await symlink('/nowhere', command);
    expect(await codeOf(desktop.set({ command: true }))).toBe('FileForeign');
    expect(await readlink(command)).toBe('/nowhere');
  });
});

test('Windows: reg.exe and PowerShell do it, each told the folder without any quoting', async () => {
  const calls: string[] = [];
  let runKeyThere = false;
  let onPath = false;
  const desktop = room({
    platform: 'win32',
    launcher: launcherOf('win32'),
    run: async (file, args, given) => {
      const script = args.includes('-EncodedCommand')
        ? Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le')
        : '';
      if (file === 'reg.exe') {
        if (args[0] !== 'query') runKeyThere = args[0] === 'add';
        calls.push(String(args[0]));
        return runKeyThere ? 0 : 1;
      }
      expect(given.BEDROCK_TRAY_FOLDER).toBe(join(folder, 'state', 'bin'));
      if (script.includes('SetValue')) onPath = script.includes('@($p)+$f');
      return script.includes('exit 3') && !onPath ? 3 : 0;
    },
  });
  await desktop.start();
  expect(desktop.view()).toMatchObject({ startAtLogin: false, command: { state: 'absent', onPath: false } });
  expect(await desktop.set({ startAtLogin: true, command: true })).toMatchObject({
    startAtLogin: true,
    command: { state: 'ours', onPath: true },
  });
  expect(await desktop.set({ startAtLogin: false, command: false })).toMatchObject({
    startAtLogin: false,
    command: { state: 'absent' },
  });
  expect(calls).toContain('delete');
});

test('macOS: an agent of launchd', async () => {
  const desktop = room({ platform: 'darwin' });
  await desktop.start();
  expect((await desktop.set({ startAtLogin: true })).startAtLogin).toBe(true);
  const plist = join(folder, 'Library', 'LaunchAgents', 'io.github.bedrock-tray.tray.plist');
  expect(await readFile(plist, 'utf8')).toContain('<string>--background</string>');
  expect((await desktop.set({ startAtLogin: false })).startAtLogin).toBe(false);
});

describe('our own folders', () => {
  test('are shown by the person’s opener', async () => {
    const bin = join(folder, 'programs');
    await mkdir(bin);
    await writeFile(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf %s "$1" > '${bin.replaceAll("'", `'\\''`)}/told'\n`,
      {
        mode: 0o755,
      },
    );
    const desktop = room({ loginEnv: async () => ({ ...env, PATH: `${bin}:/bin:/usr/bin` }) });
    await desktop.show('logs');
    expect(await readFile(join(bin, 'told'), 'utf8')).toBe(join(folder, 'state', 'logs'));
  });

  test('not without a display, and not without an opener', async () => {
    const none = room({ loginEnv: async () => ({ PATH: '/usr/bin' }) });
    expect(await codeOf(none.show('data'))).toBe('DesktopUnsupported');
    const noOpener = room({ loginEnv: async () => ({ ...env, PATH: join(folder, 'nothing') }) });
    expect(await codeOf(noOpener.show('data'))).toBe('DesktopUnsupported');
  });
});
