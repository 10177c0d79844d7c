import type { Clock } from '../ports.ts';

/** Shells redraw at most this often. */
export const MIN_GAP_MS = 50;

/**
 * The values of `current` over time: one at once, then one after each change, at most one each `MIN_GAP_MS`.
 * Values are made when they are asked for, so a slow reader skips those in between and never has a backlog. Ends
 * with `signal`.
 */
export async function* changes<T>(options: {
  current: () => T;
  onChange: (listener: () => void) => () => void;
  clock: Clock;
  signal: AbortSignal;
}): AsyncGenerator<T, void> {
  const { current, onChange, clock, signal } = options;
  let changed = false;
  let wake = () => {};
  const unsubscribe = onChange(() => {
    changed = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      changed = false;
      const sentAt = clock.now();
      yield current();
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (changed || signal.aborted) resolve();
      });
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const left = MIN_GAP_MS - (clock.now() - sentAt);
        if (left <= 0) {
          resolve();
          return;
        }
        const timer = setTimeout(resolve, Math.min(left, MIN_GAP_MS));
        wake = () => {
          if (!signal.aborted) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
