import { useEffect, useRef, useState } from 'react';
import type { Asked } from './ask.ts';

/**
 * An answer that stays while another question is asked: figures that are replaced do not flicker. `stale`: it answers the
 * question before.
 */
export function useKept<T>(asked: Asked<T>): Asked<T> & { stale: boolean } {
  const kept = useRef<T | null>(null);
  if (asked.data !== null) kept.current = asked.data;
  return { ...asked, data: kept.current, stale: asked.data === null && kept.current !== null };
}

/** A number that is followed at most once in `pauseMs`: an index at work has a new revision many times a second. */
export function useCalm(value: number, pauseMs = 1000): number {
  const [shown, setShown] = useState(value);
  const followedAt = useRef(0);
  useEffect(() => {
    if (value === shown) return;
    const timer = setTimeout(
      () => {
        followedAt.current = performance.now();
        setShown(value);
      },
      Math.max(0, followedAt.current + pauseMs - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [value, shown, pauseMs]);
  return shown;
}
