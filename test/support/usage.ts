import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromAskedWorker } from '../../src/agent/asked-worker.ts';
import { UsageWorker } from '../../src/agent/usage/usage-worker.ts';
import type { UsageRequests } from '../../src/agent/usage/worker-messages.ts';

export const noPrices = { regionalFactor: 1.1, given: {}, models: {} };

/** A folder with transcripts and an index, and the worker's doing on this thread. */
export class UsageHome implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'usage-'));
  readonly projects = join(this.folder, '.claude', 'projects');
  readonly file = join(this.folder, 'usage.db');
  readonly troubles: string[] = [];
  #worker: UsageWorker | undefined;
  #asked = 0;
  readonly #waiting = new Map<number, (message: FromAskedWorker) => void>();

  constructor() {
    mkdirSync(this.projects, { recursive: true });
  }

  ask<A extends keyof UsageRequests>(
    ask: A,
    wish: UsageRequests[A]['wish'],
    options: { maxPages?: number } = {},
  ): Promise<UsageRequests[A]['answer']> {
    this.#worker ??= new UsageWorker(
      { file: this.file, projects: this.projects, unusedMs: 60_000, ...options },
      (message) => {
        if (message.type === 'trouble') this.troubles.push(message.what);
        if ('id' in message) this.#waiting.get(message.id)?.(message);
      },
      () => undefined,
    );
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, (message) => {
        this.#waiting.delete(id);
        if (message.type === 'answer') resolve(message.value as UsageRequests[A]['answer']);
        else reject(new Error(JSON.stringify(message)));
      });
      this.#worker?.handle({ type: 'ask', id, ask, wish } as never);
    });
  }

  /** All that was used, of whichever days. */
  query(wish: Partial<UsageRequests['query']['wish']> = {}): Promise<UsageRequests['query']['answer']> {
    return this.ask('query', { by: [], limit: 100_000, zone: 'UTC', prices: noPrices, ...wish });
  }

  look(): Promise<null> {
    return this.ask('look', null);
  }

  /** Closes the index; the next question opens it again. */
  close(): void {
    this.#worker?.stop();
    this.#worker = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A row of the referee (test/integration/usage/count.py). */
export interface CountedRow {
  day: string;
  model: string;
  session: string;
  answers: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  usd: number | null;
}

/** USD for a million tokens: prompts longer than, input, output, 5-minute write, 1-hour write, cache read. */
export type PriceTable = Readonly<Record<string, readonly (readonly number[])[]>>;

/** What the referee counts in a `projects` folder. */
export function countedByReferee(projects: string, zone: string, prices: PriceTable): CountedRow[] {
  const script = fileURLToPath(new URL('../integration/usage/count.py', import.meta.url));
  const file = join(projects, '..', 'prices.json');
  writeFileSync(file, JSON.stringify(prices));
  return JSON.parse(execFileSync('python3', [script, projects, zone, file], { encoding: 'utf8' }));
}
