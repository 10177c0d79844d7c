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
 * lies whole in it, so they are good until the callback returns; chunks are not kept. Throws RangeError on a frame
 * that is empty or too long.
 */
export class FrameReader {
  #onFrame: (type: number, body: Uint8Array) => void;
  /** Length of the frame that is being read, as far as it has come. */
  #head = new Uint8Array(4);
  #headBytes = 0;
  /** Type and body of a frame that is cut, and how much of it is there. */
  #frame: Uint8Array | undefined;
  #frameBytes = 0;

  constructor(onFrame: (type: number, body: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#frame) {
        at = this.#fill(this.#frame, chunk, at);
        continue;
      }
      this.#head[this.#headBytes++] = chunk[at++] as number;
      if (this.#headBytes < 4) continue;
      this.#headBytes = 0;
      const length = new DataView(this.#head.buffer).getUint32(0);
      if (length < 1 || length > MAX_FRAME_BYTES) throw new RangeError(`frame of ${length} bytes`);
      if (at + length <= chunk.byteLength) {
        this.#onFrame(chunk[at] as number, chunk.subarray(at + 1, at + length));
        at += length;
      } else {
        this.#frame = new Uint8Array(length);
        this.#frameBytes = 0;
      }
    }
  }

  /** Copies what there is of a cut frame; answers where the chunk goes on. */
  #fill(frame: Uint8Array, chunk: Uint8Array, at: number): number {
    const n = Math.min(frame.byteLength - this.#frameBytes, chunk.byteLength - at);
    frame.set(chunk.subarray(at, at + n), this.#frameBytes);
    this.#frameBytes += n;
    if (this.#frameBytes === frame.byteLength) {
      this.#frame = undefined;
      this.#onFrame(frame[0] as number, frame.subarray(1));
    }
    return at + n;
  }
}
