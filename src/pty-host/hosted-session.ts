import { flowControl, type HostedPty, type TypedKey } from '../contract/pty-protocol.ts';
import { endProcessTree } from './process-tree.ts';
import { type PtyEnd, PtyProcess, type PtyStart } from './pty-process.ts';
import { RecentBytes, type TerminalSize } from './recent-bytes.ts';
import { AnswerFilter } from './terminal-answers.ts';
import type { TerminalLink } from './terminal-link.ts';
import { TitleReader } from './title-reader.ts';
import { typedKey } from './typed-key.ts';

const KEPT_BYTES = 4 * 1024 * 1024;
/** Output that follows within this time of the last is sent together with what comes next. */
const COALESCE_MS = 4;
const COALESCE_BYTES = 64 * 1024;
/** A first terminal that comes this early answers the queries the program has made so far. */
const FIRST_TERMINAL_MS = 10_000;
/** Typed bytes that a program has not taken, above which its terminals are not read. */
const MAX_PENDING_INPUT = 1024 * 1024;
const INPUT_CHECK_MS = 50;
/** Claude Code sends some 60 bytes before its first screen, and more than 1,000 with it. */
const SCREEN_BYTES = 256;

/** A query is answered within this time, so that after as long a silence none is under way. */
const ANSWERED_MS = 1_000;

const POSITION_QUERY = '\x1b[6n';

/** A pty, the bytes it wrote recently and the terminals that are attached to it. */
export class HostedSession {
  readonly id: string;
  meta: string;
  #process: PtyProcess;
  #recent: RecentBytes;
  #titles = new TitleReader();
  #title = '';
  #size: TerminalSize;
  #links = new Map<TerminalLink, AnswerFilter>();
  /** The terminal that last typed, attached or was resized: the pty has its size. */
  #active: TerminalLink | undefined;
  /**
   * The one terminal whose answers to the program's queries count. It follows the active one only after a silence:
   * had it changed between a query and its answers, two of them or none would get through.
   */
  #answering: TerminalLink | undefined;
  #sentAt = 0;
  #positionAskedAt = 0;
  #everAttached = false;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Bytes written so far, counted up to SCREEN_BYTES. */
  #written = 0;
  #coalesce: NodeJS.Timeout | undefined;
  #inputCheck: NodeJS.Timeout | undefined;
  #paused = false;
  #startedAt = Date.now();
  #exitedAt: number | null = null;
  #end: PtyEnd | undefined;
  #onChange: () => void;
  #onKey: (key: TypedKey) => void;
  /** Resolves when the program has ended and its last byte has been read. */
  readonly ended: Promise<void>;

  constructor(
    id: string,
    meta: string,
    start: PtyStart,
    onChange: () => void,
    onKey: (key: TypedKey) => void = () => undefined,
  ) {
    this.id = id;
    this.meta = meta;
    this.#size = { cols: start.cols, rows: start.rows };
    this.#recent = new RecentBytes(this.#size, KEPT_BYTES);
    this.#onChange = onChange;
    this.#onKey = onKey;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#process = new PtyProcess(
      start,
      (chunk) => this.#output(chunk),
      (end) => {
        this.#ended(end);
        resolve();
      },
    );
  }

  get alive(): boolean {
    return this.#end === undefined;
  }

  view(): HostedPty {
    return {
      id: this.id,
      pid: this.#process.pid,
      cols: this.#size.cols,
      rows: this.#size.rows,
      startedAt: this.#startedAt,
      exitedAt: this.#exitedAt,
      exitCode: this.#end?.exitCode ?? null,
      signal: this.#end?.signal ?? null,
      title: this.#title,
      attached: this.#links.size,
      shown: this.#written >= SCREEN_BYTES,
      meta: this.meta,
    };
  }

  attach(link: TerminalLink): void {
    this.#flush();
    const answersFromStart = !this.#everAttached && Date.now() - this.#startedAt < FIRST_TERMINAL_MS;
    this.#everAttached = true;
    if (answersFromStart) link.tell({ type: 'live' });
    for (const piece of this.#recent.replay()) {
      if (piece.kind === 'size') link.tell({ type: 'size', ...piece.size });
      else if (piece.bytes.length > 0) link.output(piece.bytes);
    }
    if (!answersFromStart) link.tell({ type: 'live' });
    if (this.#end) {
      link.tell({ type: 'exit', ...this.#end });
      link.end();
      return;
    }
    this.#links.set(link, new AnswerFilter());
    this.#answering ??= link;
    this.#activate(link);
    this.#regulate();
    this.#onChange();
  }

  detach(link: TerminalLink): void {
    if (!this.#links.delete(link)) return;
    if (this.#active === link) this.#active = undefined;
    if (this.#answering === link) this.#answering = this.#active ?? this.#links.keys().next().value;
    this.#regulate();
    this.#onChange();
  }

  /** Bytes from a terminal. What begins with ESC may be a report that nobody typed, so it does not move the size. */
  input(link: TerminalLink, bytes: Uint8Array): void {
    const typed =
      link === this.#answering
        ? bytes
        : (this.#links.get(link)?.rest(bytes, Date.now() - this.#positionAskedAt < ANSWERED_MS) ?? bytes);
    if (typed.byteLength === 0) return;
    if (typed[0] !== 0x1b) this.#activate(link);
    const key = typedKey(typed);
    if (key) this.#onKey(key);
    this.#process.write(typed);
    if (this.#process.pendingInput > MAX_PENDING_INPUT) this.#holdInput();
  }

  resize(link: TerminalLink, size: TerminalSize): void {
    link.size = size;
    this.#active = undefined;
    this.#activate(link);
  }

  acknowledge(link: TerminalLink, bytes: number): void {
    link.acknowledge(bytes);
    if (this.#paused) this.#regulate();
  }

  /** Ends the whole process tree; resolves when the program has ended. */
  async kill(graceMs: number): Promise<void> {
    if (!this.alive) return;
    if (process.platform === 'win32') this.#process.closeConsole();
    await endProcessTree(this.#process.pid, graceMs);
    await this.ended;
  }

  /** Lets go of all terminals: the session is forgotten. */
  close(): void {
    for (const link of this.#links.keys()) link.end();
    this.#links.clear();
    clearTimeout(this.#coalesce);
    clearInterval(this.#inputCheck);
  }

  #activate(link: TerminalLink): void {
    if (this.#active === link || !this.alive) return;
    this.#active = link;
    const { cols, rows } = link.size;
    if (cols === this.#size.cols && rows === this.#size.rows) return;
    this.#flush();
    this.#size = { cols, rows };
    this.#process.resize(cols, rows);
    this.#recent.resized(this.#size);
    for (const each of this.#links.keys()) each.tell({ type: 'size', cols, rows });
    this.#onChange();
  }

  #output(chunk: Buffer): void {
    this.#recent.append(chunk, this.#pending);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes >= COALESCE_BYTES) this.#flush();
    else if (!this.#coalesce) {
      // The first output after a silence goes at once: it may be the echo of a key.
      this.#flush();
      this.#coalesce = setTimeout(() => this.#coalesced(), COALESCE_MS);
    }
  }

  #coalesced(): void {
    this.#coalesce = undefined;
    if (this.#pendingBytes === 0) return;
    this.#flush();
    this.#coalesce = setTimeout(() => this.#coalesced(), COALESCE_MS);
  }

  #flush(): void {
    if (this.#pendingBytes === 0) return;
    const now = Date.now();
    if (this.#written < SCREEN_BYTES) {
      this.#written += this.#pendingBytes;
      if (this.#written >= SCREEN_BYTES) this.#onChange();
    }
    if (this.#active && now - this.#sentAt > ANSWERED_MS) this.#answering = this.#active;
    this.#sentAt = now;
    const views = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const view of views) {
      if (this.#links.size > 1 && view.includes(POSITION_QUERY)) this.#positionAskedAt = now;
      for (const link of this.#links.keys()) link.output(view);
      const title = this.#titles.read(view);
      if (title !== undefined && title !== this.#title) {
        this.#title = title;
        this.#onChange();
      }
    }
    this.#regulate();
  }

  /** Pauses the pty while a terminal is behind, and lets it go on when all have caught up. */
  #regulate(): void {
    if (!this.alive) return;
    if (!this.#paused) {
      for (const link of this.#links.keys()) {
        if (!link.blocked) continue;
        this.#paused = true;
        this.#process.pause();
        return;
      }
      return;
    }
    for (const link of this.#links.keys()) if (link.lag > flowControl.lowBytes) return;
    this.#paused = false;
    this.#process.resume();
  }

  #holdInput(): void {
    if (this.#inputCheck) return;
    for (const link of this.#links.keys()) link.pauseInput();
    this.#inputCheck = setInterval(() => {
      if (this.alive && this.#process.pendingInput > MAX_PENDING_INPUT / 2) return;
      clearInterval(this.#inputCheck);
      this.#inputCheck = undefined;
      for (const link of this.#links.keys()) link.resumeInput();
    }, INPUT_CHECK_MS);
  }

  #ended(end: PtyEnd): void {
    this.#flush();
    clearTimeout(this.#coalesce);
    this.#end = end;
    this.#exitedAt = Date.now();
    for (const link of this.#links.keys()) {
      link.tell({ type: 'exit', ...end });
      link.end();
    }
    this.#onChange();
  }
}
