import { Worker } from 'node:worker_threads';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { Log } from '../ports.ts';
import type { FromWorker, PageWorkerData, ToWorker } from './page-worker-messages.ts';

interface Running {
  worker: Worker;
  /** Askers for a URL, in order. */
  waiting: { resolve: (url: string) => void; reject: (error: Error) => void }[];
  ready: boolean;
}

/** Starts the page's server when a page is asked for; it ends by itself when unused. */
export class PageDesk {
  readonly #program: URL;
  readonly #data: () => PageWorkerData;
  readonly #log: Log;
  #running: Running | null = null;

  /** `program`: the worker's file. `data` is asked at each start. */
  constructor(program: URL, data: () => PageWorkerData, log: Log) {
    this.#program = program;
    this.#data = data;
    this.#log = log;
  }

  /** A URL that opens the page in a browser, once. Errors: Internal (by the caller) when the server cannot start. */
  open(): Promise<string> {
    this.#running ??= this.#start();
    const running = this.#running;
    return new Promise((resolve, reject) => {
      running.waiting.push({ resolve, reject });
      if (running.ready) this.#ask(running);
    });
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const ended = new Promise<void>((resolve) => running.worker.once('exit', () => resolve()));
    running.worker.postMessage({ type: 'stop' } satisfies ToWorker);
    const patience = setTimeout(() => void running.worker.terminate(), 1000);
    await ended;
    clearTimeout(patience);
  }

  #ask(running: Running): void {
    running.worker.postMessage({ type: 'url' } satisfies ToWorker);
  }

  #start(): Running {
    // Nothing of the agent's environment is needed there.
    const worker = new Worker(this.#program, { workerData: this.#data(), env: {}, name: 'page-server' });
    const running: Running = { worker, waiting: [], ready: false };
    let reason = 'it ended';
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'failed') reason = message.reason;
      else if (message.type === 'url') running.waiting.shift()?.resolve(message.url);
      else {
        running.ready = true;
        for (const _ of running.waiting) this.#ask(running);
      }
    });
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
      this.#log.error({ err: error }, 'the page server failed');
    });
    worker.on('exit', () => {
      if (this.#running === running) this.#running = null;
      for (const { reject } of running.waiting.splice(0)) {
        reject(new BedrockTrayError('ServiceFailed', { service: 'page server', reason }));
      }
    });
    return running;
  }
}
