const ESC = 0x1b;
/** A control sequence longer than this is not one that sets a mode. */
const MAX_SEQUENCE = 64;

/** DEC private modes that are restored, with the state a terminal starts in. Synchronized output (2026) is left out on purpose: a frame cut in half must not freeze the screen. */
const startsAs: ReadonlyMap<number, boolean> = new Map([
  [1, false], // application cursor keys
  [6, false], // origin
  [7, true], // wrap
  [9, false], // X10 mouse
  [12, false], // blinking cursor
  [25, true], // cursor shown
  [45, false], // reverse wrap
  [66, false], // application keypad
  [1000, false], // mouse buttons
  [1002, false], // mouse drags
  [1003, false], // mouse moves
  [1004, false], // focus reports
  [1005, false],
  [1006, false], // SGR mouse coordinates
  [1007, false], // alternate scroll
  [1015, false],
  [1016, false], // SGR pixels
  [2004, false], // bracketed paste
  [2031, false], // colour scheme reports
]);
/** Modes of which one at most is on: setting or clearing any clears the others. */
const exclusive: readonly ReadonlySet<number>[] = [
  new Set([9, 1000, 1002, 1003]),
  new Set([1005, 1006, 1015, 1016]),
];
const alternateScreens = new Set([47, 1047, 1049]);

/**
 * Keeps the terminal modes that bytes no longer kept have set, so that a replay that begins after them starts
 * right. Colours, tab stops and character sets are left to the program's next repaint. Sequences may be cut
 * anywhere between two calls of `scan`.
 */
export class TerminalModes {
  #modes = new Map<number, boolean>();
  #alternate = false;
  #keypad = false;
  #cursorShape = '';
  #scrollRegion = '';
  #modifyOtherKeys = '';
  /** Kitty keyboard flags: a stack for each screen, main and alternate. */
  #kitty: [number[], number[]] = [[], []];
  #cut = '';

  scan(bytes: Buffer): void {
    let from = 0;
    if (this.#cut) {
      const head = this.#cut + bytes.toString('latin1', 0, MAX_SEQUENCE);
      this.#cut = '';
      this.#sequence(head, bytes.length < MAX_SEQUENCE);
    }
    for (;;) {
      const at = bytes.indexOf(ESC, from);
      if (at < 0) return;
      const text = bytes.toString('latin1', at, at + MAX_SEQUENCE);
      this.#sequence(text, at + MAX_SEQUENCE > bytes.length);
      from = at + 1;
    }
  }

  /** Applies the sequence that `text` begins with; keeps it for later when it is not complete and `cut`. */
  #sequence(text: string, cut: boolean): void {
    const match = /^\x1b(?:([=>c])|\[([?>=<!]?)([\d;]*)([ ]?)([@-~]))/.exec(text);
    if (!match) {
      if (cut && /^\x1b(?:\[[?>=<!]?[\d;]*[ ]?)?$/.test(text)) this.#cut = text;
      return;
    }
    const [, simple, marker, parameters = '', space, final] = match;
    if (simple === '=') this.#keypad = true;
    else if (simple === '>') this.#keypad = false;
    else if (simple === 'c') this.#reset();
    else if (marker === '?' && (final === 'h' || final === 'l')) {
      for (const p of parameters.split(';')) this.#set(Number(p), final === 'h');
    } else if (final === 'u') this.#kittyFlags(marker ?? '', parameters);
    else if (marker === '>' && final === 'm' && parameters.startsWith('4'))
      this.#modifyOtherKeys = parameters;
    else if (marker === '!' && final === 'p') this.#softReset();
    else if (marker === '' && space === ' ' && final === 'q') this.#cursorShape = parameters;
    else if (marker === '' && space === '' && final === 'r') this.#scrollRegion = parameters;
  }

  #set(mode: number, on: boolean): void {
    if (alternateScreens.has(mode)) this.#alternate = on;
    else if (startsAs.has(mode)) {
      const group = exclusive.find((g) => g.has(mode));
      if (group) for (const other of group) this.#modes.delete(other);
      this.#modes.set(mode, on);
    }
  }

  #kittyFlags(marker: string, parameters: string): void {
    const stack = this.#kitty[this.#alternate ? 1 : 0];
    const [first = 0, second = 0] = parameters.split(';').map(Number);
    if (marker === '>') {
      stack.push(first);
      if (stack.length > 16) stack.shift();
    } else if (marker === '<') stack.splice(Math.max(0, stack.length - (first || 1)));
    else if (marker === '=') {
      const now = stack.pop() ?? 0;
      stack.push(second === 2 ? now | first : second === 3 ? now & ~first : first);
    }
  }

  /** As xterm.js does it: all but the mouse and the screen. */
  #softReset(): void {
    for (const mode of [1, 6, 7, 12, 25, 45, 66, 1004, 2004, 2031]) this.#modes.delete(mode);
    this.#keypad = false;
    this.#cursorShape = '';
    this.#scrollRegion = '';
  }

  #reset(): void {
    this.#modes.clear();
    this.#alternate = false;
    this.#keypad = false;
    this.#cursorShape = '';
    this.#scrollRegion = '';
    this.#modifyOtherKeys = '';
    this.#kitty = [[], []];
  }

  /** What brings a fresh terminal into these modes. */
  restore(): string {
    let out = this.#kitty[0].map((flags) => `\x1b[>${flags}u`).join('');
    if (this.#alternate) {
      out += '\x1b[?1049h';
      out += this.#kitty[1].map((flags) => `\x1b[>${flags}u`).join('');
    }
    for (const [mode, on] of this.#modes) {
      if (on !== startsAs.get(mode)) out += `\x1b[?${mode}${on ? 'h' : 'l'}`;
    }
    if (this.#keypad) out += '\x1b=';
    if (this.#cursorShape) out += `\x1b[${this.#cursorShape} q`;
    if (this.#scrollRegion) out += `\x1b[${this.#scrollRegion}r`;
    if (this.#modifyOtherKeys) out += `\x1b[>${this.#modifyOtherKeys}m`;
    return out;
  }
}
