import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { replaceFile } from '../../aws/replace-file.ts';
import { BedrockTrayError } from '../../contract/errors.ts';

export interface SessionFilePaths {
  folder: string;
  settings: string;
  restore: string;
  awsConfig: string;
  empty: string;
}

/** The files of one session, in a folder of its own below the state folder; all 0600, gone with the session's end. */
export class SessionFiles {
  readonly #root: string;
  /** Removing an ended session's files and writing those of its resumption follow one another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(home: string) {
    this.#root = join(home, 'sessions');
  }

  paths(id: string): SessionFilePaths {
    const folder = join(this.#root, id);
    return {
      folder,
      settings: join(folder, 'settings.json'),
      restore: join(folder, 'restore-env.sh'),
      awsConfig: join(folder, 'aws-config'),
      empty: join(folder, 'aws-credentials'),
    };
  }

  /** Writes what is not null. Errors: StorageFailed. */
  write(
    id: string,
    content: { settings: string | null; restore: string | null; awsConfig: string | null },
  ): Promise<void> {
    return this.#inTurn(() => this.#write(id, content));
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(() => rm(this.paths(id).folder, { recursive: true, force: true })).catch(
      () => undefined,
    );
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #write(
    id: string,
    content: { settings: string | null; restore: string | null; awsConfig: string | null },
  ): Promise<void> {
    const paths = this.paths(id);
    const files: [string, string | null][] = [
      [paths.settings, content.settings],
      [paths.restore, content.restore],
      [paths.awsConfig, content.awsConfig],
      [paths.empty, content.awsConfig === null ? null : ''],
    ];
    for (const [path, text] of files) {
      if (text === null) continue;
      try {
        await mkdir(paths.folder, { recursive: true, mode: 0o700 });
        await replaceFile(path, text, { mode: 0o600 });
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
        throw new BedrockTrayError('StorageFailed', { file: path, reason }, { cause: error });
      }
    }
  }

  /** Removes what sessions left behind that no longer run. */
  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#root).catch(() => []);
    for (const name of names) if (!ids.has(name)) await this.remove(name);
  }
}

/** `--settings` as the person gave it: JSON, or a file. Errors: BadInput. */
export async function readGivenSettings(given: string, cwd: string): Promise<Record<string, unknown>> {
  const inline = given.trimStart().startsWith('{');
  const bad = (reason: string) => new BedrockTrayError('BadInput', { field: '--settings', reason });
  let text = given;
  if (!inline) {
    const path = isAbsolute(given) ? given : resolve(cwd, given);
    text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw bad(`${path}: ${error.code}`);
    });
  }
  const value = parsed(text);
  if (!value) throw bad(inline ? 'JSON' : given);
  return value;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The `env` blocks of the person's own settings files, merged as Claude Code does (local over project over user),
 * so that what they set for their shell commands can be given back. Files that cannot be read count as empty:
 * Claude Code says so itself.
 */
export async function personSettingsEnv(configFolder: string, cwd: string): Promise<Record<string, string>> {
  const files = [
    join(configFolder, 'settings.json'),
    join(cwd, '.claude', 'settings.json'),
    join(cwd, '.claude', 'settings.local.json'),
  ];
  const merged: Record<string, string> = {};
  for (const file of files) {
    const { env } = parsed(await readFile(file, 'utf8').catch(() => '')) ?? {};
    if (typeof env !== 'object' || env === null) continue;
    for (const [name, value] of Object.entries(env)) {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        merged[name] = String(value);
      }
    }
  }
  return merged;
}

/** Whether Claude Code has a transcript of this conversation: one is written at the first prompt. */
export async function hasTranscript(configFolder: string, id: string): Promise<boolean> {
  const projects = join(configFolder, 'projects');
  for (const project of await readdir(projects).catch(() => [])) {
    const found = await stat(join(projects, project, `${id}.jsonl`)).then(
      (transcript) => transcript.size > 0,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
