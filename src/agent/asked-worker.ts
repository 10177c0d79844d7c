import { Worker } from 'node:worker_threads';
import { BedrockTrayError, type ErrorView } from '../contract/errors.ts';
import type { Log } from './ports.ts';

/** What a worker may be asked, by name: what is wished, and what is answered. */
export type Requests = Record<string, { wish: unknown; answer: unknown }>;

export type ToAskedWorker<R extends Requests> =
  | { type: 'stop' }
  | { [A in keyof R]: { type: 'ask'; id: number; ask: A; wish: R[A]['wish'] } }[keyof R];

export type FromAskedWorker =
  /** `pending`: bytes not indexed yet. `changed`: what can be asked for is not as it was. */
  | { type: 'status'; changed: boolean; pending: number }
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'refused'; id: number; error: ErrorView }
  /** Something that the log should know, without words of transcripts. */
  | { type: 'trouble'; what: string; reason: string };

const STOP_MS = 2_000;

interface Waiting<R extends Requests> {
  ask: keyof R;
  wish: unknown;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface AskedWorkerParts {
  /** The worker's file. */
  program: URL;
  /** Names it in errors and to whoever looks at threads. */
  name: string;
  data: unknown;
  /** Parsing what a transcript holds must not be able to make the agent large. */
  memoryMb: number;
  log: Log;
  /** Its status was told. */
  told(status: { changed: boolean; pending: number }): void;
  /** What the log says when it fails. */
  failed: string;
}

/**
 * A worker thread that answers questions: begun by the first one, and again by the next when it has ended meanwhile.
 * It keeps the process only while an answer is waited for.
 */
export class AskedWorker<R extends Requests> {
  readonly #parts: AskedWorkerParts;
  readonly #waiting = new Map<number, Waiting<R>>();
  #worker: Worker | null = null;
  #failure: string | null = null;
  #asked = 0;
  #stopped = false;

  constructor(parts: AskedWorkerParts) {
    this.#parts = parts;
  }

  /** Whether an answer is waited for. */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Errors: ServiceFailed where it ended, and the worker's own. */
  ask<A extends keyof R>(ask: A, wish: R[A]['wish']): Promise<R[A]['answer']> {
    if (this.#stopped) return Promise.reject(this.#unavailable('it has ended'));
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { ask, wish, resolve: resolve as (value: unknown) => void, reject });
      this.#worker ??= this.#begin();
      this.#worker.ref();
      this.#worker.postMessage({ type: 'ask', id, ask, wish });
    });
  }

  /** Nobody needs it for now: it ends when it has done what it was asked before. */
  rest(): void {
    this.#worker?.postMessage({ type: 'stop' });
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage({ type: 'stop' });
    const patience = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(patience);
  }

  #begin(): Worker {
    const { program, name, data, memoryMb, log, failed } = this.#parts;
    // Nothing of the agent's environment is needed there.
    const worker = new Worker(program, {
      workerData: data,
      env: {},
      name,
      // What was read is soon done with: a young generation that may grow to its default would keep 50 MB of it.
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 8 },
    });
    this.#failure = null;
    worker.on('message', (message: FromAskedWorker) => this.#hear(message));
    worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error.message : String(error);
      log.warn({ err: error }, failed);
    });
    worker.on('exit', () => this.#ended(worker));
    return worker;
  }

  #hear(message: FromAskedWorker): void {
    switch (message.type) {
      case 'status':
        this.#parts.told(message);
        return;
      case 'trouble':
        this.#parts.log.warn({ reason: message.reason }, message.what);
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
    for (const [id, { ask, wish }] of left) next.postMessage({ type: 'ask', id, ask, wish });
  }

  #unavailable(reason: string): BedrockTrayError {
    return new BedrockTrayError('ServiceFailed', { service: this.#parts.name, reason });
  }
}
