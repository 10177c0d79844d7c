import type { BedrockTrayError, ErrorView, SessionState, SessionView } from '../../contract/index.ts';
import type { HostedPty } from '../../contract/pty-protocol.ts';
import { argumentsForResume } from '../../domain/sessions/claude-arguments.ts';
import type { LaunchInput } from '../../domain/sessions/launch-plan.ts';
import { nextSessionState, type SessionEvent } from '../../domain/sessions/session-state.ts';
import type { Environment } from './login-shell.ts';
import type { SessionRecord, StoredSession } from './session-record.ts';

/** What a session is started with, kept in memory alone: an environment may hold secrets. */
export interface Launch {
  env: Environment;
  /** The person's arguments for claude. */
  args: readonly string[];
  /** More folders to work in, as far as they are there. */
  addDirs: readonly string[];
  personSettings: Record<string, unknown> | null;
  conversation: LaunchInput['conversation'];
  /** Claude Code's executable, or the person's shell. */
  program: string;
  cols: number;
  rows: number;
}

/** What the person passed to claude, as far as it is needed to open the session again. */
export type Given = Pick<StoredSession, 'args' | 'settings' | 'started'>;

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
  /** A person ended it: it is not offered as one that was lost. */
  endedByPerson = false;
  /** The conversation that is known to have a transcript. */
  written: string | null = null;
  #given: Given;
  #pty: HostedPty | undefined;
  #ended: { exitCode: number | null; signal: string | null; at: number | null; title: string };
  #lostAt: number | null = null;

  constructor(record: SessionRecord, state: SessionState, given?: Given) {
    this.record = record;
    this.state = state;
    this.#given = given ?? { args: [], settings: null, started: true };
    this.#ended = { exitCode: null, signal: null, at: null, title: '' };
  }

  static fromStored(stored: StoredSession): OpenSession {
    const { open, exitCode, signal, exitedAt, lastAt, title, args, settings, started, ...record } = stored;
    const state = open ? 'running' : exitedAt === null ? 'lost' : 'exited';
    const session = new OpenSession(record, state, { args, settings, started });
    session.#ended = { exitCode, signal, at: exitedAt, title };
    session.#lostAt = exitedAt === null ? lastAt : null;
    return session;
  }

  get id(): string {
    return this.record.id;
  }

  /** Waiting, starting or running. */
  get open(): boolean {
    return this.state === 'waiting' || this.state === 'starting' || this.state === 'running';
  }

  /** When it ended; where nobody saw that, when it was found lost. */
  get lastAt(): number {
    return this.#ended.at ?? this.#lostAt ?? this.record.startedAt;
  }

  /** Its pty in the pty-host, running or with its last screen. */
  get pty(): HostedPty | undefined {
    return this.#pty;
  }

  get given(): Given {
    return this.#given;
  }

  happened(event: SessionEvent): void {
    this.state = nextSessionState(this.state, event);
    // From now on a resumption goes on with the conversation: a prompt among the arguments was heard.
    if (event === 'spawned' && !this.#given.started) {
      this.#given = { ...this.#given, args: argumentsForResume(this.#given.args), started: true };
    }
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

  /** The pty-host or the machine took it away. */
  lostAt(at: number): void {
    this.#lostAt = at;
  }

  /** What this room knows of it; activity and meter are others'. */
  view(): Omit<SessionView, 'activity' | 'watched' | 'meter'> {
    const {
      smallFastModel: _,
      pins: ______,
      geography: _______,
      endpointUrl: __,
      addDirs: ___,
      named: ____,
      configFolder: _____,
      ...record
    } = this.record;
    const pty = this.#pty;
    const { conversation } = record;
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
      hasTranscript: conversation !== null && this.written === conversation,
    };
  }

  stored(): StoredSession {
    const { exitCode, signal, at, title } = this.#ended;
    // A lost session has no end that anybody saw.
    const exitedAt = this.state === 'exited' ? at : null;
    const { lastAt } = this;
    return { ...this.record, ...this.#given, open: this.open, exitCode, signal, exitedAt, lastAt, title };
  }
}
