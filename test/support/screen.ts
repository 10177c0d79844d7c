import { Terminal } from '@xterm/headless';
import { Happenings, type TestTerminal } from './pty-host.ts';

/** What a person sees in an attached terminal, and a keyboard. It answers the program's queries as a terminal does. */
export class Screen {
  readonly terminal: Terminal;
  readonly #connection: TestTerminal;
  readonly #happenings = new Happenings();
  #fed = 0;

  constructor(connection: TestTerminal, size = { cols: 100, rows: 40 }) {
    this.#connection = connection;
    this.terminal = new Terminal({ ...size, allowProposedApi: true, scrollback: 5_000 });
    this.terminal.onData((data) => connection.connection.input(data));
    void this.#feed();
  }

  /** The rows that are shown. */
  get text(): string {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: this.terminal.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    ).join('\n');
  }

  /** Everything, with what has scrolled away. */
  get allText(): string {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n');
  }

  type(text: string): void {
    this.#connection.connection.input(text);
  }

  async shows(part: RegExp, ms = 30_000): Promise<void> {
    await this.#happenings
      .until(() => part.test(this.text), `${part}`, ms)
      .catch((error) => {
        throw new Error(`${error.message}; the screen:\n${this.text}`);
      });
  }

  /** Waits until what is shown is as `seen` wants it. */
  async until(seen: (text: string) => boolean, what: string, ms = 30_000): Promise<void> {
    await this.#happenings
      .until(() => seen(this.text), what, ms)
      .catch((error) => {
        throw new Error(`${error.message}; the screen:\n${this.text}`);
      });
  }

  dispose(): void {
    this.terminal.dispose();
  }

  async #feed(): Promise<void> {
    for (;;) {
      const chunk = this.#connection.chunks[this.#fed];
      if (chunk) {
        this.#fed++;
        await new Promise<void>((resolve) => this.terminal.write(chunk, resolve));
        this.#happenings.happened();
        continue;
      }
      if (this.#connection.closed !== undefined) return;
      const fed = this.#fed;
      await this.#connection.happenings
        .until(
          () => this.#connection.chunks.length > fed || this.#connection.closed !== undefined,
          'output',
          600_000,
        )
        .catch(() => undefined);
    }
  }
}
