import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AskedWorker } from '../asked-worker.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type { AgentContext, ConversationHistory, Observable } from '../ports.ts';
import type { HistoryRequests, HistoryWorkerData } from './worker-messages.ts';
import { historyPlaces } from './worker-places.ts';

/** The first look waits until the agent has become useful. */
const FIRST_LOOK_MS = 5_000;
/** How often transcripts are looked at: while somebody looks at past conversations, and otherwise. */
const INTERESTED_LOOK_MS = 60_000;
const LOOK_MS = 30 * 60_000;
/** So long after a question somebody is taken to be looking at past conversations. */
const INTEREST_MS = 10 * 60_000;
/** A session of ours did something while somebody looks: so soon its transcript is read. */
const SESSION_LOOK_MS = 5_000;
/** The worker ends after this long without a question. */
const UNUSED_MS = 2 * 60_000;
const MEMORY_MB = 256;

export interface HistoryRoomParts {
  context: Pick<AgentContext, 'clock' | 'env' | 'userHome' | 'home' | 'log'>;
  /** The worker's file. */
  program: URL;
  /** Told when sessions of ours do something. */
  sessions: readonly Observable[];
  /** The session of ours that has a conversation open now: session by conversation. */
  openConversations(): ReadonlyMap<string, string>;
}

/** Past conversations: a worker reads Claude Code's transcripts, this asks it and decides when it looks. */
export class HistoryRoom implements ConversationHistory {
  readonly #parts: HistoryRoomParts;
  readonly #changes = new ChangeEmitter();
  readonly #looks: DeadlineTimer;
  readonly #worker: AskedWorker<HistoryRequests>;
  #askedAt = Number.NEGATIVE_INFINITY;
  #nextLookAt = 0;
  #status = { revision: 0, pending: 0 };
  #stopped = false;
  #undo: (() => void)[] = [];

  constructor(parts: HistoryRoomParts) {
    this.#parts = parts;
    const { context, program } = parts;
    this.#looks = new DeadlineTimer(context.clock, () => this.#look());
    this.#worker = new AskedWorker({
      program,
      name: 'history',
      data: {
        ...historyPlaces(context),
        file: join(context.home, 'history.db'),
        unusedMs: UNUSED_MS,
      } satisfies HistoryWorkerData,
      memoryMb: MEMORY_MB,
      log: context.log,
      failed: 'the reader of past conversations failed',
      told: ({ changed, pending }) => {
        this.#status = { revision: this.#status.revision + (changed ? 1 : 0), pending };
        this.#changes.emit();
      },
    });
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {
    this.#lookAt(this.#now() + FIRST_LOOK_MS);
    const seen = () => {
      if (this.#interested) this.#lookAt(Math.min(this.#nextLookAt, this.#now() + SESSION_LOOK_MS));
    };
    this.#undo = this.#parts.sessions.map((room) => room.onChange(seen));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#looks.set(null);
    for (const each of this.#undo.splice(0)) each();
    await this.#worker.stop();
  }

  status(): ReturnType<ConversationHistory['status']> {
    return this.#status;
  }

  async list(wish: Parameters<ConversationHistory['list']>[0]): ReturnType<ConversationHistory['list']> {
    this.#interest();
    const { conversations, more } = await this.#worker.ask('list', { ...wish, now: this.#now() });
    const open = this.#parts.openConversations();
    return { conversations: conversations.map((c) => ({ ...c, session: open.get(c.id) ?? null })), more };
  }

  find(wish: Parameters<ConversationHistory['find']>[0]): ReturnType<ConversationHistory['find']> {
    this.#interest();
    return this.#worker.ask('find', wish);
  }

  read(wish: Parameters<ConversationHistory['read']>[0]): ReturnType<ConversationHistory['read']> {
    this.#interest();
    return this.#worker.ask('read', wish);
  }

  folder(conversation: string): Promise<string> {
    return this.#worker.ask('folder', conversation);
  }

  /** Looks at the transcripts; resolves when all that was new is indexed. */
  async lookNow(): Promise<void> {
    await this.#worker.ask('look', null);
  }

  #now(): number {
    return this.#parts.context.clock.now();
  }

  get #interested(): boolean {
    return this.#now() - this.#askedAt < INTEREST_MS;
  }

  #interest(): void {
    this.#askedAt = this.#now();
    this.#lookAt(Math.min(this.#nextLookAt, this.#askedAt + INTERESTED_LOOK_MS));
  }

  #lookAt(at: number): void {
    if (this.#stopped) return;
    this.#nextLookAt = at;
    this.#looks.set(at);
  }

  #look(): void {
    this.#lookAt(this.#now() + (this.#interested ? INTERESTED_LOOK_MS : LOOK_MS));
    void this.#lookUnasked();
  }

  /** Where Claude Code has never been nothing is started, and what was started for one look ends with it. */
  async #lookUnasked(): Promise<void> {
    const { context } = this.#parts;
    try {
      await access(historyPlaces(context).projects);
    } catch {
      return;
    }
    try {
      await this.lookNow();
      if (!this.#interested && !this.#worker.busy) this.#worker.rest();
    } catch (err) {
      if (!this.#stopped) context.log.warn({ err }, 'past conversations cannot be read');
    }
  }
}
