import { useEffect } from 'react';
import { useAgent, useLink } from './app-context.tsx';

/** A glance shorter than this is none, in ms. */
const GLANCE = 250;

/** Tells the agent which sessions this window shows while it is in front: they are seen, and nobody is notified of them. */
export function useLook(sessions: readonly string[]): void {
  const agent = useAgent();
  const { link, connection } = useLink();
  const key = sessions.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection has seen nothing yet.
  useEffect(() => {
    if (link !== 'online') return;
    let told = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (ids: string): void => {
      if (ids === told) return;
      told = ids;
      // Who shows nothing need not know whether it was heard.
      agent.call('sessions.look', { ids: ids === '' ? [] : ids.split(',') }).catch(() => undefined);
    };
    const look = (): void => {
      clearTimeout(timer);
      if (document.hidden || !document.hasFocus()) tell('');
      else timer = setTimeout(() => tell(key), GLANCE);
    };
    look();
    addEventListener('focus', look);
    addEventListener('blur', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      removeEventListener('focus', look);
      removeEventListener('blur', look);
      document.removeEventListener('visibilitychange', look);
      tell('');
    };
  }, [agent, key, link, connection]);
}
