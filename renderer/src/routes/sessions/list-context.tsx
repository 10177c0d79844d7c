import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { type Preferences, usePreferences } from '../../model/preferences.ts';
import { useNarrow } from '../../model/window-width.ts';

/** The list of sessions as this window shows it, and what is dragged between list, tabs and panes. */
export interface SessionList {
  preferences: Preferences;
  change(patch: Partial<Preferences>): void;
  shown: boolean;
  show(shown: boolean): void;
  /** The session that is dragged. */
  dragged: string | null;
  drag(id: string | null): void;
}

const ListContext = createContext<SessionList | null>(null);

export function useSessionList(): SessionList {
  const list = useContext(ListContext);
  if (!list) throw new Error('outside of SessionListProvider');
  return list;
}

/** `place`: what is shown; the list that lies over a narrow window goes when it changes. */
export function SessionListProvider({ place, children }: { place: string; children: ReactNode }): ReactNode {
  const [preferences, change] = usePreferences();
  const narrow = useNarrow();
  // In a narrow window the list is there on request, until a session has been chosen.
  const [open, setOpen] = useState(false);
  const [seen, setSeen] = useState(place);
  if (place !== seen) {
    setSeen(place);
    setOpen(false);
  }
  const show = useCallback(
    (shown: boolean): void => (narrow ? setOpen(shown) : change({ hidden: !shown })),
    [narrow, change],
  );
  const [dragged, drag] = useState<string | null>(null);
  const shown = narrow ? open : !preferences.hidden;
  const list = useMemo(
    () => ({ preferences, change, shown, show, dragged, drag }),
    [preferences, change, shown, show, dragged],
  );
  return <ListContext.Provider value={list}>{children}</ListContext.Provider>;
}
