import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import { useAgent } from '../../model/app-context.tsx';
import { errorView } from '../../model/ask.ts';
import type { KnownRoles } from './role-rows.ts';

/** So many accounts are asked about at once; the portal is throttled for more. */
const AT_ONCE = 4;

/** The roles of the accounts that are wanted, each asked for once; `again` asks once more where that failed or there were none. */
export function useRoles(
  ssoSession: string,
  wanted: readonly string[],
): { roles: ReadonlyMap<string, KnownRoles>; again: () => void } {
  const agent = useAgent();
  const [roles, setRoles] = useState<ReadonlyMap<string, KnownRoles>>(new Map());
  const asked = useRef(new Set<string>());
  const queue = useRef<string[]>([]);
  const running = useRef(0);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const pump = useCallback((): void => {
    while (alive.current && running.current < AT_ONCE) {
      const accountId = queue.current.shift();
      if (accountId === undefined) return;
      running.current++;
      agent
        .call('roles.list', { ssoSession, accountId })
        .then(
          (answer): KnownRoles => ({ names: answer.roles.map((r) => r.roleName) }),
          (error): KnownRoles => ({ error: errorView(error) }),
        )
        .then((known) => {
          running.current--;
          if (!alive.current) return;
          setRoles((old) => new Map(old).set(accountId, known));
          pump();
        });
    }
  }, [agent, ssoSession]);
  const key = wanted.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for what is wanted.
  useEffect(() => {
    for (const id of wanted) {
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      queue.current.push(id);
    }
    pump();
  }, [key, pump]);
  const again = useCallback((): void => {
    const stale = new Set<string>();
    for (const [id, known] of roles)
      if (known !== 'asking' && !('names' in known && known.names.length > 0)) stale.add(id);
    queue.current.push(...stale);
    setRoles((old) => new Map([...old].filter(([id]) => !stale.has(id))));
    pump();
  }, [roles, pump]);
  return { roles, again };
}

/** Why roles are missing, if so: the first reason stands for all. */
export function rolesProblem(roles: ReadonlyMap<string, KnownRoles>): ErrorView | null {
  for (const known of roles.values()) if (known !== 'asking' && 'error' in known) return known.error;
  return null;
}
