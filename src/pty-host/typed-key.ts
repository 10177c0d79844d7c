import type { TypedKey } from '../contract/pty-protocol.ts';

/** A longer piece of input is pasted text, a mouse or an answer of the terminal's. */
const MAX_BYTES = 64;

/** `CSI code ; modifiers : event ; text u`: the kitty keyboard protocol, with what follows the code left out where it is plain. */
const KITTY = /^\x1b\[(27|13|99)(?:;(\d*)(?::(\d+))?(?:;[\d:]*)?)?u$/;

/** The key in a piece of input that tells something about the program's state, if there is one. */
export function typedKey(bytes: Uint8Array): TypedKey | null {
  if (bytes.byteLength === 0 || bytes.byteLength > MAX_BYTES) return null;
  const last = bytes[bytes.byteLength - 1];
  if (bytes[0] !== 0x1b) {
    if (bytes.includes(0x03)) return 'interrupt';
    return last === 0x0d ? 'enter' : null;
  }
  if (bytes.byteLength === 1) return 'escape';
  if (last !== 0x75) return null;
  const [, code, modifiers = '', event = '1'] = KITTY.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  // 3 is the key's release; Caps Lock and Num Lock are modifiers too.
  if (code === undefined || event === '3') return null;
  const held = (Math.max(1, Number(modifiers || 1)) - 1) & 0b111111;
  if (code === '99') return held === 0b100 ? 'interrupt' : null;
  if (held !== 0) return null;
  return code === '27' ? 'escape' : 'enter';
}
