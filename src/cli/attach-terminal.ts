import { TerminalConnection } from '../client/terminal-connection.ts';
import { terminalSocket } from '../client/terminal-socket.ts';
import { note, translator } from './shell.ts';

export type AttachResult =
  | { kind: 'exited'; exitCode: number | null; signal: string | null }
  | { kind: 'detached' }
  | { kind: 'lost' };

/** Ctrl+\ as a plain byte, and as the kitty keyboard protocol sends it (press, with or without event type). */
const detachKey = /\x1c|\x1b\[92;5(?::1)?u/;

/**
 * Undoes the modes that a full-screen program may have left set: keyboard protocol, mouse, focus and paste
 * reports, alternate screen, cursor, colours.
 */
const restoreModes =
  '\x1b[<u\x1b[>4;0m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?1l\x1b>\x1b[?1049l\x1b[?25h\x1b[0m';

/**
 * Shows a session in this terminal until it ends, the person presses Ctrl+\ (as in dtach), or the connection is
 * lost. The terminal's own modes are restored in every case, also when this process is asked to end.
 */
export function attachTerminal(socket: string, ticket: string): Promise<AttachResult> {
  const { stdin, stdout } = process;
  const isTerminal = Boolean(stdin.isTTY && stdout.isTTY);
  if (isTerminal) note(translator().t('cli:attach.hint'));
  return new Promise((resolve) => {
    let end: AttachResult | undefined;
    const connection = new TerminalConnection(
      terminalSocket(socket),
      { ticket, cols: stdout.columns || 80, rows: stdout.rows || 24 },
      {
        output(chunk) {
          const bytes = Uint8Array.prototype.slice.call(chunk);
          stdout.write(bytes, () => connection.consumed(bytes.byteLength));
        },
        exit({ exitCode, signal }) {
          end = { kind: 'exited', exitCode, signal };
        },
        closed() {
          finish(end ?? { kind: 'lost' });
        },
      },
    );

    const onInput = (chunk: Buffer): void => {
      const text = chunk.toString('latin1');
      const found = isTerminal ? detachKey.exec(text) : null;
      if (!found) {
        connection.input(chunk);
        return;
      }
      if (found.index > 0) connection.input(chunk.subarray(0, found.index));
      detach();
    };
    const detach = (): void => {
      end ??= { kind: 'detached' };
      connection.close();
    };
    const onResize = (): void => connection.resize(stdout.columns || 80, stdout.rows || 24);
    /** The reader of our output has gone. */
    const onBroken = (): void => detach();

    let finished = false;
    function finish(result: AttachResult): void {
      if (finished) return;
      finished = true;
      stdin.off('data', onInput);
      stdout.off('resize', onResize);
      stdout.off('error', onBroken);
      for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.off(signal, detach);
      stdin.pause();
      if (isTerminal) {
        stdin.setRawMode(false);
        stdout.write(result.kind === 'exited' ? restoreModes : `${restoreModes}\r\n`);
      }
      resolve(result);
    }

    if (isTerminal) stdin.setRawMode(true);
    stdin.on('data', onInput);
    stdout.on('resize', onResize);
    stdout.on('error', onBroken);
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, detach);
  });
}
