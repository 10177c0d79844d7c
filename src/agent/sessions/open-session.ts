import type { BedrockTrayError, ErrorView, SessionState, SessionView } from '../../contract/index.ts';
import type { HostedPty } from '../../contract/pty-protocol.ts';
import { nextSessionState, type SessionEvent } from '../../domain/session-state.ts';
import type { Environment } from './login-shell.ts';
import type { SessionRecord, StoredSession } from './session-record.ts';

/** What a session is started with, kept in memory alone: an environment may hold secrets. */
export interface Launch {
  env: Environment;
  /** The person's arguments for claude. */
  args: readonly string[];
  personSettings: Record<string, unknown> | null;
  conversation: 'new' | 'resume' | 'own';
  /** Claude Code's executable, or the person's shell. */
  program: string;
  cols: number;
  rows: number;
}

/** One session as the agent knows it: its record, where it is in its life, and its pty if there is one. */
export class OpenSession {
  record: SessionRecord;
  state: SessionState;
  launch: Launch | undefined;
  problem: ErrorView | null = null;
  /** While it waits: what a person has to do. */
  waitsFor: BedrockTrayError | null = null;
  /** Aborted when the session is given up before it has a process. */
  readonly abort = new AbortController();
  /** Resolves when its start is over, well or not. */
  started: Promise<void> = Promise.resolve();
  /** Lets go of what is held while it is open. */
  release: (() => void) | undefined;
  #pty: HostedPty | undefined;
  #ended: { exitCode: number | null; signal: string | null; at: number | null; title: string };

  constructor(record: SessionRecord, state: SessionState) {
    this.record = record;
    this.state = state;
    this.#ended = { exitCode: null, signal: null, at: null, title: '' };
  }

  static fromStored(stored: StoredSession): OpenSession {
    const { open, exitCode, signal, exitedAt, title, ...record } = stored;
    const session = new OpenSession(record, open ? 'running' : exitedAt === null ? 'lost' : 'exited');
    session.#ended = { exitCode, signal, at: exitedAt, title };
    return session;
  }

  get id(): string {
    return this.record.id;
  }

  /** Waiting, starting or running. */
  get open(): boolean {
    return this.state === 'waiting' || this.state === 'starting' || this.state === 'running';
  }

  /** When it ended; where that is not known, when it began. */
  get lastAt(): number {
    return this.#ended.at ?? this.record.startedAt;
  }

  /** Whether the pty-host has its pty, running or with its last screen. */
  get hosted(): boolean {
    return this.#pty !== undefined;
  }

  happened(event: SessionEvent): void {
    this.state = nextSessionState(this.state, event);
  }

  /** News from the pty-host, or undefined when it no longer has the pty. */
  hostedAs(pty: HostedPty | undefined): void {
    this.#pty = pty;
    if (!pty) return;
    const { exitCode, signal, exitedAt: at, title } = pty;
    this.#ended = { exitCode, signal, at, title };
  }

  /** It ended without a process of its own having ended. */
  endedAt(at: number): void {
    this.#ended = { ...this.#ended, exitCode: null, signal: null, at };
  }

  /** What this room knows of it; activity and meter are others'. */
  view(): Omit<SessionView, 'activity' | 'watched' | 'meter'> {
    const { smallFastModel: _, endpointUrl: __, addDirs: ___, ...record } = this.record;
    const pty = this.#pty;
    return {
      ...record,
      state: this.state,
      pid: this.state === 'running' ? (pty?.pid ?? null) : null,
      exitCode: this.open ? null : this.#ended.exitCode,
      signal: this.open ? null : this.#ended.signal,
      exitedAt: this.open ? null : this.#ended.at,
      title: this.#ended.title,
      cols: pty?.cols ?? this.launch?.cols ?? 80,
      rows: pty?.rows ?? this.launch?.rows ?? 24,
      attached: pty?.attached ?? 0,
      problem: this.problem,
      resumable: !this.open && this.record.program === 'claude',
      conversation: this.record.id,
      hasTranscript: false,
    };
  }

  stored(): StoredSession {
    const { exitCode, signal, at, title } = this.#ended;
    // A lost session has no end that anybody saw.
    const exitedAt = this.state === 'exited' ? at : null;
    return { ...this.record, open: this.open, exitCode, signal, exitedAt, title };
  }
}
