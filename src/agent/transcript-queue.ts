import { closeSync } from 'node:fs';
import { fingerprint, type TranscriptFile } from './history/transcript-files.ts';
import { openTranscript } from './open-transcript.ts';

/** How far a transcript has been read. */
export interface ReadFile {
  path: string;
  /** Device and inode. */
  place: string;
  /** As it was when it was read to its end; -1: it was not. */
  size: number;
  mtime: number;
  /** Bytes that are read. */
  done: number;
  /** Of those. */
  fingerprint: string;
}

/** Whether a file that is open now still begins with what was read of it. */
export function hasGrown(read: ReadFile, descriptor: number, place: string, size: number): boolean {
  return read.place === place && size >= read.done && fingerprint(descriptor, read.done) === read.fingerprint;
}

/** The transcripts with something new, one after the other, in pieces. */
export class TranscriptQueue<F extends TranscriptFile> {
  readonly #lastFirst: (a: F, b: F) => number;
  /** And how many bytes of each are left; taken from the end. */
  #queue: { file: F; left: number }[] = [];
  #pending = 0;

  /** `lastFirst` puts what is to be read first last. */
  constructor(lastFirst: (a: F, b: F) => number) {
    this.#lastFirst = lastFirst;
  }

  /** Bytes that are not read yet, as far as the last look saw. */
  get pending(): number {
    return this.#pending;
  }

  get finished(): boolean {
    return this.#queue.length === 0;
  }

  /** Looks which transcripts are new, longer or rewritten; answers those of `known` that are gone. */
  look<K extends Omit<ReadFile, 'fingerprint'>>(
    { files, unreadable }: { files: readonly F[]; unreadable: readonly string[] },
    known: readonly K[],
  ): K[] {
    const left = new Map(known.map((read) => [read.path, read]));
    this.#queue = [];
    for (const file of files) {
      const read = left.get(file.path);
      left.delete(file.path);
      if (read && read.place === file.place && read.size === file.size && read.mtime === file.mtime) continue;
      this.#queue.push({ file, left: read && file.size >= read.done ? file.size - read.done : file.size });
    }
    this.#queue.sort((a, b) => this.#lastFirst(a.file, b.file));
    this.#pending = this.#queue.reduce((sum, next) => sum + next.left, 0);
    // Of what could not be listed nothing is known: it stays.
    return [...left.values()].filter(({ path }) => !unreadable.some((folder) => path.startsWith(folder)));
  }

  /** Reads on until `isOver` says so. `read` answers how many bytes were new to it. */
  work(
    isOver: () => boolean,
    read: (file: F, descriptor: number) => { finished: boolean; read: number },
  ): { finished: boolean; changed: boolean } {
    let changed = false;
    for (let next = this.#queue.at(-1); next; next = this.#queue.at(-1)) {
      const { finished, read: bytes } = workOn(next.file, read);
      changed ||= bytes > 0;
      const done = finished ? next.left : Math.min(bytes, next.left);
      this.#pending -= done;
      next.left -= done;
      if (finished) this.#queue.pop();
      if (isOver()) break;
    }
    return { finished: this.finished, changed };
  }
}

/** A file that cannot be read is left as it is: the next look comes back to it. */
function workOn<F extends TranscriptFile>(
  file: F,
  read: (file: F, descriptor: number) => { finished: boolean; read: number },
): { finished: boolean; read: number } {
  let descriptor: number;
  try {
    descriptor = openTranscript(file.path);
  } catch {
    return { finished: true, read: 0 };
  }
  try {
    return read(file, descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'read') throw error;
    return { finished: true, read: 0 };
  } finally {
    closeSync(descriptor);
  }
}
