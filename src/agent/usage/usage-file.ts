import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type IndexOptions, isFull, openIndexFile, removeIndex } from '../index-file.ts';

/** Rises whenever the tables change. What an older one had is then to be taken over: its transcripts may be gone. */
const LAYOUT = 1;

const TOKENS = `
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cacheRead INTEGER NOT NULL,
    cacheWrite5m INTEGER NOT NULL,
    cacheWrite1h INTEGER NOT NULL`;

/**
 * `answer` knows each answer of a model by a digest of its id, so that none is counted twice, in whichever transcripts
 * and as often as it stands there. `told` are Claude Code's own totals, `beside` what they have beyond the answers.
 * `stay`: a conversation was held in an environment from then on. `used` is the sum of answers and beside by quarters of
 * an hour (domain/usage/days), and `daily` by days of the zone in `zone`, which alone is asked; both follow from the
 * others. Keys are small numbers.
 */
const SCHEMA = `
  CREATE TABLE transcript (
    path TEXT PRIMARY KEY,
    conversation INTEGER,
    place TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime REAL NOT NULL,
    done INTEGER NOT NULL,
    fingerprint TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE conversation (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    folder TEXT NOT NULL,
    cwd TEXT,
    cwdCertain INTEGER NOT NULL,
    parent INTEGER,
    parentAt INTEGER,
    given TEXT,
    made TEXT,
    summary TEXT,
    prompt TEXT,
    opening TEXT
  ) STRICT;
  CREATE INDEX conversation_parent ON conversation (parent) WHERE parent IS NOT NULL;
  CREATE TABLE stay (
    key INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    since INTEGER NOT NULL,
    environment TEXT,
    UNIQUE (conversation, since)
  ) STRICT;
  CREATE TABLE model (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE answer (
    id BLOB PRIMARY KEY,
    conversation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    model INTEGER NOT NULL,${TOKENS}
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answer_conversation ON answer (conversation, at);
  CREATE TABLE told (
    conversation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    model INTEGER NOT NULL,
    until INTEGER,${TOKENS},
    PRIMARY KEY (conversation, at, model)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE beside (
    conversation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    model INTEGER NOT NULL,${TOKENS},
    PRIMARY KEY (conversation, at, model)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE used (
    quarter INTEGER NOT NULL,
    stay INTEGER NOT NULL,
    model INTEGER NOT NULL,
    step INTEGER NOT NULL,
    answers INTEGER NOT NULL,${TOKENS},
    PRIMARY KEY (quarter, stay, model, step)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE daily (
    day TEXT NOT NULL,
    stay INTEGER NOT NULL,
    model INTEGER NOT NULL,
    step INTEGER NOT NULL,
    answers INTEGER NOT NULL,${TOKENS},
    PRIMARY KEY (day, stay, model, step)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE zone (name TEXT NOT NULL) STRICT;
`;

/** Everything that is made again from nothing but transcripts which may be gone. */
const KEPT = ['model', 'conversation', 'stay', 'answer', 'told', 'beside'] as const;

/** `used`, from what it follows from; `daily` is made again with the next zone. Prompt classes as in cost/prices; quarters as in usage/days. */
const SUM_UP = `
  DELETE FROM used;
  DELETE FROM zone;
  INSERT INTO used
    SELECT at / 900000, stay, model, step, sum(answers), sum(input), sum(output), sum(cacheRead),
      sum(cacheWrite5m), sum(cacheWrite1h)
    FROM (
      SELECT a.*, 1 AS answers, (input + cacheRead + cacheWrite5m + cacheWrite1h + 99999) / 100000 AS step,
        (SELECT key FROM stay WHERE conversation = a.conversation AND since <= a.at ORDER BY since DESC LIMIT 1) AS stay
      FROM (SELECT conversation, at, model, input, output, cacheRead, cacheWrite5m, cacheWrite1h FROM answer) a
      UNION ALL
      SELECT b.*, 0 AS answers, 0 AS step,
        (SELECT key FROM stay WHERE conversation = b.conversation AND since <= b.at ORDER BY since DESC LIMIT 1) AS stay
      FROM beside b
    )
    WHERE stay IS NOT NULL
    GROUP BY 1, 2, 3, 4;
`;

const layout = {
  version: LAYOUT,
  schema: SCHEMA,
  probe: (database: DatabaseSync) => void database.prepare('SELECT count(*) FROM stay').get(),
};

/**
 * Opens the index of what was used. A damaged one is made anew; what can still be read of it is taken over, since
 * Claude Code deletes transcripts.
 */
export function openUsage(file: string, options: IndexOptions = {}): DatabaseSync {
  const damaged = `${file}.damaged`;
  if (options.anew) setAside(file, damaged);
  const database = openIndexFile(file, { ...layout, replacing: () => setAside(file, damaged) }, options);
  if (existsSync(damaged)) {
    takeOver(database, damaged);
    removeIndex(damaged);
  }
  return database;
}

/** With its side files, which hold what was written last. */
function setAside(file: string, damaged: string): void {
  removeIndex(damaged);
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${damaged}${suffix}`);
}

function takeOver(database: DatabaseSync, damaged: string): void {
  let old: DatabaseSync | undefined;
  database.exec('BEGIN IMMEDIATE');
  try {
    old = new DatabaseSync(damaged, { timeout: 2_000 });
    for (const table of KEPT) copy(old, database, table);
    database.exec(SUM_UP);
  } catch (error) {
    // Where there is no room it waits, set aside, until there is. Else nothing of it can be read.
    if (isFull(error)) throw error;
  } finally {
    old?.close();
    if (database.isTransaction) database.exec('COMMIT');
  }
}

/** Row by row, up to where it is damaged. */
function copy(from: DatabaseSync, to: DatabaseSync, table: string): void {
  let insert: StatementSync | undefined;
  try {
    for (const row of from.prepare(`SELECT * FROM ${table}`).iterate()) {
      insert ??= to.prepare(
        `INSERT OR IGNORE INTO ${table} (${Object.keys(row).join(', ')})
          VALUES (${Object.keys(row)
            .map(() => '?')
            .join(', ')})`,
      );
      insert.run(...(Object.values(row) as SQLInputValue[]));
    }
  } catch (error) {
    if (isFull(error)) throw error;
    // What comes behind it is read from the transcripts again, as far as they are there.
  }
}
