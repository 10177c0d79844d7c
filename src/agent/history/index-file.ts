import type { DatabaseSync } from 'node:sqlite';
import { type IndexOptions, openIndexFile } from '../index-file.ts';

/** Rises whenever the tables or the words (src/domain/conversations/conversation*) change: an older index is made anew. */
const LAYOUT = 1;

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
`;

/** A conversation's chunks have keys in [key * SPAN, (key + 1) * SPAN). */
export const CHUNK_SPAN = 2 ** 20;

/** Opens the index of past conversations: all of it can be made again. */
export function openIndex(file: string, options: IndexOptions = {}): DatabaseSync {
  return openIndexFile(
    file,
    {
      version: LAYOUT,
      schema: SCHEMA,
      probe: (database) => database.prepare('SELECT count(*) FROM words WHERE words MATCH ?').get('"a"'),
    },
    options,
  );
}
