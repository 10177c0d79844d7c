import { useSyncExternalStore } from 'react';

function watched(query: string): () => boolean {
  const media = matchMedia(query);
  const subscribe = (listener: () => void): (() => void) => {
    media.addEventListener('change', listener);
    return () => media.removeEventListener('change', listener);
  };
  return () => useSyncExternalStore(subscribe, () => media.matches);
}

/** Too narrow for list and panes side by side: the list lies over the panes, on request (styles/sessions/list.css). */
export const useNarrow = watched('(max-width: 900px)');
/** Too narrow for the rail's words beside list and terminals. */
export const useTight = watched('(max-width: 1180px)');
