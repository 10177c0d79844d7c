import { useEffect } from 'react';
import { useSnapshot } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';

/** Whether Claude Code can be opened. `asking`: not known yet. */
export interface ClaudeFound {
  state: 'asking' | 'there' | 'older' | 'missing';
  version: string | null;
}

/** How often it is looked for while it is missing and somebody waits for it, in ms. */
const LOOK_EVERY = 3_000;

/** Claude Code as it is on this computer, looked for again and again while it is missing and the page is in sight. */
export function useClaude(): ClaudeFound {
  const { agent } = useSnapshot();
  const found = useAsk('setup.find', {});
  const { data, loading, error, again } = found;
  const claude = data === null ? agent.claude : data.claude;
  const wanting = data !== null && (claude === null || claude.support === 'older');
  useEffect(() => {
    if (!wanting || loading) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(again, LOOK_EVERY);
    };
    // Whoever comes back from the terminal sees it at once.
    const back = (): void => {
      if (!document.hidden) again();
    };
    wait();
    addEventListener('focus', back);
    document.addEventListener('visibilitychange', back);
    return () => {
      clearTimeout(timer);
      removeEventListener('focus', back);
      document.removeEventListener('visibilitychange', back);
    };
  }, [wanting, loading, again]);
  const version = claude?.version ?? null;
  if (claude === null) return { state: data === null && error === null ? 'asking' : 'missing', version };
  return { state: claude.support === 'older' ? 'older' : 'there', version };
}
