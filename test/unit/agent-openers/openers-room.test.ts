import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Launcher } from '../../../src/agent/launcher.ts';
import { OpenersRoom } from '../../../src/agent/openers/openers-room.ts';
import { Settings } from '../../../src/contract/index.ts';

/** Programs of the person's are real executables here, which write down how they were called. */
let folder: string;
let bin: string;
let env: Record<string, string>;
let settings: Settings;
let room: OpenersRoom;
const session = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openers it's "));
  bin = join(folder, 'bin');
  await mkdir(bin);
  await mkdir(join(folder, 'project', 'src'), { recursive: true });
  env = { PATH: [bin, '/usr/bin', '/bin'].join(delimiter), DISPLAY: ':99', FROM_LOGIN: 'yes' };
  settings = Settings.parse({});
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  room = new OpenersRoom({
    context: { userHome: folder, home: join(folder, 'state'), log },
    settings: { get: () => settings },
    launcher: new Launcher({
      platform: 'linux',
      home: join(folder, 'state'),
      node: '/usr/bin/node',
      cli: '/opt/cli.mjs',
      handOut: ['/bin/sh', '/opt/hand-out.sh', '/usr/bin/node', '/opt/hand-out.cjs'],
    }),
    // Only what is put there is found.
    loginEnv: async () => ({ ...env, PATH: bin }),
    platform: 'linux',
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program of that name that writes its words (each ended by NUL) and then ends with `code`. */
async function program(name: string, code = 0): Promise<() => Promise<string[]>> {
  const told = join(folder, `${name}.told`);
  const text = `#!/bin/sh\n{ printf '%s\\0' "$FROM_LOGIN" "$@"; } > '${told.replaceAll("'", `'\\''`)}'\nexit ${code}\n`;
  await writeFile(join(bin, name), text, { mode: 0o755 });
  return async () => (await readFile(told, 'utf8')).split('\0').slice(0, -1);
}
const launcher = () => join(folder, 'state', 'bin', 'bedrock-tray');

describe('terminals', () => {
  test('those that are installed, the platform’s own first; none without a display', async () => {
    await program('xterm');
    await program('x-terminal-emulator');
    await writeFile(join(bin, 'kitty'), 'not executable');
    expect(await room.terminals()).toEqual([
      { id: 'x-terminal-emulator', name: 'x-terminal-emulator' },
      { id: 'xterm', name: 'xterm' },
    ]);
    delete env.DISPLAY;
    expect(await room.terminals()).toEqual([]);
    await expect(room.attachInTerminal(session)).rejects.toMatchObject({ code: 'TerminalMissing' });
  });

  test('runs `sessions attach` in it, by words, in the person’s environment', async () => {
    const told = await program('konsole');
    await room.attachInTerminal(session);
    expect(await told()).toEqual(['yes', '-e', launcher(), 'sessions', 'attach', session]);
    expect(await readFile(launcher(), 'utf8')).toContain('/opt/cli.mjs');
  });

  test('the chosen one, and no other', async () => {
    const kitty = await program('kitty');
    await program('xterm');
    settings.sessions.terminal = 'kitty';
    await room.attachInTerminal(session);
    expect(await kitty()).toEqual(['yes', launcher(), 'sessions', 'attach', session]);
    await expect(room.attachInTerminal(session, 'foot')).rejects.toMatchObject({ code: 'TerminalMissing' });
    await program('kitty', 1);
    await expect(room.attachInTerminal(session)).rejects.toMatchObject({ code: 'CommandFailed' });
  });

  test('without a choice the next one is tried where one fails', async () => {
    await program('x-terminal-emulator', 1);
    const told = await program('xterm');
    await room.attachInTerminal(session);
    expect(await told()).toContain(session);
  });
});

describe('files', () => {
  const project = () => join(folder, 'project');
  beforeEach(async () => {
    await writeFile(join(project(), 'src', 'a.ts'), '');
    await writeFile(join(folder, 'at-home.txt'), '');
    await symlink('src/a.ts', join(project(), 'link.ts'));
    await symlink('nowhere', join(project(), 'dead.ts'));
  });

  test('regular files that are there, relative, absolute, below the home, through links', async () => {
    const names = ['src/a.ts', './src/../src/a.ts', join(folder, 'at-home.txt'), '~/at-home.txt', 'link.ts'];
    expect(await room.resolve(project(), names)).toEqual([
      join(project(), 'src', 'a.ts'),
      join(project(), 'src', 'a.ts'),
      join(folder, 'at-home.txt'),
      join(folder, 'at-home.txt'),
      join(project(), 'link.ts'),
    ]);
  });

  test('nothing else: folders, devices, dead links, what is not there, no path at all', async () => {
    const names = ['src', 'dead.ts', 'b.ts', '/dev/null', '~', '', 'a\0b', '/proc/self/fd', '~someone/x'];
    expect(await room.resolve(project(), names)).toEqual(names.map(() => null));
  });

  test('opens in the editor at the place; a name is never an option or a command', async () => {
    const code = await program('code');
    await room.openFile(project(), 'src/a.ts', 12, 5);
    expect(await code()).toEqual(['yes', '--goto', `${join(project(), 'src', 'a.ts')}:12:5`]);
    await writeFile(join(project(), '--wait $(touch here)'), '');
    await room.openFile(project(), '--wait $(touch here)');
    expect(await code()).toEqual(['yes', join(project(), '--wait $(touch here)')]);
    expect(await room.resolve(project(), ['here'])).toEqual([null]);
  });

  test('the chosen editor, and no other', async () => {
    await program('code');
    const gvim = await program('gvim');
    settings.sessions.editor = 'gvim';
    await room.openFile(project(), 'src/a.ts', 3);
    expect(await gvim()).toEqual(['yes', '+call cursor(3,1)', '--', join(project(), 'src', 'a.ts')]);
    settings.sessions.editor = 'zed';
    await expect(room.openFile(project(), 'src/a.ts')).rejects.toMatchObject({ code: 'EditorMissing' });
  });

  test('without an editor the platform’s opener, but not for what it might run', async () => {
    const opener = await program('xdg-open');
    expect(await room.editors()).toEqual([{ id: 'system', name: 'xdg-open' }]);
    await room.openFile(project(), 'src/a.ts', 3);
    expect(await opener()).toEqual(['yes', join(project(), 'src', 'a.ts')]);
    await rm(join(folder, 'xdg-open.told'));
    await writeFile(join(project(), 'x.desktop'), '[Desktop Entry]\n');
    await writeFile(join(project(), 'run'), '#!/bin/sh\n', { mode: 0o755 });
    await symlink('run', join(project(), 'innocent.txt'));
    await symlink('x.desktop', join(project(), 'notes'));
    for (const name of ['x.desktop', 'run', 'innocent.txt', 'notes'])
      await expect(room.openFile(project(), name), name).rejects.toMatchObject({ code: 'EditorMissing' });
    await expect(opener()).rejects.toThrow();
    // An editor shows it.
    const code = await program('code');
    await room.openFile(project(), 'run');
    expect(await code()).toEqual(['yes', join(project(), 'run')]);
  });

  test('what is missing is named', async () => {
    await program('code');
    await expect(room.openFile(project(), 'b.ts')).rejects.toMatchObject({
      code: 'FileMissing',
      params: { file: 'b.ts' },
    });
    delete env.DISPLAY;
    await expect(room.openFile(project(), 'src/a.ts')).rejects.toMatchObject({ code: 'EditorMissing' });
  });
});
