import { readSync } from 'node:fs';

/** A longer line is passed over: such are pictures, and nothing may make the agent large. */
const LONGEST_LINE = 8 * 1024 * 1024;
const BLOCK = 1024 * 1024;
const NEWLINE = 10;

/** One for each thread: what is read is used before the next block is. */
let shared = Buffer.allocUnsafe(BLOCK);

export interface RawLine {
  /** Without its end; null where it is too long. Valid until the next call. */
  bytes: Buffer | null;
  /** Where it stands in the file: [from, to), its end included. */
  from: number;
  to: number;
  /** False for what stands behind the last line's end: it may still be written. */
  ended: boolean;
}

/** Reads a file line by line in memory of a fixed size. One reader at a time. */
export class LineReader {
  readonly #descriptor: number;
  readonly #limit: number;
  /** The part of the buffer that is not given out yet, and the place of its beginning in the file. */
  #start = 0;
  #end = 0;
  #place: number;
  #skippedFrom: number | null = null;

  /** Reads from `place` (the beginning of a line) up to `limit`, bytes. */
  constructor(descriptor: number, place: number, limit: number) {
    this.#descriptor = descriptor;
    this.#place = place;
    this.#limit = limit;
    if (shared.length > BLOCK) shared = Buffer.allocUnsafe(BLOCK);
  }

  /** The next line; null at the end. */
  next(): RawLine | null {
    let searched = this.#start;
    for (;;) {
      const newline = shared.subarray(0, this.#end).indexOf(NEWLINE, searched);
      if (newline >= 0) return this.#line(newline, 1);
      searched = this.#end;
      if (this.#end - this.#start > LONGEST_LINE) {
        this.#skippedFrom ??= this.#place;
        this.#place += this.#end - this.#start;
        this.#start = this.#end;
      }
      const moved = this.#start;
      if (!this.#more())
        return this.#end > this.#start || this.#skippedFrom !== null ? this.#line(this.#end, 0) : null;
      searched -= moved - this.#start;
    }
  }

  #line(stop: number, ending: number): RawLine {
    const from = this.#skippedFrom ?? this.#place;
    const bytes = this.#skippedFrom === null ? shared.subarray(this.#start, stop) : null;
    this.#skippedFrom = null;
    this.#place += stop + ending - this.#start;
    this.#start = stop + ending;
    return { bytes, from, to: this.#place, ended: ending > 0 };
  }

  /** Reads on behind what is there, in a larger buffer where that one is full. */
  #more(): boolean {
    const kept = this.#end - this.#start;
    if (this.#start > 0) shared.copyWithin(0, this.#start, this.#end);
    this.#start = 0;
    this.#end = kept;
    if (kept === shared.length) {
      const larger = Buffer.allocUnsafe(shared.length * 2);
      shared.copy(larger, 0, 0, kept);
      shared = larger;
    }
    const at = this.#place + kept;
    const wanted = Math.min(shared.length - kept, this.#limit - at);
    if (wanted <= 0) return false;
    const read = readSync(this.#descriptor, shared, kept, wanted, at);
    this.#end += read;
    return read > 0;
  }
}
