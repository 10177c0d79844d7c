import { fstatSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addIndexWords } from '../../domain/conversations/conversation-words.ts';
import { LineReader } from '../line-reader.ts';
import { hasGrown, type ReadFile, TranscriptQueue } from '../transcript-queue.ts';
import { type ConversationFacts, learn, noFacts } from './conversation-facts.ts';
import { CHUNK_SPAN } from './index-file.ts';
import { isWhole, searchedTexts, understood } from './transcript-chunk.ts';
import { findTranscripts, fingerprint, type TranscriptFile } from './transcript-files.ts';

/** A chunk is closed at so much text (UTF-16 units) or so many bytes of the transcript. */
const CHUNK_LENGTH = 16 * 1024;
const CHUNK_BYTES = 512 * 1024;
/** Whether it is time to stop is asked after so many bytes. */
const LOOK_BYTES = 64 * 1024;

interface Row extends ConversationFacts, ReadFile {
  key: number;
  id: string;
  chunks: number;
}

interface Chunk {
  key: number;
  start: number;
  stop: number;
  length: number;
}

interface OpenChunk {
  /** Null: nothing is in it yet. */
  start: number | null;
  stop: number;
  length: number;
  words: Set<string>;
}

const FACTS = Object.keys(noFacts()) as (keyof ConversationFacts)[];
const COLUMNS = ['place', 'size', 'mtime', 'done', 'fingerprint', 'chunks', ...FACTS] as const;

/**
 * Brings the index up to the transcripts on disk. What is done lies in the index alone, in the same transaction as the
 * words: after a crash, a full disk or a damaged index nothing is missing and nothing is there twice.
 */
export class TranscriptIndex {
  readonly #database: DatabaseSync;
  readonly #projects: string;
  readonly #find: StatementSync;
  readonly #update: StatementSync;
  readonly #lastChunk: StatementSync;
  readonly #addChunk: StatementSync;
  readonly #addWords: StatementSync;
  readonly #dropChunk: StatementSync;
  readonly #dropWords: StatementSync;
  readonly #insert: StatementSync;
  readonly #queue = new TranscriptQueue<TranscriptFile>((a, b) => a.mtime - b.mtime);

  constructor(database: DatabaseSync, projects: string) {
    this.#database = database;
    this.#projects = projects;
    this.#find = database.prepare('SELECT * FROM conversation WHERE path = ?');
    this.#update = database.prepare(
      `UPDATE conversation SET ${COLUMNS.map((name) => `${name} = :${name}`).join(', ')} WHERE key = :key`,
    );
    this.#lastChunk = database.prepare(
      'SELECT * FROM chunk WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1',
    );
    this.#addChunk = database.prepare('INSERT INTO chunk (key, start, stop, length) VALUES (?, ?, ?, ?)');
    this.#addWords = database.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
    this.#dropChunk = database.prepare('DELETE FROM chunk WHERE key = ?');
    this.#dropWords = database.prepare('DELETE FROM words WHERE rowid = ?');
    this.#insert = database.prepare(`
      INSERT INTO conversation (path, id, place, size, mtime, done, fingerprint, cwdCertain, messages, chunks)
      VALUES (?, ?, ?, -1, 0, 0, '', 0, 0, 0)
    `);
  }

  get pending(): number {
    return this.#queue.pending;
  }

  get finished(): boolean {
    return this.#queue.finished;
  }

  /** Looks which transcripts are new, longer, rewritten or gone. True when some have gone. */
  look(): boolean {
    const known = this.#database
      .prepare('SELECT key, path, place, size, mtime, done, chunks FROM conversation')
      .all() as unknown as Row[];
    const gone = this.#queue.look(findTranscripts(this.#projects), known);
    for (const row of gone) this.#remove(row.key);
    return gone.length > 0;
  }

  #remove(key: number): void {
    this.#dropChunks(key);
    this.#database.prepare('DELETE FROM conversation WHERE key = ?').run(key);
  }

  #dropChunks(key: number): void {
    const range = [key * CHUNK_SPAN, (key + 1) * CHUNK_SPAN] as const;
    this.#database
      .prepare('DELETE FROM words WHERE rowid IN (SELECT key FROM chunk WHERE key >= ? AND key < ?)')
      .run(...range);
    this.#database.prepare('DELETE FROM chunk WHERE key >= ? AND key < ?').run(...range);
  }

  /** Indexes on until `isOver` says so, the transcripts written last first. */
  work(isOver: () => boolean): { finished: boolean; changed: boolean } {
    return this.#queue.work(isOver, (file, descriptor) => this.#read(file, descriptor, isOver));
  }

  #read(
    file: TranscriptFile,
    descriptor: number,
    isOver: () => boolean,
  ): { finished: boolean; read: number } {
    const { dev, ino, size, mtimeMs: mtime } = fstatSync(descriptor);
    const place = `${dev}:${ino}`;
    const row = this.#rowFor(file, descriptor, place, size);
    const before = row.done;
    const chunk = this.#openChunk(row);
    const reader = new LineReader(descriptor, chunk.start ?? row.done, size);
    let finished = true;
    let looked = chunk.start ?? row.done;
    for (let raw = reader.next(); raw !== null; raw = reader.next()) {
      if (!raw.ended && (raw.bytes === null || !isWhole(raw.bytes))) break;
      const line = understood(raw.bytes);
      if (line) {
        const texts = searchedTexts(line);
        for (const { text } of texts) {
          addIndexWords(text, chunk.words);
          chunk.length += text.length;
        }
        if (texts.length > 0) {
          chunk.start ??= raw.from;
          chunk.stop = raw.to;
        }
        if (raw.from >= row.done) learn(row, line, file.project);
      }
      row.done = Math.max(row.done, raw.to);
      if (chunk.length >= CHUNK_LENGTH || raw.to - (chunk.start ?? raw.to) >= CHUNK_BYTES)
        this.#close(row, chunk);
      if (raw.to - looked < LOOK_BYTES) continue;
      looked = raw.to;
      if (isOver()) {
        finished = false;
        break;
      }
    }
    this.#close(row, chunk);
    row.fingerprint = fingerprint(descriptor, row.done);
    row.place = place;
    // Only what is done to its end is taken for known by the next look.
    row.size = finished ? size : -1;
    row.mtime = mtime;
    this.#update.run(
      Object.fromEntries([['key', row.key], ...COLUMNS.map((name) => [name, row[name]] as const)]),
    );
    return { finished, read: row.done - before };
  }

  /** What is known of the transcript; from its beginning where it is not the one that was indexed. */
  #rowFor(file: TranscriptFile, descriptor: number, place: string, size: number): Row {
    const row = this.#find.get(file.path) as unknown as Row | undefined;
    if (row) {
      if (hasGrown(row, descriptor, place, size)) return row;
      this.#remove(row.key);
    }
    this.#insert.run(file.path, file.id, place);
    return this.#find.get(file.path) as unknown as Row;
  }

  /** The chunk that goes on: the last one while it is small, so that many short additions become few chunks. */
  #openChunk(row: Row): OpenChunk {
    const chunk: OpenChunk = { start: null, stop: 0, length: 0, words: new Set() };
    const last = this.#lastChunk.get(row.key * CHUNK_SPAN, (row.key + 1) * CHUNK_SPAN) as unknown as
      | Chunk
      | undefined;
    if (last && last.length < CHUNK_LENGTH / 2 && row.done - last.start < CHUNK_BYTES / 2) {
      this.#dropWords.run(last.key);
      this.#dropChunk.run(last.key);
      chunk.start = last.start;
    }
    return chunk;
  }

  #close(row: Row, chunk: OpenChunk): void {
    if (chunk.start !== null && chunk.words.size > 0) {
      const key = row.key * CHUNK_SPAN + row.chunks++;
      this.#addChunk.run(key, chunk.start, chunk.stop, chunk.length);
      this.#addWords.run(key, [...chunk.words].join(' '));
    }
    chunk.start = null;
    chunk.length = 0;
    chunk.words.clear();
  }
}
