import { closeSync, fstatSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addIndexWords } from '../../domain/conversations/conversation-words.ts';
import { LineReader } from '../line-reader.ts';
import { openTranscript } from '../open-transcript.ts';
import { type ConversationFacts, learn, noFacts } from './conversation-facts.ts';
import { CHUNK_SPAN } from './index-file.ts';
import { isWhole, searchedTexts, understood } from './transcript-chunk.ts';
import { findTranscripts, fingerprint, type TranscriptFile } from './transcript-files.ts';

/** A chunk is closed at so much text (UTF-16 units) or so many bytes of the transcript. */
const CHUNK_LENGTH = 16 * 1024;
const CHUNK_BYTES = 512 * 1024;
/** Whether it is time to stop is asked after so many bytes. */
const LOOK_BYTES = 64 * 1024;

interface Row extends ConversationFacts {
  key: number;
  path: string;
  id: string;
  place: string;
  size: number;
  mtime: number;
  done: number;
  fingerprint: string;
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
  /** Transcripts with something new and how many bytes of each are left; the one written last comes last. */
  #queue: { file: TranscriptFile; left: number }[] = [];
  #pending = 0;

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

  /** Bytes that are not indexed yet, as far as the last look saw. */
  get pending(): number {
    return this.#pending;
  }

  get finished(): boolean {
    return this.#queue.length === 0;
  }

  /** Looks which transcripts are new, longer, rewritten or gone. True when some have gone. */
  look(): boolean {
    const { files, unreadable } = findTranscripts(this.#projects);
    const known = new Map(
      (
        this.#database
          .prepare('SELECT key, path, place, size, mtime, done, chunks FROM conversation')
          .all() as unknown as Row[]
      ).map((row) => [row.path, row]),
    );
    this.#queue = [];
    for (const file of files) {
      const row = known.get(file.path);
      known.delete(file.path);
      if (row && row.place === file.place && row.size === file.size && row.mtime === file.mtime) continue;
      this.#queue.push({ file, left: row && file.size >= row.done ? file.size - row.done : file.size });
    }
    this.#queue.sort((a, b) => a.file.mtime - b.file.mtime);
    this.#pending = this.#queue.reduce((sum, { left }) => sum + left, 0);
    // Of what could not be listed nothing is known: its conversations stay.
    const gone = [...known.values()].filter(
      ({ path }) => !unreadable.some((folder) => path.startsWith(folder)),
    );
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
    let changed = false;
    for (let next = this.#queue.at(-1); next; next = this.#queue.at(-1)) {
      const { finished, read } = this.#workOn(next.file, isOver);
      changed ||= read > 0;
      const done = finished ? next.left : Math.min(read, next.left);
      this.#pending -= done;
      next.left -= done;
      if (finished) this.#queue.pop();
      if (isOver()) break;
    }
    return { finished: this.#queue.length === 0, changed };
  }

  /** `read`: bytes that were new. A file that cannot be read is left as it is: the next look comes back to it. */
  #workOn(file: TranscriptFile, isOver: () => boolean): { finished: boolean; read: number } {
    let descriptor: number;
    try {
      descriptor = openTranscript(file.path);
    } catch {
      return { finished: true, read: 0 };
    }
    try {
      return this.#read(file, descriptor, isOver);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall !== 'read') throw error;
      return { finished: true, read: 0 };
    } finally {
      closeSync(descriptor);
    }
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
      const grew =
        row.place === place && size >= row.done && fingerprint(descriptor, row.done) === row.fingerprint;
      if (grew) return row;
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
