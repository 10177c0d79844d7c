/**
 * Answers of a terminal to a program's queries: device attributes and status, cursor position, modes, kitty flags,
 * window sizes, and all that comes as a string (colours, version, settings).
 */
const ANSWER =
  /\x1b(?:\[[?>=]?[\d;]*c|\[\?[\d;]*[nu]|\[\d*n|\[(?!1;[2-8]R)\??\d+;[\d;]+R|\[\??[\d;]*\$y|\[[\d;]*t|[\]P_][^\x00-\x1f\x7f]*(?:\x07|\x1b\\))/g;
/** A cursor position in the first line and F3 with modifiers look alike. */
const POSITION_OR_F3 = /\x1b\[1;[2-8]R/g;
/**
 * The beginning of one. What a key sends is not among them, so that no key waits; Alt with P before typed words looks
 * like one, until Enter or any other control that is in no answer.
 */
const CUT =
  /\x1b(?:\[[?>=][\d;]*\$?|\](?:4|5|1\d|52);[^\x00-\x1f\x7f]*\x1b?|P[^\x00-\x1f\x7f]+\x1b?|_G[^\x00-\x1f\x7f]*\x1b?)$/;
/** An answer that is longer is none. */
const MAX_CUT = 4096;

/** Takes answers out of what one terminal sends; keys, text, pastes and mouse reports stay as they are. */
export class AnswerFilter {
  #cut = '';

  /**
   * What is left of these bytes; the beginning of an answer waits for the rest of it. `positionAsked`: the program
   * has just asked for the cursor's position.
   */
  rest(bytes: Uint8Array, positionAsked: boolean): Uint8Array {
    if (this.#cut === '' && bytes.indexOf(0x1b) < 0) return bytes;
    const text = this.#cut + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let left = text.replace(ANSWER, '');
    if (positionAsked) left = left.replace(POSITION_OR_F3, '');
    const cut = CUT.exec(left.slice(-MAX_CUT))?.[0] ?? '';
    this.#cut = cut;
    return Buffer.from(left.slice(0, left.length - cut.length), 'latin1');
  }
}
