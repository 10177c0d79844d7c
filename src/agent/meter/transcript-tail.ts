import { closeSync, fstatSync, readSync } from 'node:fs';
import { isBearable } from '../../domain/transcript-line.ts';
import { openTranscript } from '../open-transcript.ts';

/** A longer line is passed over: such hold pictures and files, no answer of a model. */
const LONGEST_LINE = 8 * 1024 * 1024;
const BLOCK = 256 * 1024;
const NEWLINE = 10;

/**
 * A file that grows by lines, read from where the last reading ended. Memory: one block and the line that is not whole
 * yet. Synchronous: for a thread of its own.
 */
export class TranscriptTail {
  readonly #path: string;
  #place = 0;
  /** Beginning of a line whose end is not written yet; null: of one that is too long. */
  #begun: Buffer | null = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** Hands out each line that is new and whole. False: the file is gone or shorter than before, and this tail of no more use. */
  read(line: (text: string) => void): boolean {
    let descriptor: number;
    try {
      descriptor = openTranscript(this.#path);
    } catch {
      return this.#place === 0;
    }
    try {
      const { size } = fstatSync(descriptor);
      if (size < this.#place) return false;
      const block = Buffer.allocUnsafe(Math.min(BLOCK, size - this.#place));
      while (this.#place < size) {
        const length = readSync(
          descriptor,
          block,
          0,
          Math.min(block.length, size - this.#place),
          this.#place,
        );
        if (length === 0) break;
        this.#place += length;
        this.#split(block.subarray(0, length), line);
      }
      return true;
    } catch {
      return true;
    } finally {
      closeSync(descriptor);
    }
  }

  #split(block: Buffer, line: (text: string) => void): void {
    let from = 0;
    for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, from)) {
      const rest = block.subarray(from, end);
      if (this.#begun !== null) {
        const whole = this.#begun.length === 0 ? rest : Buffer.concat([this.#begun, rest]);
        if (isBearable(whole)) line(whole.toString());
      }
      this.#begun = Buffer.alloc(0);
      from = end + 1;
    }
    if (from === block.length || this.#begun === null) return;
    this.#begun =
      this.#begun.length + block.length - from > LONGEST_LINE
        ? null
        : Buffer.concat([this.#begun, block.subarray(from)]);
  }
}
