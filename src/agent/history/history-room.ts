import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BedrockTrayError } from '../../contract/errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type { AgentContext, ConversationHistory, Observable } from '../ports.ts';
import type {
  FromHistoryWorker,
  HistoryAsk,
  HistoryRequests,
  HistoryWorkerData,
  ToHistoryWorker,
} from './worker-messages.ts';
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
/** Parsing what a transcript holds must not be able to make the agent large. */
const MEMORY_MB = 256;
const STOP_MS = 2_000;

interface Waiting {
  ask: HistoryAsk;
  wish: unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

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
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #failure: string | null = null;
  #asked = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #nextLookAt = 0;
  #status = { revision: 0, pending: 0 };
  #stopped = false;
  #undo: (() => void)[] = [];

  constructor(parts: HistoryRoomParts) {
    this.#parts = parts;
    this.#looks = new DeadlineTimer(parts.context.clock, () => this.#look());
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
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage({ type: 'stop' } satisfies ToHistoryWorker);
    const patience = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(patience);
  }

  status(): ReturnType<ConversationHistory['status']> {
    return this.#status;
  }

  async list(wish: Parameters<ConversationHistory['list']>[0]): ReturnType<ConversationHistory['list']> {
    this.#interest();
    const { conversations, more } = await this.#ask('list', { ...wish, now: this.#now() });
    const open = this.#parts.openConversations();
    return { conversations: conversations.map((c) => ({ ...c, session: open.get(c.id) ?? null })), more };
  }

  find(wish: Parameters<ConversationHistory['find']>[0]): ReturnType<ConversationHistory['find']> {
    this.#interest();
    return this.#ask('find', wish);
  }

  read(wish: Parameters<ConversationHistory['read']>[0]): ReturnType<ConversationHistory['read']> {
    this.#interest();
    return this.#ask('read', wish);
  }

  folder(conversation: string): Promise<string> {
    return this.#ask('folder', conversation);
  }

  /** Looks at the transcripts; resolves when all that was new is indexed. */
  async lookNow(): Promise<void> {
    await this.#ask('look', null);
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
      if (!this.#interested && this.#waiting.size === 0) this.#send({ type: 'stop' });
    } catch (err) {
      if (!this.#stopped) context.log.warn({ err }, 'past conversations cannot be read');
    }
  }

  #send(message: ToHistoryWorker): void {
    this.#worker?.postMessage(message);
  }

  #ask<A extends HistoryAsk>(
    ask: A,
    wish: HistoryRequests[A]['wish'],
  ): Promise<HistoryRequests[A]['answer']> {
    if (this.#stopped) return Promise.reject(this.#unavailable('it has ended'));
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { ask, wish, resolve: resolve as (value: unknown) => void, reject });
      this.#worker ??= this.#begin();
      // Only an answer that is waited for keeps the process.
      this.#worker.ref();
      this.#worker.postMessage({ type: 'ask', id, ask, wish } as ToHistoryWorker);
    });
  }

  #begin(): Worker {
    const { context, program } = this.#parts;
    // Nothing of the agent's environment is needed there.
    const worker = new Worker(program, {
      workerData: {
        ...historyPlaces(context),
        file: join(context.home, 'history.db'),
        unusedMs: UNUSED_MS,
      } satisfies HistoryWorkerData,
      env: {},
      name: 'history',
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.#failure = null;
    worker.on('message', (message: FromHistoryWorker) => this.#hear(message));
    worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error.message : String(error);
      context.log.warn({ err: error }, 'the reader of past conversations failed');
    });
    worker.on('exit', () => this.#ended(worker));
    return worker;
  }

  #hear(message: FromHistoryWorker): void {
    switch (message.type) {
      case 'status':
        this.#status = {
          revision: this.#status.revision + (message.changed ? 1 : 0),
          pending: message.pending,
        };
        this.#changes.emit();
        return;
      case 'trouble':
        this.#parts.context.log.warn({ reason: message.reason }, message.what);
        return;
      case 'answer':
        this.#waiting.get(message.id)?.resolve(message.value);
        break;
      case 'refused': {
        const { code, params } = message.error;
        this.#waiting.get(message.id)?.reject(new BedrockTrayError(code, params as never));
      }
    }
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  /** One that ended because nobody asked may have missed the latest questions: the next one answers them. */
  #ended(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null;
    const left = [...this.#waiting];
    if (left.length === 0) return;
    if (this.#failure !== null || this.#stopped) {
      this.#waiting.clear();
      for (const [, { reject }] of left) reject(this.#unavailable(this.#failure ?? 'it has ended'));
      return;
    }
    const next = this.#begin();
    this.#worker = next;
    for (const [id, { ask, wish }] of left)
      next.postMessage({ type: 'ask', id, ask, wish } as ToHistoryWorker);
  }

  #unavailable(reason: string): BedrockTrayError {
    return new BedrockTrayError('ServiceFailed', { service: 'history', reason });
  }
}
