import { decodeJson, encodeFrame, encodeJson, FrameReader } from '../contract/pty-frames.ts';
import { flowControl, frameType, PTY_PROTOCOL_VERSION, TerminalEvent } from '../contract/pty-protocol.ts';

/** Typed or pasted bytes are sent in frames of at most this size. */
const INPUT_BYTES = 64 * 1024;

/**
 * Both ends of something that carries bytes in order: a socket, a MessagePort, a WebSocket. `open` is called once;
 * `closed` is to be called once, whichever side ended it.
 */
export interface ByteDuplex {
  open(handlers: { bytes: (chunk: Uint8Array) => void; closed: () => void }): void;
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface TerminalHandlers {
  /**
   * Output to show. Call `consumed` with its length once it is shown: that is what lets more come. `chunk` is only
   * good until the call returns; copy what is kept.
   */
  output(chunk: Uint8Array): void;
  /** The terminal has this size from here on: other terminals may have set it. Comes in order with `output`. */
  size?(cols: number, rows: number): void;
  /** The screen has been rebuilt; typing is let through from now on. */
  live?(): void;
  /** The program has ended, and all of its output has come. */
  exit?(end: { exitCode: number | null; signal: string | null }): void;
  /** The connection ended: `refused` and `protocol` at once, `exit` after an end, else `lost`. Comes last, once. */
  closed?(reason: 'exit' | 'lost' | 'refused' | 'protocol'): void;
}

/**
 * A terminal attached to a session of the pty-host, over any pair of byte streams. Runs in a browser as well.
 * While the replay is being shown nothing typed is sent, since a terminal emulator answers the old queries in it.
 */
export class TerminalConnection {
  #duplex: ByteDuplex;
  #handlers: TerminalHandlers;
  #received = 0;
  #consumed = 0;
  #acknowledged = 0;
  /** Count of received bytes at which the screen is rebuilt; undefined until the host has said so. */
  #liveAt: number | undefined;
  #live = false;
  #ended: 'exit' | 'refused' | 'protocol' | undefined;
  #closed = false;

  constructor(
    duplex: ByteDuplex,
    hello: { ticket: string; cols: number; rows: number },
    handlers: TerminalHandlers,
  ) {
    this.#duplex = duplex;
    this.#handlers = handlers;
    const reader = new FrameReader((type, body) => this.#frame(type, body));
    duplex.open({
      bytes: (chunk) => {
        if (this.#closed) return;
        try {
          reader.push(chunk);
        } catch {
          this.#ended ??= 'protocol';
          this.close();
        }
      },
      closed: () => this.#close(),
    });
    duplex.send(encodeJson({ type: 'hello', protocol: PTY_PROTOCOL_VERSION, role: 'terminal', ...hello }));
  }

  /** Whether typing is let through. */
  get live(): boolean {
    return this.#live;
  }

  /** Whether what comes now is old: queries in it have been answered, by whoever was there. */
  get replaying(): boolean {
    return this.#liveAt === undefined;
  }

  /** Types text or bytes, and forwards what the terminal emulator answers. Ignored while the screen is being rebuilt. */
  input(data: string | Uint8Array): void {
    if (!this.#live || this.#closed) return;
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    for (let at = 0; at < bytes.byteLength; at += INPUT_BYTES) {
      this.#duplex.send(encodeFrame(frameType.input, bytes.subarray(at, at + INPUT_BYTES)));
    }
  }

  resize(cols: number, rows: number): void {
    if (!this.#closed) this.#duplex.send(encodeJson({ type: 'resize', cols, rows }));
  }

  /** So many bytes of output have been shown. */
  consumed(bytes: number): void {
    this.#consumed += bytes;
    const due = this.#consumed - this.#acknowledged;
    if (due >= flowControl.ackBytes && !this.#closed) {
      this.#acknowledged = this.#consumed;
      this.#duplex.send(encodeJson({ type: 'ack', bytes: due }));
    }
    this.#goLive();
  }

  /** Detaches. The session goes on. */
  close(): void {
    this.#duplex.close();
    this.#close();
  }

  #frame(type: number, body: Uint8Array): void {
    if (this.#closed) return;
    if (type === frameType.output) {
      this.#received += body.byteLength;
      this.#handlers.output(body);
      return;
    }
    if (type !== frameType.json) throw new TypeError('frame');
    const event = TerminalEvent.parse(decodeJson(body));
    switch (event.type) {
      case 'welcome':
        if (event.protocol !== PTY_PROTOCOL_VERSION) throw new TypeError('protocol');
        return;
      case 'refused':
        this.#ended = event.reason === 'protocol' ? 'protocol' : 'refused';
        this.close();
        return;
      case 'size':
        this.#handlers.size?.(event.cols, event.rows);
        return;
      case 'live':
        this.#liveAt = this.#received;
        this.#goLive();
        return;
      case 'exit':
        this.#ended = 'exit';
        this.#handlers.exit?.({ exitCode: event.exitCode, signal: event.signal });
    }
  }

  #goLive(): void {
    if (this.#live || this.#liveAt === undefined || this.#consumed < this.#liveAt) return;
    this.#live = true;
    this.#handlers.live?.();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handlers.closed?.(this.#ended ?? 'lost');
  }
}
