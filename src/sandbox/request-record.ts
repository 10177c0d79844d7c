import type { CallNote } from './http.ts';
import type { Service } from './switches.ts';

/** One answered request. Holds names and numbers only: no query, no body, no header, no secret. */
export interface RequestRecord extends CallNote {
  readonly id: number;
  /** When it came, ISO 8601. */
  readonly time: string;
  readonly service: Service | 'page' | 'unknown';
  readonly method: string;
  readonly path: string;
  /** 0 when the connection was dropped without an answer. */
  readonly status: number;
  readonly durationMs: number;
}

export interface RequestFilter {
  /** Only records with a greater id. */
  readonly after: number;
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
}

const kept = 20_000;

/** The latest requests, in memory, and who waits for more of them. */
export class RequestLog {
  #records: RequestRecord[] = [];
  #lastId = 0;
  readonly #waiters = new Set<() => void>();

  add(record: Omit<RequestRecord, 'id'>): void {
    this.#lastId += 1;
    this.#records.push({ id: this.#lastId, ...record });
    if (this.#records.length > kept * 1.1) this.#records = this.#records.slice(-kept);
    for (const wake of [...this.#waiters]) wake();
  }

  /** Forgets the records; ids go on counting. */
  clear(): void {
    this.#records = [];
  }

  find(filter: RequestFilter): RequestRecord[] {
    return this.#records.filter(
      (record) =>
        record.id > filter.after &&
        (filter.service === undefined || record.service === filter.service) &&
        (filter.operation === undefined || record.operation === filter.operation),
    );
  }

  /** Waits until `count` records match, or `waitMs` have passed; gives what there is then. */
  async wait(filter: RequestFilter, count: number, waitMs: number): Promise<RequestRecord[]> {
    if (waitMs > 0 && this.find(filter).length < count) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#waiters.delete(check);
          resolve();
        };
        const check = () => {
          if (this.find(filter).length >= count) done();
        };
        const timer = setTimeout(done, waitMs);
        this.#waiters.add(check);
      });
    }
    return this.find(filter);
  }
}
