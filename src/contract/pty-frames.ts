import { type FrameType, MAX_FRAME_BYTES } from './pty-protocol.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Header and type of a frame whose body has `bodyBytes` bytes; the body follows it on the wire. */
export function frameHeader(type: FrameType, bodyBytes: number): Uint8Array {
  const header = new Uint8Array(5);
  new DataView(header.buffer).setUint32(0, bodyBytes + 1);
  header[4] = type;
  return header;
}

/** A whole frame in one piece of memory. */
export function encodeFrame(type: FrameType, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + body.byteLength);
  frame.set(frameHeader(type, body.byteLength));
  frame.set(body, 5);
  return frame;
}

/** A JSON message as a frame of type 0. */
export function encodeJson(message: unknown): Uint8Array {
  return encodeFrame(0, encoder.encode(JSON.stringify(message)));
}

/** The JSON message in a frame's body. Throws SyntaxError when it is none. */
export function decodeJson(body: Uint8Array): unknown {
  return JSON.parse(decoder.decode(body));
}

/**
 * Cuts a byte stream, arriving in chunks of any size, into frames. Bodies are views of the chunk where a frame
 * lies whole in it, so consume them before the next chunk is reused. Throws RangeError on an oversized frame.
 */
export class FrameReader {
  #onFrame: (type: number, body: Uint8Array) => void;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(onFrame: (type: number, body: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Uint8Array): void {
    let rest = chunk;
    if (this.#pendingBytes > 0) {
      const needed = this.#needed();
      if (this.#pendingBytes + chunk.byteLength < needed) {
        this.#keep(chunk);
        return;
      }
      rest = this.#joined(chunk);
    }
    while (rest.byteLength >= 4) {
      const length = new DataView(rest.buffer, rest.byteOffset, 4).getUint32(0);
      if (length < 1 || length > MAX_FRAME_BYTES) throw new RangeError(`frame of ${length} bytes`);
      if (rest.byteLength < 4 + length) break;
      this.#onFrame(rest[4] as number, rest.subarray(5, 4 + length));
      rest = rest.subarray(4 + length);
    }
    if (rest.byteLength > 0) this.#keep(rest.slice());
  }

  /** Bytes needed before the pending ones can yield a frame. */
  #needed(): number {
    if (this.#pendingBytes < 4) return 4;
    const head = this.#pending[0] as Uint8Array;
    const first = head.byteLength >= 4 ? head : this.#joined();
    return 4 + new DataView(first.buffer, first.byteOffset, 4).getUint32(0);
  }

  #keep(chunk: Uint8Array): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.byteLength;
  }

  #joined(extra?: Uint8Array): Uint8Array {
    const parts = extra ? [...this.#pending, extra] : this.#pending;
    const whole = new Uint8Array(parts.reduce((n, p) => n + p.byteLength, 0));
    let at = 0;
    for (const p of parts) {
      whole.set(p, at);
      at += p.byteLength;
    }
    if (!extra) this.#pending = [whole];
    else {
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    return whole;
  }
}
