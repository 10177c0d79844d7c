import type { KeptConnection } from '../../../src/client/keep-connected.ts';

/** What a terminal view is told, in this order: `size` and `output` of the replay, `live`, then output until `exit`. */
export interface TerminalListener {
  /** The screen that is about to be replayed (or another window's resize) has this size in cells. */
  size(cols: number, rows: number): void;
  /** Terminal bytes. `consumed` must be called once they are parsed: it is the flow control. */
  output(bytes: Uint8Array, consumed: () => void): void;
  /** The replay is over: what the terminal answers from now on goes to the program. */
  live(): void;
  exit(exitCode: number | null, signal: string | null): void;
  /** The connection ended without an exit; the view may attach again. */
  lost(error: unknown): void;
}

/** One view on a session's pty. */
export interface TerminalLine {
  input(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  close(): void;
}

/** The agent as the page reaches it: over the preload's channels, over WebSockets, or a fake. */
export interface PageAgent
  extends Pick<KeptConnection, 'state' | 'onState' | 'call' | 'watch' | 'follow' | 'retryNow'> {
  attach(sessionId: string, cols: number, rows: number, listener: TerminalListener): TerminalLine;
  /** The system's folder dialog, where the shell has one. */
  chooseFolder: (() => Promise<string | null>) | null;
  /** Where a dropped or pasted file lies (empty: nowhere), where the shell says it. */
  pathOf: ((file: File) => string) | null;
  /** Whether the shell shows an address whole and asks before it opens one. */
  asksBeforeLinks: boolean;
}
