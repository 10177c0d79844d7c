const START = Buffer.from('\x1b]');
/** A title longer than this many bytes is cut; the rest of its sequence is skipped by the search for the next. */
const MAX_BYTES = 1024;
const MAX_CHARACTERS = 200;

/**
 * The last title that a program gave its terminal (OSC 0 or 2), found without parsing the rest. Sequences may be
 * cut anywhere between two calls of `read`.
 */
export class TitleReader {
  #cut: Buffer | null = null;

  /** The newest whole title in these bytes, sanitised, or undefined. */
  read(chunk: Buffer): string | undefined {
    let bytes = chunk;
    if (this.#cut) {
      bytes = Buffer.concat([this.#cut, chunk]);
      this.#cut = null;
    }
    let title: string | undefined;
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(START, from);
      if (at < 0) break;
      const text = bytes.subarray(at + 2, at + 2 + MAX_BYTES);
      const end = endOf(text);
      if (end < 0 && text.length < MAX_BYTES) {
        this.#cut = Buffer.from(bytes.subarray(at));
        return title;
      }
      if ((text[0] === 0x30 || text[0] === 0x32) && text[1] === 0x3b) {
        title = sanitised(text.subarray(2, end < 0 ? MAX_BYTES : end));
      }
      from = at + 2;
    }
    if (bytes[bytes.length - 1] === 0x1b) this.#cut = Buffer.from([0x1b]);
    return title;
  }
}

/** Where an OSC ends: BEL, or the ESC of its string terminator. */
function endOf(text: Buffer): number {
  const bell = text.indexOf(0x07);
  const esc = text.indexOf(0x1b);
  if (bell < 0) return esc;
  return esc < 0 ? bell : Math.min(bell, esc);
}

/** One line without control, format or private-use characters (right-to-left overrides among them). */
function sanitised(bytes: Buffer): string {
  const text = bytes
    .toString('utf8')
    .replace(/[\p{C}\p{Zl}\p{Zp}\uFFFD]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return Array.from(text).slice(0, MAX_CHARACTERS).join('');
}
