import { TerminalConnection } from '../client/terminal-connection.ts';
import { terminalSocket } from '../client/terminal-socket.ts';
import { QueryFilter } from './query-filter.ts';
import { note, translator } from './shell.ts';

export type AttachResult =
  | { kind: 'exited'; exitCode: number | null; signal: string | null }
  | { kind: 'detached' }
  | { kind: 'lost' };

/** Ctrl+\ as a plain byte, and as the kitty keyboard protocol sends it (press, with or without event type). */
const detachKey = /\x1c|\x1b\[92;5(?::1)?u/;

/**
 * Undoes the modes that a full-screen program may have left set: keyboard protocol, mouse, focus and paste
 * reports, cursor, colours.
 */
const restoreModes =
  '\x1b[<u\x1b[>4;0m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?1l\x1b>\x1b[?25h\x1b[0m';
const leaveAlternateScreen = '\x1b[?1049l';

/**
 * Whether a program has the alternate screen. Leaving it moves the cursor, on the ordinary screen as well (to where
 * it was saved last, or to the top), so that it may only be left when it was entered.
 */
export class AlternateScreen {
  active = false;
  #cut = '';

  see(chunk: Uint8Array): void {
    const text = this.#cut + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    for (const [, modes = '', act] of text.matchAll(/\x1b\[\?([\d;]*)([hl])/g))
      if (modes.split(';').some((mode) => mode === '1049' || mode === '1047' || mode === '47'))
        this.active = act === 'h';
    // A sequence may be cut by the end of a chunk.
    this.#cut = /\x1b(?:\[(?:\?[\d;]{0,32})?)?$/.exec(text)?.[0] ?? '';
  }
}

/**
 * Shows a session in this terminal until it ends, the person presses Ctrl+\ (as in dtach), or the connection is
 * lost. The terminal's own modes are restored in every case, also when this process is asked to end.
 */
export function attachTerminal(socket: string, ticket: string): Promise<AttachResult> {
  const { stdin, stdout } = process;
  const isTerminal = Boolean(stdin.isTTY && stdout.isTTY);
  if (isTerminal) note(translator().t('cli:attach.hint'));
  const alternateScreen = new AlternateScreen();
  const old = new QueryFilter();
  return new Promise((resolve) => {
    let end: AttachResult | undefined;
    const connection = new TerminalConnection(
      terminalSocket(socket),
      { ticket, cols: stdout.columns || 80, rows: stdout.rows || 24 },
      {
        output(chunk) {
          const bytes = Uint8Array.prototype.slice.call(chunk);
          alternateScreen.see(bytes);
          // Answers to old queries could come when typing is let through already.
          if (connection.replaying)
            stdout.write(old.without(bytes), () => connection.consumed(bytes.byteLength));
          else {
            const cut = old.end();
            if (cut.byteLength > 0) stdout.write(cut);
            stdout.write(bytes, () => connection.consumed(bytes.byteLength));
          }
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
        if (alternateScreen.active) stdout.write(leaveAlternateScreen);
        // A program that goes on may have drawn below its cursor.
        stdout.write(result.kind === 'exited' ? restoreModes : `${restoreModes}\r\n\x1b[J`);
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
