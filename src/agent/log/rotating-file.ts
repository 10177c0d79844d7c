import { renameSync, rmSync, statSync } from 'node:fs';
import pino from 'pino';

export interface RotatingFileOptions {
  file: string;
  /** A file that has reached this size is put aside before the next line. */
  maxBytes: number;
  /** Files kept beside the current one: `agent.log.1` is the youngest. */
  keep: number;
}

/**
 * A log file that never grows beyond `(keep + 1) * maxBytes`. Lines are written at once (a crash loses none) and
 * nothing runs while nothing is logged.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #destination: ReturnType<typeof pino.destination>;
  #bytes: number;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#bytes = statSync(options.file, { throwIfNoEntry: false })?.size ?? 0;
    this.#destination = this.#open();
  }

  write(line: string): void {
    if (this.#bytes >= this.#options.maxBytes) this.#rotate();
    this.#bytes += Buffer.byteLength(line);
    this.#destination.write(line);
  }

  close(): void {
    this.#destination.end();
  }

  #rotate(): void {
    const { file, keep } = this.#options;
    try {
      rmSync(`${file}.${keep}`, { force: true });
      for (let n = keep - 1; n >= 1; n--) {
        if (statSync(`${file}.${n}`, { throwIfNoEntry: false }))
          renameSync(`${file}.${n}`, `${file}.${n + 1}`);
      }
      renameSync(file, `${file}.1`);
      this.#destination.end();
      this.#destination = this.#open();
    } catch {
      // The old file goes on; tried again after as many bytes.
    }
    this.#bytes = 0;
  }

  #open(): ReturnType<typeof pino.destination> {
    const destination = pino.destination({ dest: this.#options.file, sync: true, mode: 0o600, append: true });
    // A full disk must not end the agent; the line is lost.
    destination.on('error', () => {});
    return destination;
  }
}
