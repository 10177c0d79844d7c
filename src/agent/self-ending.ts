import type { Clock, Observable } from './ports.ts';

/** How long an agent that nobody needs waits for the next shell. */
export const GRACE_MS = 60_000;

/**
 * Calls `end` when nobody has needed the agent for GRACE_MS: no shell, consumer or session is there and keep-alive
 * is not wanted. The function stops watching.
 */
export function endWhenUnneeded(options: {
  clock: Clock;
  isNeeded: () => boolean;
  watched: readonly Observable[];
  end: () => void;
  graceMs?: number;
}): () => void {
  const { clock, isNeeded, watched, end, graceMs = GRACE_MS } = options;
  let cancel: (() => void) | undefined;
  const look = () => {
    if (isNeeded()) {
      cancel?.();
      cancel = undefined;
    } else {
      cancel ??= clock.wakeAt(clock.now() + graceMs, () => {
        cancel = undefined;
        // Only what was watched can have changed; still, nobody is ended on an old answer.
        if (isNeeded()) return;
        end();
      });
    }
  };
  const unwatch = watched.map((room) => room.onChange(look));
  look();
  return () => {
    for (const stop of unwatch) stop();
    cancel?.();
  };
}
