import { useSyncExternalStore } from 'react';
import { useAgentState } from './app-context.tsx';

/** Ages are told in minutes: one timer for all of them, and none while nobody looks. */
const STEP = 10_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(tick, STEP);
    document.addEventListener('visibilitychange', tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** The agent's time (epoch ms), moving in steps of 10 s. */
export function useCoarseNow(): number {
  const { clockOffset } = useAgentState();
  return useSyncExternalStore(subscribe, () => now) + clockOffset;
}
