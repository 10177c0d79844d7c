import { TerminalModes } from './terminal-modes.ts';

/** Bytes are kept in blocks of this size; the oldest block goes as a whole. */
export const BLOCK_BYTES = 64 * 1024;

export interface TerminalSize {
  cols: number;
  rows: number;
}
/** A piece of what rebuilds a screen, in order. */
export type ReplayPiece = { kind: 'bytes'; bytes: Buffer } | { kind: 'size'; size: TerminalSize };

interface Block {
  bytes: Buffer;
  used: number;
  /** Sizes that the terminal took, with the place in this block where they did. */
  sizes: { at: number; size: TerminalSize }[];
}

/**
 * The recent bytes of a pty, with the sizes it had, up to `capacity` (about). Blocks are never written again once
 * full, so views of them may be queued anywhere without a copy. What old blocks set is kept as TerminalModes.
 */
export class RecentBytes {
  #blocks: Block[] = [];
  #capacityBlocks: number;
  #modes = new TerminalModes();
  #evicted = false;
  /** The size in force where the kept bytes begin. */
  #startSize: TerminalSize;

  constructor(size: TerminalSize, capacity: number) {
    this.#startSize = size;
    this.#capacityBlocks = Math.max(2, Math.ceil(capacity / BLOCK_BYTES));
  }

  /** Copies `chunk` in and answers where it now lies: one view, or several when it fills a block. */
  append(chunk: Buffer, into: Buffer[]): void {
    let from = 0;
    while (from < chunk.length) {
      const block = this.#tail();
      const n = Math.min(chunk.length - from, BLOCK_BYTES - block.used);
      chunk.copy(block.bytes, block.used, from, from + n);
      const last = into.at(-1);
      // Bytes that follow the last view in the same block just make it longer.
      if (
        last &&
        last.buffer === block.bytes.buffer &&
        last.byteOffset + last.length === block.bytes.byteOffset + block.used
      ) {
        const start = last.byteOffset - block.bytes.byteOffset;
        into[into.length - 1] = block.bytes.subarray(start, block.used + n);
      } else into.push(block.bytes.subarray(block.used, block.used + n));
      block.used += n;
      from += n;
    }
  }

  resized(size: TerminalSize): void {
    const block = this.#tail();
    const last = block.sizes.at(-1);
    if (last && last.at === block.used) last.size = size;
    else block.sizes.push({ at: block.used, size });
  }

  /** Everything that a new terminal needs to show the same screen. */
  replay(): ReplayPiece[] {
    const pieces: ReplayPiece[] = [{ kind: 'size', size: this.#startSize }];
    if (this.#evicted) pieces.push({ kind: 'bytes', bytes: Buffer.from(this.#modes.restore(), 'latin1') });
    let skip = this.#evicted ? firstWhole(this.#blocks[0]) : 0;
    for (const block of this.#blocks) {
      let from = skip;
      skip = 0;
      for (const { at, size } of block.sizes) {
        if (at > from) pieces.push({ kind: 'bytes', bytes: block.bytes.subarray(from, at) });
        pieces.push({ kind: 'size', size });
        from = Math.max(from, at);
      }
      if (block.used > from) pieces.push({ kind: 'bytes', bytes: block.bytes.subarray(from, block.used) });
    }
    return pieces;
  }

  #tail(): Block {
    const last = this.#blocks.at(-1);
    if (last && last.used < BLOCK_BYTES) return last;
    if (this.#blocks.length >= this.#capacityBlocks) this.#evict();
    const block: Block = { bytes: Buffer.allocUnsafeSlow(BLOCK_BYTES), used: 0, sizes: [] };
    this.#blocks.push(block);
    return block;
  }

  #evict(): void {
    const block = this.#blocks.shift();
    if (!block) return;
    this.#evicted = true;
    this.#modes.scan(block.bytes);
    this.#startSize = block.sizes.at(-1)?.size ?? this.#startSize;
  }
}

/** The first place in a block where no character and no control sequence is cut: after a line feed, or at an ESC. */
function firstWhole(block: Block | undefined): number {
  if (!block) return 0;
  const bytes = block.bytes.subarray(0, block.used);
  const line = bytes.indexOf(0x0a);
  const esc = bytes.indexOf(0x1b);
  const candidates = [
    line < 0 ? Number.POSITIVE_INFINITY : line + 1,
    esc < 0 ? Number.POSITIVE_INFINITY : esc,
  ];
  const at = Math.min(...candidates);
  return Number.isFinite(at) ? at : 0;
}
