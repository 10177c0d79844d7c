import { fstatSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { isWhole } from '../history/transcript-chunk.ts';
import { findAllTranscripts, fingerprint } from '../history/transcript-files.ts';
import type { GrowingIndex } from '../index-worker.ts';
import { LineReader } from '../line-reader.ts';
import { hasGrown, type ReadFile, TranscriptQueue } from '../transcript-queue.ts';
import { UsageBook } from './usage-book.ts';
import { lastStamp, usageLine } from './usage-lines.ts';
import type { Stay } from './worker-messages.ts';

/** Whether it is time to stop is asked after so many bytes. */
const LOOK_BYTES = 256 * 1024;
/** So far back the time of a line is looked for that does not say it. */
const STAMP_BYTES = 256 * 1024;

type File = ReturnType<typeof findAllTranscripts>['files'][number];

/**
 * Brings what was used up to the transcripts on disk. How far each is read lies in the same transaction as what was
 * read; and since each answer is known by its id, reading one again changes nothing.
 */
export class UsageIndex implements GrowingIndex {
  readonly #database: DatabaseSync;
  readonly #projects: string;
  readonly #book: UsageBook;
  /** The oldest first: where nothing says whose an answer is, it is of the conversation that had it first. */
  readonly #queue = new TranscriptQueue<File>(
    (a, b) => b.mtime - a.mtime || Number(a.subAgent) - Number(b.subAgent),
  );

  constructor(database: DatabaseSync, projects: string) {
    this.#database = database;
    this.#projects = projects;
    this.#book = new UsageBook(database);
  }

  get pending(): number {
    return this.#queue.pending;
  }

  get finished(): boolean {
    return this.#queue.finished;
  }

  look(): boolean {
    const known = this.#database
      .prepare('SELECT path, conversation, place, size, mtime, done FROM transcript')
      .all() as unknown as (ReadFile & { conversation: number | null })[];
    const gone = this.#queue.look(findAllTranscripts(this.#projects), known);
    for (const { path, conversation } of gone) {
      this.#database.prepare('DELETE FROM transcript WHERE path = ?').run(path);
      if (conversation !== null) this.#book.forgetWords(conversation);
    }
    return gone.length > 0;
  }

  work(isOver: () => boolean): { finished: boolean; changed: boolean } {
    const done = this.#queue.work(isOver, (file, descriptor) => this.#read(file, descriptor, isOver));
    const changed = this.#book.settle();
    return { finished: done.finished, changed };
  }

  /** A conversation is held in an environment from then on; true where that changes anything. */
  opened(stay: Stay): boolean {
    const moved = this.#book.opened(stay);
    this.#book.settle();
    return moved;
  }

  /** Days are those of this zone from now on. */
  setZone(zone: string): void {
    this.#book.setZone(zone);
  }

  #read(file: File, descriptor: number, isOver: () => boolean): { finished: boolean; read: number } {
    const { dev, ino, size, mtimeMs: mtime } = fstatSync(descriptor);
    const place = `${dev}:${ino}`;
    const before = this.#database
      .prepare('SELECT path, place, size, mtime, done, fingerprint FROM transcript WHERE path = ?')
      .get(file.path) as unknown as ReadFile | undefined;
    const from = before && hasGrown(before, descriptor, place, size) ? before.done : 0;
    const reading = this.#book.transcript(file);
    const reader = new LineReader(descriptor, from, size);
    let done = from;
    let looked = from;
    let finished = true;
    for (let raw = reader.next(); raw !== null; raw = reader.next()) {
      if (!raw.ended && (raw.bytes === null || !isWhole(raw.bytes))) break;
      done = raw.to;
      const said = usageLine(raw.bytes, raw.from, reading.wants);
      if (said?.line) reading.words(said.line);
      if (said?.cost) reading.cost(said.cost, () => this.#stampBefore(descriptor, raw.from));
      if (raw.to - looked < LOOK_BYTES) continue;
      looked = raw.to;
      if (isOver()) {
        finished = false;
        break;
      }
    }
    this.#database.prepare('INSERT OR REPLACE INTO transcript VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      file.path,
      file.subAgent ? null : reading.end(),
      place,
      // Only what is read to its end is taken for known by the next look.
      finished ? size : -1,
      mtime,
      done,
      fingerprint(descriptor, done),
    );
    if (file.subAgent) reading.end();
    return { finished, read: done - from };
  }

  #stampBefore(descriptor: number, end: number): number | null {
    const length = Math.min(end, STAMP_BYTES);
    const bytes = Buffer.alloc(length);
    return lastStamp(bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, length, end - length)));
  }
}
