import type { Clock } from './ports.ts';

/**
 * Longest single system timer. System timers stand still while the computer sleeps and know nothing of a clock
 * that is set: by looking at the clock again this often, a deadline is met at most this late. Only while a
 * deadline is pending; otherwise nothing runs.
 */
const LOOK_AGAIN_MS = 15_000;

/** By this much at least the clock was set, and not only corrected a little. */
const SET_BACK_MS = 2_000;

interface Wake {
  at: number;
  fire: () => void;
}

/** The computer's clock. One system timer serves all deadlines; it does not keep the process alive. */
export class SystemClock implements Clock {
  readonly #wakes = new Set<Wake>();
  readonly #setBack = new Set<(byMs: number) => void>();
  #timer: NodeJS.Timeout | undefined;
  /** How far the wall clock is ahead of the one that nobody sets (and that may stand still while the computer sleeps). */
  #ahead = Date.now() - performance.now();

  now(): number {
    return Date.now();
  }

  wakeAt(at: number, fire: () => void): () => void {
    const wake: Wake = { at, fire };
    this.#wakes.add(wake);
    this.#arm();
    return () => {
      if (this.#wakes.delete(wake) && this.#wakes.size === 0) this.#disarm();
    };
  }

  /** Tells when the clock was found set back, while anybody waits for a deadline. */
  onSetBack(listener: (byMs: number) => void): () => void {
    this.#setBack.add(listener);
    return () => this.#setBack.delete(listener);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    this.#disarm();
    if (this.#wakes.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { at } of this.#wakes) first = Math.min(first, at);
    // One millisecond more: a system timer may come a fraction early by the wall clock.
    const wait = Math.min(Math.max(first - Date.now() + 1, 1), LOOK_AGAIN_MS);
    this.#timer = setTimeout(() => this.#look(), wait);
    this.#timer.unref();
  }

  #look(): void {
    const now = Date.now();
    const due = [...this.#wakes].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
    for (const wake of due) this.#wakes.delete(wake);
    this.#arm();
    for (const { fire } of due) fire();
    const ahead = now - performance.now();
    const byMs = this.#ahead - ahead;
    this.#ahead = ahead;
    if (byMs > SET_BACK_MS) for (const listener of [...this.#setBack]) listener(byMs);
  }
}

/** The one deadline that a room waits for; set again as often as its state changes. */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #fire: () => void;
  #at: number | null = null;
  #cancel: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(clock: Clock, fire: () => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /**
   * Waits for `at` instead of what was waited for; null waits for nothing. Fires early when the clock was set back:
   * what was reckoned by the old one has to be reckoned again.
   */
  set(at: number | null): void {
    if (at === this.#at) return;
    this.#cancel?.();
    this.#at = at;
    if (at === null) {
      this.#unwatch?.();
      this.#unwatch = undefined;
    } else this.#unwatch ??= this.#clock.onSetBack?.(() => this.#fire());
    this.#cancel =
      at === null
        ? undefined
        : this.#clock.wakeAt(at, () => {
            this.#at = null;
            this.#cancel = undefined;
            this.#fire();
          });
  }
}

/** Resolves when the clock has reached `at` (or was set back: how long it still is cannot be told), or at once when `signal` is aborted. */
export function sleepUntil(clock: Clock, at: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      signal?.removeEventListener('abort', done);
      cancel();
      unwatch?.();
      resolve();
    };
    const cancel = clock.wakeAt(at, done);
    const unwatch = clock.onSetBack?.(done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
