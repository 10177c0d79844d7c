import { createHash } from 'node:crypto';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { type ITerminalOptions, Terminal } from '@xterm/headless';
import { TerminalFeed } from '../../../renderer/src/terminal/terminal-feed.ts';
import { TerminalConnection } from '../../../src/client/terminal-connection.ts';
import { terminalSocket } from '../../../src/client/terminal-socket.ts';
import { Happenings, type TestPtyHost } from '../pty-host.ts';

/** xterm.js with the options of the page that decide what bytes do. */
export function headless(size: { cols: number; rows: number }): Terminal {
  const options: ITerminalOptions = {
    allowProposedApi: true,
    logLevel: 'off',
    scrollback: 10_000,
    vtExtensions: { kittyKeyboard: true },
  };
  const terminal = new Terminal({ ...options, ...size });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  return terminal;
}

/** xterm.js on a session, put together as the page does it: output is consumed once it is on the screen. */
export class AttachedScreen {
  readonly terminal: Terminal;
  readonly connection: TerminalConnection;
  readonly happenings = new Happenings();
  /** All that xterm.js wanted to say to the program, also what was not let through. */
  said = '';
  /** Bytes that came, and bytes that are on the screen. */
  received = 0;
  consumed = 0;
  readonly #digest = createHash('sha256');
  closed: string | undefined;

  private constructor(path: string, hello: { ticket: string; cols: number; rows: number }) {
    this.terminal = headless({ cols: hello.cols, rows: hello.rows });
    const feed = new TerminalFeed(this.terminal);
    const happened = () => this.happenings.happened();
    this.terminal.onData((data) => {
      this.said += data;
      this.connection.input(data);
    });
    this.connection = new TerminalConnection(terminalSocket(path), hello, {
      size: (c, r) => {
        feed.resize(c, r);
        feed.act(happened);
      },
      output: (chunk) => {
        const { byteLength } = chunk;
        this.received += byteLength;
        this.#digest.update(chunk);
        feed.output(Uint8Array.from(chunk), () => {
          this.consumed += byteLength;
          this.connection.consumed(byteLength);
          happened();
        });
      },
      live: happened,
      exit: () => feed.act(happened),
      closed: (reason) =>
        feed.act(() => {
          this.closed = reason;
          happened();
        }),
    });
  }

  static async on(host: TestPtyHost, id: string, size = { cols: 80, rows: 24 }): Promise<AttachedScreen> {
    const { ticket = '' } = await host.client.request({ type: 'ticket', id });
    return new AttachedScreen(host.terminals, { ticket, ...size });
  }

  get text(): string {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n');
  }

  /** SHA-256 of all bytes that came. */
  digest(): string {
    return this.#digest.copy().digest('hex');
  }

  until(condition: () => boolean, what: string, ms?: number): Promise<void> {
    return this.happenings.until(condition, what, ms).catch((error) => {
      throw new Error(`${error.message}; the screen:\n${this.text.trimEnd()}`);
    });
  }

  live(): Promise<void> {
    return this.until(() => this.connection.live, 'live');
  }

  async shows(part: RegExp, ms?: number): Promise<void> {
    await this.until(() => part.test(this.text), `${part}`, ms);
  }

  ended(): Promise<void> {
    return this.until(() => this.closed !== undefined, 'the end');
  }

  dispose(): void {
    this.connection.close();
    this.terminal.dispose();
  }
}
