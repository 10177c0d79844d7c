import { createHash, createHmac } from 'node:crypto';

/** Smithy's signer asks for a hash of this form. */
export class Sha256 {
  readonly #parts: Uint8Array[] = [];
  readonly #secret: Uint8Array | string | undefined;
  constructor(secret?: unknown) {
    this.#secret = secret === undefined ? undefined : typeof secret === 'string' ? secret : asBytes(secret);
  }
  update(data: unknown): void {
    this.#parts.push(typeof data === 'string' ? Buffer.from(data) : asBytes(data));
  }
  async digest(): Promise<Uint8Array> {
    const hash = this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
    for (const part of this.#parts) hash.update(part);
    return hash.digest();
  }
  reset(): void {
    this.#parts.length = 0;
  }
}

function asBytes(data: unknown): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data as ArrayBuffer);
}
