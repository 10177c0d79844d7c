/**
 * What a terminal would answer: device attributes and status, kitty flags, version, modes, window and text area,
 * checksums, settings and capabilities; strings (OSC, DCS, APC) are judged by `asks`; ENQ.
 */
const CONTROLS =
  /\x05|\x1b(?:\[(?:[>=]?[\d;]*c|\??[\d;]*n|\?[\d;]*[umS]|>[\d;]*q|\??[\d;]*\$p|[\d;]*\$[wu]|[\d;]*\*y|[01]?x|(?:1[1-689]|2[01])(?:;[\d;]*)?t)|([\]P_])([^\x07\x1b]*)(?:\x07|\x1b\\))/g;
/** The beginning of one, at the end of a chunk. */
const CUT = /\x1b(?:\[[0-?]*[ -/]*|[\]P_][^\x07\x1b]*\x1b?)?$/;
/** A string that is longer is no query. */
const MAX_CUT = 4096;

/** Strings (OSC) whose text is for people: titles, folders, links, notifications, marks. */
const showing = new Set(['0', '1', '2', '7', '8', '9', '99', '133', '633', '777', '1337']);

/** Whether a string asks for something: a colour, the clipboard, a setting, a capability, an image's fate. */
function asks(kind: string, text: string): boolean {
  if (kind === 'P') return /^[\d;]*[$+]q/.test(text);
  if (kind === '_') return /^G(?:.*,)?a=q/.test(text);
  const number = /^(\d+);/.exec(text)?.[1];
  return number !== undefined && !showing.has(number) && /[;=]\?/.test(text);
}

/**
 * Takes queries out of a replay that is shown on a terminal which is not ours: its answers may come when the replay
 * is long over, and would then be typed into the program.
 */
export class QueryFilter {
  #cut = '';

  /** The bytes without queries; what may be the beginning of one is kept for the next call. */
  without(bytes: Uint8Array): Uint8Array {
    const text = this.#cut + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const left = text.replace(CONTROLS, (whole, kind?: string, string?: string) =>
      kind === undefined || asks(kind, string ?? '') ? '' : whole,
    );
    const cut = CUT.exec(left.slice(-MAX_CUT))?.[0] ?? '';
    this.#cut = cut;
    return Buffer.from(left.slice(0, left.length - cut.length), 'latin1');
  }

  /** What is kept: the replay is over, and the rest of it comes as live output. */
  end(): Uint8Array {
    const cut = this.#cut;
    this.#cut = '';
    return Buffer.from(cut, 'latin1');
  }
}
