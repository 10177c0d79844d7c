import { sleepUntil } from '../clock.ts';
import type { Clock } from '../ports.ts';

/** Lets calls through one after the other, `spacingMs` apart. */
export class Pace {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  #nextAt = 0;

  constructor(clock: Clock, spacingMs: number) {
    this.#clock = clock;
    this.#spacingMs = spacingMs;
  }

  async turn(): Promise<void> {
    const now = this.#clock.now();
    // A clock set back must not make anybody wait for the old time.
    const at = Math.max(now, Math.min(this.#nextAt, now + 60_000));
    this.#nextAt = at + this.#spacingMs;
    if (at > now) await sleepUntil(this.#clock, at);
  }
}

/** Calls for the same thing at the same time are one call. */
export class Shared<T> {
  readonly #running = new Map<string, Promise<T>>();

  run(key: string, call: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running) return running;
    const started = call().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}
