/** What is needed of xterm.js to feed it. */
export interface FedTerminal {
  write(data: string | Uint8Array, parsed?: () => void): void;
  resize(cols: number, rows: number): void;
}

/**
 * Feeds a terminal output and acts (changes of size, the end) strictly in the order in which they came. xterm.js
 * parses later and in slices, and its resize() parses all that is queued at once: called from within a write's
 * callback it would be applied after everything that came later. So nothing is queued behind an act that waits.
 */
export class TerminalFeed {
  readonly #terminal: FedTerminal;
  readonly #waiting: (() => void)[] = [];
  #acting = false;
  #ended = false;

  constructor(terminal: FedTerminal) {
    this.#terminal = terminal;
  }

  /** Output; `parsed` is called once it is on the screen. */
  output(bytes: Uint8Array, parsed: () => void): void {
    this.#next(() => this.#terminal.write(bytes, parsed));
  }

  /** Does something once all that came before is on the screen, before all that comes later. */
  act(what: () => void): void {
    this.#next(() => {
      this.#acting = true;
      this.#terminal.write('', () =>
        queueMicrotask(() => {
          if (!this.#ended) what();
          this.#acting = false;
          while (!this.#acting && this.#waiting.length > 0) this.#waiting.shift()?.();
        }),
      );
    });
  }

  resize(cols: number, rows: number): void {
    this.act(() => this.#terminal.resize(cols, rows));
  }

  /** Nothing of this feed is shown any more: another one takes its place. */
  end(): void {
    this.#ended = true;
    this.#waiting.length = 0;
  }

  #next(step: () => void): void {
    if (this.#ended) return;
    if (this.#acting) this.#waiting.push(step);
    else step();
  }
}
