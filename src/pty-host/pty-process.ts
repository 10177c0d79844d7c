import { readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { spawn } from 'node-pty';

export interface PtyStart {
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  cols: number;
  rows: number;
}
export interface PtyEnd {
  exitCode: number | null;
  signal: string | null;
}

/** Retry of a write that the kernel had no room for, ms. */
const WRITE_RETRY_MS = 5;
/** What is read at most after the program's end when something else still holds the terminal open. */
const MAX_TAIL_BYTES = 1024 * 1024;

/** What we use of node-pty's Unix terminal beyond its typed surface. On Windows none of it is there. */
interface UnixInside {
  fd?: number;
  _socket?: { destroy(error?: Error): unknown; read(): unknown };
}

/** One program in a pseudo-terminal: bytes in, bytes out, and an end that comes after the last byte. */
export class PtyProcess {
  readonly pid: number;
  #pty: ReturnType<typeof spawn>;
  #fd: number | undefined;
  #input: Buffer[] = [];
  #inputBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #alive = true;
  #onData: (chunk: Buffer) => void;

  constructor(start: PtyStart, onData: (chunk: Buffer) => void, onEnd: (end: PtyEnd) => void) {
    this.#onData = onData;
    this.#pty = spawn(start.file, [...start.args], {
      cwd: start.cwd,
      env: { ...start.env },
      name: start.env.TERM ?? 'xterm-256color',
      cols: start.cols,
      rows: start.rows,
      // Raw bytes: decoding them to text and back would cost more than all the rest.
      encoding: null,
    });
    this.pid = this.#pty.pid;
    this.#guardTail();
    // With encoding null node-pty hands Buffers over, against its types; on Windows it hands text over.
    this.#pty.onData((data: unknown) =>
      onData(typeof data === 'string' ? Buffer.from(data) : (data as Buffer)),
    );
    this.#pty.onExit(({ exitCode, signal }) => {
      this.#close();
      onEnd(signal ? { exitCode: null, signal: signalName(signal) } : { exitCode, signal: null });
    });
  }

  /** Bytes typed that the program has not taken yet. */
  get pendingInput(): number {
    return this.#inputBytes;
  }

  /**
   * Types bytes. Written at once where there is room; the rest waits. (node-pty's own queue spins without a pause
   * while a program does not read.)
   */
  write(bytes: Uint8Array): void {
    if (!this.#alive || bytes.byteLength === 0) return;
    if (this.#fd === undefined) {
      this.#pty.write(Buffer.from(bytes));
      return;
    }
    this.#input.push(Buffer.from(bytes));
    this.#inputBytes += bytes.byteLength;
    if (this.#input.length === 1) this.#writeOn();
  }

  resize(cols: number, rows: number): void {
    if (this.#alive) this.#pty.resize(cols, rows);
  }

  pause(): void {
    this.#pty.pause();
  }

  resume(): void {
    this.#pty.resume();
  }

  /** Windows only: ends the console. Elsewhere the process tree is ended by signals. */
  closeConsole(): void {
    if (this.#alive) this.#pty.kill();
  }

  #writeOn(): void {
    this.#retry = undefined;
    while (this.#alive && this.#fd !== undefined) {
      const head = this.#input[0];
      if (!head) return;
      let written: number;
      try {
        // The descriptor is in non-blocking mode, so this never waits.
        written = writeSync(this.#fd, head);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          this.#retry = setTimeout(() => this.#writeOn(), WRITE_RETRY_MS);
        } else this.#dropInput();
        return;
      }
      this.#inputBytes -= written;
      if (written === head.length) this.#input.shift();
      else this.#input[0] = head.subarray(written);
    }
  }

  #dropInput(): void {
    this.#input = [];
    this.#inputBytes = 0;
    clearTimeout(this.#retry);
  }

  #close(): void {
    this.#alive = false;
    this.#dropInput();
  }

  /**
   * node-pty destroys its stream 200 ms after the program's end, or at the first read error, and loses what has
   * not been delivered by then: bytes held back while the stream is paused, or still in the kernel when this
   * process was busy. So everything is taken over at that moment, before the descriptor is closed.
   */
  #guardTail(): void {
    const inside = this.#pty as unknown as UnixInside;
    const socket = inside._socket;
    if (process.platform === 'win32' || !socket || typeof inside.fd !== 'number') return;
    const fd = inside.fd;
    this.#fd = fd;
    const destroy = socket.destroy.bind(socket);
    let drained = false;
    socket.destroy = (error?: Error) => {
      if (!drained) {
        drained = true;
        // Emits what the stream holds as `data`, which is our handler.
        while (socket.read() !== null);
        this.#readTail(fd);
        this.#close();
      }
      return destroy(error);
    };
  }

  #readTail(fd: number): void {
    let left = MAX_TAIL_BYTES;
    try {
      while (left > 0) {
        const chunk = Buffer.allocUnsafe(16 * 1024);
        const n = readSync(fd, chunk);
        if (n === 0) return;
        left -= n;
        this.#onData(chunk.subarray(0, n));
      }
    } catch {
      // EIO: nobody holds the terminal any more. EAGAIN: somebody does, but there is nothing to read.
    }
  }
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, n]) => n === number);
  return found ? found[0] : `SIG${number}`;
}
