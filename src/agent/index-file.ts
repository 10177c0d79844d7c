import { closeSync, existsSync, fchmodSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Primary result codes of SQLite. */
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

const primaryCode = (error: unknown) => ((error as { errcode?: number } | null)?.errcode ?? 0) & 0xff;
export const isCorrupt = (error: unknown): boolean =>
  primaryCode(error) === CORRUPT || primaryCode(error) === NOT_A_DATABASE;
export const isFull = (error: unknown): boolean => primaryCode(error) === FULL;

export interface IndexLayout {
  /** Rises whenever the tables or what stands in them change: an older index is made anew. */
  version: number;
  schema: string;
  /** A query that fails where the index cannot be used. */
  probe(database: DatabaseSync): void;
  /** Told before a file goes that cannot be used. */
  replacing?(): void;
}

export interface IndexOptions {
  /** Largest size in pages, for tests of a full disk. */
  maxPages?: number | undefined;
  /** What is there is damaged. */
  anew?: boolean;
}

const files = (file: string) => ['', '-wal', '-shm', '-journal'].map((suffix) => `${file}${suffix}`);

export function removeIndex(file: string): void {
  for (const each of files(file)) rmSync(each, { force: true });
}

function open(file: string, layout: IndexLayout, maxPages: number | undefined): DatabaseSync {
  // It is removed when the index is closed in good order.
  const crashed = existsSync(`${file}-wal`);
  // Made by us first, so that it is never open to others; SQLite gives its side files the same mode.
  const descriptor = openSync(file, 'a', 0o600);
  try {
    if (process.platform !== 'win32') fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
  const database = new DatabaseSync(file, { timeout: 2_000 });
  try {
    // Exclusive: there is one agent, and what it reads and writes needs no shared memory beside the file.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -8192;
      PRAGMA journal_size_limit = 4194304;
    `);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version === layout.version) layout.probe(database);
    else if (version === 0 && database.prepare('SELECT name FROM sqlite_schema').get() === undefined)
      database.exec(`BEGIN IMMEDIATE; ${layout.schema} PRAGMA user_version = ${layout.version}; COMMIT`);
    else throw Object.assign(new Error(`layout ${version}`), { errcode: NOT_A_DATABASE });
    if (crashed) {
      const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() as {
        quick_check: string;
      };
      if (found !== 'ok') throw Object.assign(new Error(found), { errcode: CORRUPT });
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens an index, empty where there is none, where it is of another layout and where it is damaged: what it is made of
 * lies elsewhere. Throws what SQLite throws, e.g. when
 * another process has it.
 */
export function openIndexFile(file: string, layout: IndexLayout, options: IndexOptions = {}): DatabaseSync {
  if (options.anew) removeIndex(file);
  try {
    return open(file, layout, options.maxPages);
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    layout.replacing?.();
    removeIndex(file);
    return open(file, layout, options.maxPages);
  }
}
