import { readFile, rename } from 'node:fs/promises';
import { replaceFile } from '../aws/replace-file.ts';
import { BedrockTrayError } from '../contract/errors.ts';
import type { Log } from './ports.ts';

/** A JSON object on disk with the version of its layout. */
export type State = Record<string, unknown>;

/**
 * One small file of ours in the state folder: read once, written whole in one step, 0600. A file that cannot be
 * read, or that a newer version of the product wrote, is put aside under another name and never overwritten.
 */
export class StateFile {
  readonly #path: string;
  readonly #version: number;
  readonly #log: Log;
  readonly #now: () => number;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, version: number, log: Log, now: () => number) {
    this.#path = path;
    this.#version = version;
    this.#log = log;
    this.#now = now;
  }

  /** The object that is there, or null (none, or put aside). */
  async read(): Promise<State | null> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT') await this.#putAside('unreadable', String(code));
      return null;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = null;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      await this.#putAside('unreadable', 'no JSON object');
      return null;
    }
    const state = value as State;
    if (typeof state.version === 'number' && state.version > this.#version) {
      await this.#putAside('newer', `version ${state.version}`);
      return null;
    }
    return state;
  }

  /** Writes the object; writes follow one another. Errors: StorageFailed, and the file is as it was. */
  write(state: State): Promise<void> {
    const text = `${JSON.stringify({ ...state, version: this.#version }, null, 2)}\n`;
    const turn = this.#writing.then(async () => {
      try {
        await replaceFile(this.#path, text, { mode: 0o600 });
      } catch (e) {
        const reason = (e as NodeJS.ErrnoException).code ?? 'unknown';
        throw new BedrockTrayError('StorageFailed', { file: this.#path, reason });
      }
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #putAside(why: 'unreadable' | 'newer', reason: string): Promise<void> {
    const stamp = new Date(this.#now()).toISOString().replace(/[:.]/g, '-');
    const aside = `${this.#path}.${why}-${stamp}`;
    const moved = await rename(this.#path, aside).then(
      () => true,
      () => false,
    );
    this.#log.warn(
      { file: this.#path, reason, ...(moved ? { keptAs: aside } : {}) },
      'a file of ours cannot be used; defaults are used',
    );
  }
}
