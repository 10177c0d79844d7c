import { closeSync, existsSync, fchmodSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Rises whenever the tables or the words (src/domain/conversations/conversation*) change: an older index is made anew. */
const LAYOUT = 1;

/** Primary result codes of SQLite. */
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

const primaryCode = (error: unknown) => ((error as { errcode?: number } | null)?.errcode ?? 0) & 0xff;
export const isCorrupt = (error: unknown): boolean =>
  primaryCode(error) === CORRUPT || primaryCode(error) === NOT_A_DATABASE;
export const isFull = (error: unknown): boolean => primaryCode(error) === FULL;

/**
 * `words` keeps which words stand in which chunk, and no text: the text is read from the transcript again. A chunk is
 * a stretch of a transcript; its key is its conversation's key times 2^20 and a running number.
 */
const SCHEMA = `
  CREATE TABLE conversation (
    key INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime REAL NOT NULL,
    done INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    cwd TEXT,
    cwdCertain INTEGER NOT NULL,
    given TEXT,
    made TEXT,
    summary TEXT,
    prompt TEXT,
    opening TEXT,
    model TEXT,
    startedAt INTEGER,
    lastAt INTEGER,
    messages INTEGER NOT NULL,
    counted TEXT,
    chunks INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX conversation_id ON conversation (id);
  CREATE TABLE chunk (
    key INTEGER PRIMARY KEY,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    length INTEGER NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE words USING fts5 (
    text, content='', contentless_delete=1, detail=none, tokenize='ascii'
  );
  -- Fewer and larger merges: an eighth less processor time for a first index.
  INSERT INTO words (words, rank) VALUES ('hashsize', 8388608);
  INSERT INTO words (words, rank) VALUES ('automerge', 8);
  PRAGMA user_version = ${LAYOUT};
`;

/** A conversation's chunks have keys in [key * SPAN, (key + 1) * SPAN). */
export const CHUNK_SPAN = 2 ** 20;

function removeIndex(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}

function open(file: string, maxPages: number | undefined): DatabaseSync {
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
    if (version === LAYOUT) database.prepare('SELECT count(*) FROM words WHERE words MATCH ?').get('"a"');
    else if (version === 0 && database.prepare('SELECT name FROM sqlite_schema').get() === undefined)
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
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
 * Opens the index, empty where there is none, where it is of another layout and where it is damaged: all of it can be
 * made again. Throws what SQLite throws, e.g. when another process has it.
 */
export function openIndex(
  file: string,
  options: { maxPages?: number | undefined; anew?: boolean } = {},
): DatabaseSync {
  if (options.anew) removeIndex(file);
  try {
    return open(file, options.maxPages);
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    removeIndex(file);
    return open(file, options.maxPages);
  }
}
