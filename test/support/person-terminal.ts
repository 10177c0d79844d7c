import { Terminal } from '@xterm/headless';
import { type IPty, spawn } from 'node-pty';
import { Happenings } from './pty-host.ts';

/** A real terminal with a person in front of it: a pty, and a screen that answers queries as terminals do. */
export class PersonTerminal {
  readonly screen: Terminal;
  readonly exited: Promise<{ exitCode: number; signal?: number | undefined }>;
  readonly #pty: IPty;
  readonly #happenings = new Happenings();
  #output = '';
  #closing = false;
  #ended = false;

  constructor(
    file: string,
    args: readonly string[],
    options: { env: Record<string, string>; cwd: string; cols?: number; rows?: number },
  ) {
    const { env, cwd, cols = 100, rows = 40 } = options;
    this.screen = new Terminal({ cols, rows, allowProposedApi: true, scrollback: 2_000 });
    this.#pty = spawn(file, [...args], { name: 'xterm-256color', cols, rows, cwd, env });
    this.screen.onData((data) => {
      // A terminal that is being closed answers nothing: its descriptor may be another terminal's by then.
      if (!this.#ended && !this.#closing) this.#pty.write(data);
    });
    this.#pty.onData((data) => {
      this.#output += data;
      this.screen.write(data, () => this.#happenings.happened());
    });
    this.exited = new Promise((resolve) =>
      this.#pty.onExit((end) => {
        this.#ended = true;
        // What was written last is on the screen before the end is told.
        this.screen.write('', () => resolve(end));
      }),
    );
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** All bytes that were written to the terminal. */
  get output(): string {
    return this.#output;
  }

  /** The rows that are shown, without the empty ones at the end. */
  get text(): string {
    const { active } = this.screen.buffer;
    return Array.from(
      { length: this.screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd();
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  shows(part: RegExp, ms?: number): Promise<void> {
    return this.until((text) => part.test(text), `${part}`, ms);
  }

  /** Waits until what is shown is as `seen` wants it. */
  async until(seen: (text: string) => boolean, what: string, ms = 30_000): Promise<void> {
    await this.#happenings
      .until(() => seen(this.text), what, ms)
      .catch((error) => {
        throw new Error(`${error.message}; the screen:\n${this.text}`);
      });
  }

  /** Waits until the screen, as `seen` sees it, is this one. */
  async becomes(screen: string, seen: (text: string) => string, ms = 30_000): Promise<void> {
    await this.#happenings
      .until(() => seen(this.text) === screen, 'the screen', ms)
      .catch(() => {
        throw new Error(`the screen is not as before:\n${this.text}\nbut was:\n${screen}`);
      });
  }

  /** Resolves when nothing was written for a while: what is shown is complete. */
  async settles(quietMs = 700, ms = 20_000): Promise<void> {
    const deadline = Date.now() + ms;
    for (;;) {
      const before = this.#output.length;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
      if (this.#output.length === before) return;
      if (Date.now() > deadline) throw new Error(`the screen goes on changing:\n${this.text}`);
    }
  }

  /** Ends the program in it, as closing the window of a terminal does. */
  async close(): Promise<void> {
    this.#closing = true;
    if (!this.#ended) {
      this.#pty.kill('SIGHUP');
      const late = setTimeout(() => this.#pty.kill('SIGKILL'), 3_000);
      await this.exited;
      clearTimeout(late);
    }
    this.screen.dispose();
  }
}
