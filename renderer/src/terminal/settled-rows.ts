import type { IDisposable, Terminal } from '@xterm/xterm';

/** Output has settled when none came for this long, ms; where it never does (a spinner), it is looked at this often. */
const SETTLES = 400;
const AT_LEAST = 2_000;
/** Rows and columns that are read, at most: what a screen holds, whatever a program claims of its size. */
const ROWS = 60;
const COLUMNS = 400;

/** What the lower end of a terminal shows: untrusted. */
export interface Settled {
  /** From top to bottom; those that the terminal broke are whole again. */
  lines: readonly string[];
  /** Most of what is shown stands in the upper half. */
  cursorIsHigh: boolean;
}

/** Reads the lowest rows of a terminal as text once its output has settled; never while it is drawn. */
export class SettledRows {
  readonly #terminal: Terminal;
  readonly #to: { wanted(): boolean; told(settled: Settled): void };
  readonly #parsed: IDisposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first output came that was not read yet. */
  #since: number | null = null;

  constructor(terminal: Terminal, to: { wanted(): boolean; told(settled: Settled): void }) {
    this.#terminal = terminal;
    this.#to = to;
    this.#parsed = terminal.onWriteParsed(() => this.look());
  }

  /** There is something to read, soon. */
  look(): void {
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#read(),
      Math.min(SETTLES, Math.max(0, this.#since + AT_LEAST - now)),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#parsed.dispose();
  }

  #read(): void {
    this.#since = null;
    if (!this.#to.wanted()) return;
    const { active } = this.#terminal.buffer;
    const end = Math.min(active.length, active.baseY + this.#terminal.rows);
    const lines: string[] = [];
    for (let y = Math.max(0, end - ROWS); y < end; y++) {
      const row = active.getLine(y);
      // A row that goes on in the next one is whole: its last blank may be one between two words.
      const goesOn = active.getLine(y + 1)?.isWrapped ?? false;
      const text = row?.translateToString(!goesOn, 0, Math.min(COLUMNS, this.#terminal.cols)) ?? '';
      if (row?.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text);
      else lines.push(text);
    }
    this.#to.told({ lines, cursorIsHigh: active.cursorY < this.#terminal.rows / 2 });
  }
}
