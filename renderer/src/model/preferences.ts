import { useCallback, useState } from 'react';
import * as z from 'zod';
import { listGroupings, listOrders } from './session-list.ts';

/** How this window shows the list of sessions: of no concern to the agent or to other windows. */
const Preferences = z.object({
  order: z.enum(listOrders).catch('own'),
  grouping: z.enum(listGroupings).catch('none'),
  hidden: z.boolean().catch(false),
  endedOpen: z.boolean().catch(false),
});
export type Preferences = z.infer<typeof Preferences>;

const KEY = 'sessions-list';

function read(): Preferences {
  try {
    return Preferences.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return Preferences.parse({});
  }
}

export function usePreferences(): readonly [Preferences, (patch: Partial<Preferences>) => void] {
  const [preferences, setPreferences] = useState(read);
  const change = useCallback((patch: Partial<Preferences>) => {
    setPreferences((old) => {
      const next = { ...old, ...patch };
      try {
        localStorage.setItem(KEY, JSON.stringify(next));
      } catch {
        // Storage may be refused; it holds for this window then.
      }
      return next;
    });
  }, []);
  return [preferences, change];
}
