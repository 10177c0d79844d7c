import type { Socket } from 'node:net';
import { encodeJson, frameHeader } from '../contract/pty-frames.ts';
import { flowControl, frameType, type TerminalEvent } from '../contract/pty-protocol.ts';
import type { TerminalSize } from './recent-bytes.ts';

/** How long a terminal that was sent the end gets to close its connection. */
const CLOSE_MS = 5_000;

/**
 * One terminal that is attached to a pty: what was sent to it and how much of that it has acknowledged. Bytes are
 * handed to the socket at once (as views, not copies); flow control bounds how many can pile up there.
 */
export class TerminalLink {
  size: TerminalSize;
  #socket: Socket;
  #sent = 0;
  #acknowledged = 0;
  #patience: NodeJS.Timeout | undefined;

  constructor(socket: Socket, size: TerminalSize) {
    this.#socket = socket;
    this.size = size;
  }

  /** Bytes of output sent and not acknowledged. */
  get lag(): number {
    return this.#sent - this.#acknowledged;
  }

  get blocked(): boolean {
    return this.lag > flowControl.highBytes;
  }

  output(bytes: Uint8Array): void {
    this.#socket.cork();
    this.#socket.write(frameHeader(frameType.output, bytes.byteLength));
    this.#socket.write(bytes);
    this.#socket.uncork();
    this.#sent += bytes.byteLength;
    if (this.blocked && !this.#patience) this.#wait();
  }

  tell(event: TerminalEvent): void {
    this.#socket.write(encodeJson(event));
  }

  acknowledge(bytes: number): void {
    this.#acknowledged = Math.min(this.#sent, this.#acknowledged + bytes);
    clearTimeout(this.#patience);
    this.#patience = undefined;
    if (this.blocked) this.#wait();
  }

  /** No more typing is read from this terminal until `resumeInput`. */
  pauseInput(): void {
    this.#socket.pause();
  }

  resumeInput(): void {
    this.#socket.resume();
  }

  /** Ends the connection after what was sent. */
  end(): void {
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), CLOSE_MS).unref();
  }

  /** The connection is gone. */
  closed(): void {
    clearTimeout(this.#patience);
  }

  #wait(): void {
    this.#patience = setTimeout(() => this.#socket.destroy(), flowControl.patienceMs);
  }
}
