import type { DatabaseSync } from 'node:sqlite';
import { BedrockTrayError, isBedrockTrayError } from '../contract/errors.ts';
import type { FromAskedWorker, Requests, ToAskedWorker } from './asked-worker.ts';
import { isCorrupt, isFull } from './index-file.ts';

/** Requests wait no longer than this for a piece of indexing. */
const SLICE_MS = 25;
/** What a question waits for the newest lines. */
const NEWEST_WAIT_MS = 60;
/** What was read is kept at least this often while there is much to index. */
const COMMIT_MS = 1_000;
const STATUS_MS = 500;
/** Looked again for a question only after this. */
const LOOK_MS = 500;

/** What is brought up to the transcripts on disk, in pieces. */
export interface GrowingIndex {
  /** Bytes that are not indexed yet, as far as the last look saw. */
  readonly pending: number;
  readonly finished: boolean;
  /** Looks what is new on disk. True when something is not as it was even without reading. */
  look(): boolean;
  /** Indexes on until `isOver` says so. */
  work(isOver: () => boolean): { finished: boolean; changed: boolean };
}

export interface IndexWorkerParts<R extends Requests, I extends GrowingIndex = GrowingIndex> {
  /** The index, for errors. */
  file: string;
  /** What the log calls it. */
  name: string;
  /** Throws what SQLite throws. `anew`: it is damaged. */
  open(anew: boolean): DatabaseSync;
  index(database: DatabaseSync): I;
  /**
   * Answers a question. `newest` brings in what was just written, as far as that is quick; `write` changes what can
   * be asked for, in the transaction of what is read; it answers whether it did.
   */
  answer(
    message: Extract<ToAskedWorker<R>, { type: 'ask' }>,
    use: { database: DatabaseSync; index(): I; newest(): void; write(act: () => boolean): void },
  ): unknown;
  unusedMs: number;
  say(message: FromAskedWorker): void;
  ended(): void;
}

/** An indexing worker's doing: indexes in short pieces, and answers between them. The question `look` waits for all of it. */
export class IndexWorker<R extends Requests, I extends GrowingIndex = GrowingIndex> {
  readonly #parts: IndexWorkerParts<R, I>;
  #database: DatabaseSync;
  #index: I;
  #committedAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #saidAt = Number.NEGATIVE_INFINITY;
  #saidPending = 0;
  #changed = false;
  #working: NodeJS.Immediate | undefined;
  #unused: NodeJS.Timeout | undefined;
  /** The disk is full or will not be written: nothing is, until the next look. */
  #full = false;
  #waitingForAll: number[] = [];
  #stopped = false;

  /** Throws what SQLite throws where the index cannot be opened. */
  constructor(parts: IndexWorkerParts<R, I>) {
    this.#parts = parts;
    this.#database = parts.open(false);
    this.#index = parts.index(this.#database);
    this.#used();
  }

  handle(message: ToAskedWorker<R>): void {
    // What came too late is asked again of the next worker.
    if (this.#stopped) return;
    if (message.type === 'stop') {
      this.stop();
      return;
    }
    this.#used();
    const { id } = message;
    try {
      if (message.ask === 'look') {
        this.#waitingForAll.push(id);
        this.#look(0);
        this.#goOn();
      } else {
        const value = this.#guarded(() => ({ told: this.#answer(message) }));
        // What it asks for needed room.
        if (value === undefined)
          throw new BedrockTrayError('StorageFailed', { file: this.#parts.file, reason: 'ENOSPC' });
        this.#parts.say({ type: 'answer', id, value: value.told });
      }
    } catch (error) {
      this.#parts.say({ type: 'refused', id, error: this.#refusal(error) });
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#unused);
    clearImmediate(this.#working);
    try {
      this.#commit();
    } catch {
      // It is made again where it was not kept.
    } finally {
      // Also where there was no room: whoever opens it next would wait for this one.
      if (this.#database.isOpen) this.#database.close();
      this.#parts.ended();
    }
  }

  #answer(message: Extract<ToAskedWorker<R>, { type: 'ask' }>): unknown {
    return this.#parts.answer(message, {
      database: this.#database,
      index: () => this.#index,
      newest: () => {
        this.#look(LOOK_MS);
        this.#work(performance.now() + NEWEST_WAIT_MS);
        this.#goOn();
      },
      write: (act) => {
        this.#begin();
        if (act()) this.#changed = true;
        // Whoever told it tells it once.
        this.#commit();
        this.#goOn();
      },
    });
  }

  /** Looks at the transcripts unless that was done less than `ageMs` ago. */
  #look(ageMs: number): void {
    const now = performance.now();
    if (now - this.#lookedAt < ageMs) return;
    this.#lookedAt = now;
    this.#full = false;
    this.#guarded(() => {
      this.#begin();
      if (this.#index.look()) this.#changed = true;
    });
  }

  /** Indexes until `until` (performance.now), or until all is done. */
  #work(until: number): void {
    if (this.#full) return;
    this.#guarded(() => {
      this.#begin();
      const { finished, changed } = this.#index.work(() => performance.now() >= until);
      this.#changed ||= changed;
      if (finished || performance.now() - this.#committedAt > COMMIT_MS) this.#commit();
    });
  }

  #goOn(): void {
    this.#working ??= setImmediate(() => {
      this.#working = undefined;
      try {
        this.#work(performance.now() + SLICE_MS);
      } catch (error) {
        this.#full = true;
        for (const id of this.#waitingForAll.splice(0))
          this.#parts.say({ type: 'refused', id, error: this.#refusal(error) });
      }
      const over = this.#full || this.#index.finished;
      this.#tell(over);
      if (!over) return this.#goOn();
      for (const id of this.#waitingForAll.splice(0)) this.#parts.say({ type: 'answer', id, value: null });
    });
  }

  #tell(now: boolean): void {
    const pending = this.#index.pending;
    if (!this.#changed && pending === this.#saidPending) return;
    if (!now && performance.now() - this.#saidAt < STATUS_MS) return;
    this.#parts.say({ type: 'status', changed: this.#changed, pending });
    this.#saidAt = performance.now();
    this.#saidPending = pending;
    this.#changed = false;
  }

  #begin(): void {
    if (this.#database.isTransaction) return;
    this.#database.exec('BEGIN IMMEDIATE');
    this.#committedAt = performance.now();
  }

  #commit(): void {
    if (this.#database.isTransaction) this.#database.exec('COMMIT');
  }

  /** Does what touches the index; a damaged one is made anew, on a full disk it stays as it was: undefined. */
  #guarded<T>(act: () => T): T | undefined {
    const { name, say } = this.#parts;
    try {
      return act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isCorrupt(error)) {
        say({ type: 'trouble', what: `the index of ${name} was damaged and is made anew`, reason });
        this.#database.close();
        this.#database = this.#parts.open(true);
        this.#index = this.#parts.index(this.#database);
        this.#index.look();
        this.#changed = true;
        return act();
      }
      if (isFull(error)) {
        say({ type: 'trouble', what: `no room for the index of ${name}`, reason });
        this.#full = true;
        // SQLite may have taken it back by itself. What the index took for done is not.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        this.#index = this.#parts.index(this.#database);
        return undefined;
      }
      throw error;
    }
  }

  #refusal(error: unknown) {
    if (isBedrockTrayError(error)) return error.view();
    const reason = error instanceof Error ? error.message : String(error);
    return new BedrockTrayError('StorageFailed', { file: this.#parts.file, reason }).view();
  }

  /** Nobody has asked for long and nothing is left to do: the thread's memory is given back. */
  #used(): void {
    clearTimeout(this.#unused);
    this.#unused = setTimeout(() => {
      if (!this.#index.finished && !this.#full) this.#used();
      else this.stop();
    }, this.#parts.unusedMs);
  }
}
