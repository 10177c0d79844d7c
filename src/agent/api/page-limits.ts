import { BedrockTrayError } from '../../contract/errors.ts';
import { costRequestUsd } from '../../contract/usage.ts';
import type { Clock } from '../ports.ts';

const DAY_MS = 86_400_000;
/** Requests to Cost Explorer that all pages together may make within a day: fifty cents. */
const MOST_REQUESTS = 50;
/** Runs of the doctor, and surveys of regions, that pages have under way at once: each starts programs or asks in many places. */
const AT_ONCE = 3;

/**
 * What a page may ask for only so often: it shows hostile bytes, and its word that a person has agreed to a charge is no
 * more than its own.
 */
export class PageLimits {
  readonly #clock: Clock;
  /** When each was made. */
  #requests: number[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #running = 0;
  #freed = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One question to Cost Explorer after the other: only then is known what it took. Errors: ChargesReached, those of the question. */
  charged<T extends { requests: number }>(ask: () => Promise<T>): Promise<T> {
    const asked = this.#turn.then(() => this.#charged(ask));
    this.#turn = asked.catch(() => undefined);
    return asked;
  }

  async #charged<T extends { requests: number }>(ask: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    this.#requests = this.#requests.filter((at) => at > now - DAY_MS);
    if (this.#requests.length >= MOST_REQUESTS)
      throw new BedrockTrayError('ChargesReached', { usd: MOST_REQUESTS * costRequestUsd });
    this.#requests.push(now);
    const answer = await ask();
    for (let n = 1; n < answer.requests; n++) this.#requests.push(now);
    return answer;
  }

  /** A stream that begins when few others are under way. */
  async *inTurn<T>(signal: AbortSignal, begin: () => AsyncIterable<T>): AsyncGenerator<T, void> {
    const ended = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => ended.resolve(), { once: true });
    while (this.#running >= AT_ONCE && !signal.aborted)
      await Promise.race([this.#freed.promise, ended.promise]);
    if (signal.aborted) return;
    this.#running++;
    try {
      yield* begin();
    } finally {
      this.#running--;
      this.#freed.resolve();
      this.#freed = Promise.withResolvers();
    }
  }
}
