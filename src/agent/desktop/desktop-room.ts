import { execFile } from 'node:child_process';
import { access, lstat, mkdir, readFile, readlink, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { storageFailed } from '../../aws/config-change.ts';
import { removeFile, replaceFile } from '../../aws/replace-file.ts';
import { watchFolder } from '../../aws/watch.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { ProcedureArguments } from '../../contract/procedures.ts';
import type { DesktopView } from '../../contract/state.ts';
import {
  autostartIsOn,
  commandPlaces,
  ENTRY_MARK,
  type EntryFile,
  type EntryPlaces,
  folderOpener,
  isOnPath,
  isWsl,
  pathScript,
  RUN_KEY,
  runKey,
  startAtLoginFile,
} from '../../domain/desktop/desktop-entries.ts';
import type { Platform } from '../../domain/desktop/program-places.ts';
import { runOpener } from '../browsers/open-browser.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { Launcher } from '../launcher.ts';
import type { AgentContext, Desktop } from '../ports.ts';

export interface DesktopParts {
  context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'log'>;
  launcher: Pick<Launcher, 'path' | 'write'>;
  logs: string;
  /** The person's login environment; `fresh` asks the shell again. */
  loginEnv(options?: { fresh?: boolean }): Promise<Readonly<Record<string, string | undefined>>>;
  platform: string;
  /** Runs a program of Windows; its exit code. For tests. */
  run?: (file: string, args: readonly string[], env: Record<string, string>) => Promise<number>;
}

type Command = DesktopView['command'];

/** The product's entries in the person's desktop: read from the disk, written only when the person asks. */
export class DesktopRoom extends ChangeEmitter implements Desktop {
  readonly #parts: DesktopParts;
  readonly #platform: Platform;
  readonly #places: EntryPlaces;
  readonly #stops: (() => void)[] = [];
  #view: DesktopView;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: DesktopParts) {
    super();
    this.#parts = parts;
    const { platform, context, launcher } = parts;
    this.#platform = platform === 'darwin' || platform === 'win32' ? platform : 'linux';
    const { env, userHome } = context;
    this.#places = { platform: this.#platform, env, userHome, launcher: launcher.path };
    const { path, folder } = commandPlaces(this.#places);
    const onPath = isOnPath(env.PATH ?? env.Path, folder, this.#platform);
    this.#view = { startAtLogin: null, command: { state: 'absent', path, onPath } };
  }

  /** Looks at what is there, and again whenever it changes. Windows' registry is looked at once, and after our own changes. */
  async start(): Promise<void> {
    await this.#look();
    const file = startAtLoginFile(this.#places);
    for (const path of [file?.path, this.#platform === 'win32' ? undefined : this.#command.path]) {
      if (path === undefined) continue;
      this.#stops.push(watchFolder(dirname(path), () => void this.#look(), new Set([basename(path)])));
    }
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  get places(): EntryPlaces {
    return this.#places;
  }

  view(): DesktopView {
    return this.#view;
  }

  /** Where start at login is, or would be. */
  startFile(): string {
    return startAtLoginFile(this.#places)?.path ?? RUN_KEY;
  }

  /** Also makes the launcher that others are told of. Errors: DesktopUnsupported, FileForeign, StorageFailed. */
  set(wish: ProcedureArguments<'desktop.set'>): Promise<DesktopView> {
    const turn = this.#turn.then(async () => {
      await this.#parts.launcher.write();
      try {
        if (wish.startAtLogin !== undefined) await this.#setStartAtLogin(wish.startAtLogin);
        if (wish.command !== undefined) await this.#setCommand(wish.command);
      } finally {
        // A login shell looks into ~/.local/bin only where it is there (Debian's ~/.profile).
        await this.#look({ fresh: wish.command === true });
      }
      return this.#view;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Errors: DesktopUnsupported. */
  async show(folder: 'data' | 'logs'): Promise<void> {
    const { context, logs } = this.#parts;
    const env = await this.#parts.loginEnv();
    const hasDisplay = this.#platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
    const command = folderOpener(folder === 'data' ? context.home : logs, this.#platform);
    // explorer.exe ends with 1 although all went well.
    const opened = hasDisplay && ((await runOpener(command, env)) || this.#platform === 'win32');
    if (!opened) throw new BedrockTrayError('DesktopUnsupported', { what: 'file-manager' });
  }

  get #command() {
    return commandPlaces(this.#places);
  }

  get #logins(): boolean {
    return !(this.#platform === 'linux' && isWsl(this.#parts.context.env));
  }

  /** Never rejects: what cannot be read starts nothing of ours. */
  async #look({ fresh = false } = {}): Promise<void> {
    const before = JSON.stringify(this.#view);
    const [startAtLogin, state] = await Promise.all([this.#startsAtLogin(), this.#commandState()]);
    const { path, folder, packaged } = this.#command;
    let { onPath } = this.#view.command;
    if (this.#platform === 'win32') onPath = state === 'ours';
    else if (fresh) {
      const env = await this.#parts.loginEnv({ fresh }).catch(() => null);
      if (env !== null) onPath = isOnPath(env.PATH, folder, this.#platform);
    }
    const command: Command =
      state === 'package' ? { state, path: packaged[0] ?? path, onPath: true } : { state, path, onPath };
    this.#view = { startAtLogin, command };
    if (JSON.stringify(this.#view) !== before) this.emit();
  }

  async #startsAtLogin(): Promise<boolean | null> {
    if (!this.#logins) return null;
    const file = startAtLoginFile(this.#places);
    if (file === null) return (await this.#run('reg.exe', runKey(this.#places.launcher).query)) === 0;
    const text = await this.#read(file.path).catch(() => null);
    return text !== null && isOurs(text, file) && (this.#platform !== 'linux' || autostartIsOn(text));
  }

  async #setStartAtLogin(on: boolean): Promise<void> {
    if (!this.#logins) throw new BedrockTrayError('DesktopUnsupported', { what: 'start-at-login' });
    const file = startAtLoginFile(this.#places);
    if (file === null) {
      const key = runKey(this.#places.launcher);
      const code = await this.#run('reg.exe', on ? key.add : key.remove);
      if (code !== 0 && on) throw new BedrockTrayError('StorageFailed', { file: 'HKCU', reason: `${code}` });
      return;
    }
    const there = await this.#read(file.path);
    if (on) return this.#write(file, there);
    if (there === null || !isOurs(there, file)) return;
    await removeFile(file.path).catch((e) => {
      throw storageFailed(file.path, e);
    });
  }

  async #write({ path, text }: EntryFile, there: string | null): Promise<void> {
    if (there === text) return;
    if (there !== null && !there.includes(ENTRY_MARK))
      throw new BedrockTrayError('FileForeign', { file: path });
    await replaceFile(path, text, { mode: 0o600 }).catch((e) => {
      throw storageFailed(path, e);
    });
  }

  /** A file's text; null where there is none. Errors: StorageFailed. */
  async #read(path: string): Promise<string | null> {
    return readFile(path, 'utf8').catch((e) => {
      if (e.code === 'ENOENT' || e.code === 'ENOTDIR') return null;
      throw storageFailed(path, e);
    });
  }

  async #commandState(): Promise<Command['state']> {
    if (this.#platform === 'win32') return (await this.#userPath('has')) === 0 ? 'ours' : 'absent';
    const { path, packaged } = this.#command;
    const there = await lstat(path).catch(() => null);
    if (there?.isSymbolicLink()) {
      const target = resolve(dirname(path), await readlink(path).catch(() => ''));
      if (target === this.#places.launcher) return 'ours';
    }
    for (const each of packaged) if (await exists(each)) return 'package';
    return there ? 'foreign' : 'absent';
  }

  async #setCommand(on: boolean): Promise<void> {
    const { path, folder } = this.#command;
    if (this.#platform === 'win32') {
      const code = await this.#userPath(on ? 'add' : 'remove');
      if (code !== 0) throw new BedrockTrayError('StorageFailed', { file: 'HKCU', reason: `${code}` });
      return;
    }
    const state = await this.#commandState();
    try {
      if (!on) {
        // The link itself, never what it leads to: the launcher stays.
        if (state === 'ours') await unlinkIfLink(path);
        return;
      }
      if (state === 'ours' || state === 'package') return;
      if (state === 'foreign') throw new BedrockTrayError('FileForeign', { file: path });
      await mkdir(folder, { recursive: true });
      await symlink(this.#places.launcher, path);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'EEXIST')
        throw new BedrockTrayError('FileForeign', { file: path });
      throw storageFailed(path, e);
    }
  }

  #userPath(act: Parameters<typeof pathScript>[0]): Promise<number> {
    const script = Buffer.from(pathScript(act), 'utf16le').toString('base64');
    const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', script];
    return this.#run('powershell.exe', args, { BEDROCK_TRAY_FOLDER: this.#command.folder });
  }

  #run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
    return (this.#parts.run ?? runBriefly)(file, args, env);
  }
}

/** Ours is what starts this very state folder's launcher: another one's entry is another tray. */
const isOurs = (text: string, { starts }: EntryFile): boolean =>
  text.includes(ENTRY_MARK) && text.includes(starts);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function unlinkIfLink(path: string): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) await unlink(path);
}

/** A small program of the system's; its exit code, or 1 where it did not run. */
function runBriefly(file: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((done) => {
    execFile(
      file,
      [...args],
      { env: { ...process.env, ...env }, timeout: 15_000, windowsHide: true },
      (error) => done(error === null ? 0 : typeof error.code === 'number' ? error.code : 1),
    );
  });
}
