import { closeSync, fstatSync } from 'node:fs';
import { isBearable } from '../../domain/conversations/transcript-line.ts';
import { LineReader } from '../line-reader.ts';
import { openTranscript } from '../open-transcript.ts';

/** A file that grows by lines, read from where the last reading ended. Synchronous: for a thread of its own. */
export class TranscriptTail {
  readonly #path: string;
  #place = 0;
  /** It ended within a line that is too long: the rest of that one is passed over. */
  #within = false;

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
      const reader = new LineReader(descriptor, this.#place, size);
      for (let raw = reader.next(); raw !== null; raw = reader.next()) {
        // Still to be written: read again when it is whole.
        if (!raw.ended && raw.bytes !== null && !this.#within) break;
        if (raw.bytes !== null && !this.#within && isBearable(raw.bytes)) line(raw.bytes.toString());
        this.#within = !raw.ended;
        this.#place = raw.to;
      }
      return true;
    } catch {
      return true;
    } finally {
      closeSync(descriptor);
    }
  }
}
