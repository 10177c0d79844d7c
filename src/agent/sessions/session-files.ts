import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
