import { join } from 'node:path';
import { replaceFile } from '../../aws/replace-file.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import {
  type EditorKind,
  editorKinds,
  mayBeRun,
  SYSTEM_EDITOR,
  systemEditorCommand,
} from '../../domain/desktop/editors.ts';
import type { Platform } from '../../domain/desktop/program-places.ts';
import { quoteForSh } from '../../domain/desktop/shell-quoting.ts';
import { terminalKinds } from '../../domain/desktop/terminals.ts';
import { runOpener } from '../browsers/open-browser.ts';
import type { Launcher } from '../launcher.ts';
import type { AgentContext, Openers, SettingsStore } from '../ports.ts';
import { findPrograms, type Here } from './find-programs.ts';
import { type ResolvedFile, resolveFile } from './resolve-file.ts';

export interface OpenersParts {
  context: Pick<AgentContext, 'userHome' | 'home' | 'log'>;
  settings: Pick<SettingsStore, 'get'>;
  launcher: Pick<Launcher, 'write'>;
  /** The person's login environment: where their programs are, and what these are started with. */
  loginEnv(): Promise<Readonly<Record<string, string>>>;
  platform: NodeJS.Platform;
}

/** The person's own terminals and editors: found when they are needed, started without a shell, and let go of. */
export class OpenersRoom implements Openers {
  readonly #parts: OpenersParts;
  readonly #platform: Platform;

  constructor(parts: OpenersParts) {
    this.#parts = parts;
    const { platform } = parts;
    this.#platform = platform === 'darwin' || platform === 'win32' ? platform : 'linux';
  }

  async terminals(): ReturnType<Openers['terminals']> {
    const found = await this.#terminals(await this.#here());
    return found.map(({ kind: { id, name } }) => ({ id, name }));
  }

  async editors(): ReturnType<Openers['editors']> {
    const here = await this.#here();
    const found = this.#hasDisplay(here) ? await findPrograms(editorKinds, here) : [];
    const system = this.#hasDisplay(here) ? [{ id: SYSTEM_EDITOR, name: systemNames[this.#platform] }] : [];
    return [...found.map(({ kind: { id, name } }) => ({ id, name })), ...system];
  }

  /** One that was chosen and cannot be started is an error; without a choice the next one is tried. */
  async attachInTerminal(session: string, terminal?: string): Promise<void> {
    const here = await this.#here();
    const wanted = terminal ?? this.#parts.settings.get().sessions.terminal;
    const all = await this.#terminals(here);
    const found = wanted === null ? all : all.filter(({ kind }) => kind.id === wanted);
    if (found.length === 0) throw new BedrockTrayError('TerminalMissing', {});
    const argv = [await this.#parts.launcher.write(), 'sessions', 'attach', session];
    for (const { kind, program } of found) {
      const words = kind.opensScript ? [await this.#script(session, argv)] : argv;
      if (await runOpener(kind.command(program, words), here.env)) return;
      this.#parts.context.log.warn({ terminal: kind.id }, 'a terminal could not be opened');
    }
    const command = found[0]?.kind.name ?? '';
    throw new BedrockTrayError('CommandFailed', { command, reason: 'it could not be opened' });
  }

  async resolve(cwd: string, paths: readonly string[]): Promise<(string | null)[]> {
    const found = await Promise.all(paths.map((path) => this.#file(cwd, path)));
    return found.map((each) => each?.file ?? null);
  }

  async openFile(cwd: string, path: string, line?: number, column?: number): Promise<void> {
    const found = await this.#file(cwd, path);
    if (!found) throw new BedrockTrayError('FileMissing', { file: path });
    const here = await this.#here();
    const commands = this.#hasDisplay(here) ? await this.#editorCommands(here, found, line, column) : [];
    if (commands.length === 0) throw new BedrockTrayError('EditorMissing', {});
    for (const command of commands) {
      if (await runOpener(command, here.env)) return;
      this.#parts.context.log.warn({ editor: command[0] }, 'an editor could not be opened');
    }
    const command = commands[0]?.[0] ?? '';
    throw new BedrockTrayError('CommandFailed', { command, reason: 'it could not be opened' });
  }

  /** What to try in turn: only the chosen one, if one is chosen. */
  async #editorCommands(
    here: Here,
    { file, real, mode }: ResolvedFile,
    line: number | undefined,
    column: number | undefined,
  ): Promise<string[][]> {
    const wanted = this.#parts.settings.get().sessions.editor;
    // Others than an editor might run it.
    const system =
      this.#platform === 'linux' && (mayBeRun(file, mode) || mayBeRun(real, mode))
        ? []
        : [systemEditorCommand(file, this.#platform)];
    if (wanted === SYSTEM_EDITOR) return system;
    const kinds: readonly EditorKind[] =
      wanted === null ? editorKinds : editorKinds.filter((kind) => kind.id === wanted);
    const found = await findPrograms(kinds, here);
    const commands = found.map(({ kind, program }) =>
      kind.command(program, file, line ?? null, column ?? null),
    );
    return wanted === null ? [...commands, ...system] : commands;
  }

  async #terminals(here: Here) {
    return this.#hasDisplay(here) ? findPrograms(terminalKinds, here) : [];
  }

  #file(cwd: string, path: string) {
    return resolveFile(path, { cwd, userHome: this.#parts.context.userHome, platform: this.#platform });
  }

  async #here(): Promise<Here> {
    return {
      platform: this.#platform,
      env: await this.#parts.loginEnv(),
      userHome: this.#parts.context.userHome,
    };
  }

  #hasDisplay({ env }: Here): boolean {
    return this.#platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  }

  /** For a terminal that only opens files: a script that runs `argv`, and removes itself. */
  async #script(session: string, argv: readonly string[]): Promise<string> {
    const path = join(this.#parts.context.home, 'bin', `attach-${session}.command`);
    const text = `#!/bin/sh\nrm -f ${quoteForSh(path)}\nexec ${argv.map(quoteForSh).join(' ')}\n`;
    await replaceFile(path, text, { mode: 0o700 });
    return path;
  }
}

const systemNames: Record<Platform, string> = { linux: 'xdg-open', darwin: 'TextEdit', win32: 'Notepad' };
