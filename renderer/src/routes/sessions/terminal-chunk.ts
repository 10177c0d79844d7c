import { useEffect, useState } from 'react';

type TerminalChunk = typeof import('../../terminal/terminal-view.tsx');

let chunk: TerminalChunk | null = null;
let loading: Promise<TerminalChunk> | null = null;

/** xterm.js is as large as the rest of the page: it comes with the first terminal, or a little before (desk.tsx). */
export function loadTerminal(): Promise<TerminalChunk> {
  loading ??= import('../../terminal/terminal-view.tsx').then(
    (loaded) => {
      chunk = loaded;
      return loaded;
    },
    (error) => {
      // The next one who needs it tries again.
      loading = null;
      throw error;
    },
  );
  return loading;
}

/**
 * The terminal once it is there, else null. Not by Suspense: React holds back for 300 ms what takes a fallback's place
 * (FALLBACK_THROTTLE_MS), also where the file has been there for long. Throws where it cannot be loaded.
 */
export function useTerminalChunk(): TerminalChunk | null {
  const [loaded, setLoaded] = useState(chunk);
  useEffect(() => {
    if (loaded) return;
    let wanted = true;
    loadTerminal().then(
      (now) => wanted && setLoaded(now),
      (error) =>
        wanted &&
        setLoaded(() => {
          throw error;
        }),
    );
    return () => {
      wanted = false;
    };
  }, [loaded]);
  return loaded;
}
