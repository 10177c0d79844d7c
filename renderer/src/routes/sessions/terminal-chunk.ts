import { useEffect, useState } from 'react';

type TerminalChunk = typeof import('../../terminal/terminal-view.tsx');

let chunk: TerminalChunk | null = null;
let loading: Promise<TerminalChunk> | null = null;

function load(): Promise<TerminalChunk> {
  loading ??= import('../../terminal/terminal-view.tsx').then((loaded) => {
    chunk = loaded;
    return loaded;
  });
  return loading;
}

/** xterm.js is as large as the rest of the page: it comes with the first terminal, or a little before (desk.tsx). */
export function loadTerminal(): void {
  // Whoever needs it hears why it does not come.
  load().catch(() => {});
}

/**
 * The terminal once it is there, else null; `failed` where it cannot be had: the agent is away, or another version of it
 * than this page's is there. Not by Suspense: React holds back for 300 ms what takes a fallback's place
 * (FALLBACK_THROTTLE_MS), also where the file has been there for long.
 */
export function useTerminalChunk(): TerminalChunk | 'failed' | null {
  const [loaded, setLoaded] = useState<TerminalChunk | 'failed' | null>(chunk);
  useEffect(() => {
    if (loaded) return;
    let wanted = true;
    load().then(
      (now) => wanted && setLoaded(now),
      () => wanted && setLoaded('failed'),
    );
    return () => {
      wanted = false;
    };
  }, [loaded]);
  return loaded;
}
