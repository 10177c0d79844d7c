/**
 * Whether AWS can be reached, judged by what became of calls, as a pure machine. `knocks` are requests that ask
 * nothing: they are made only to find out.
 *
 * | in | event | to | effects |
 * |---|---|---|---|
 * | `online` | `failed` (a call got no answer), `doubted` (the system says there is no network) | `online`, a knock is due at once | |
 * | `online` | `knocked`: nobody answered | `offline`, knocks due at 2, 4, 8 … 30 s | |
 * | `online` | `knocked`: an endpoint answered | `online`: that one endpoint is in trouble, not the network | |
 * | any | `notAws` (something else answered a call) | `captive`, knocks due at 2, 4, 8 … 30 s | |
 * | `offline`, `captive` | `knocked`: none answered | as before, the next knock later | |
 * | `offline`, `captive` | `answered`, `knocked`: AWS answered | `online` | `reachable` |
 * | `online` | `answered` by the very endpoint that had failed | `online` | `reachable` |
 * | `offline`, `captive`, or a failure is open | `stirred` (the system says the network is back, addresses changed, the computer woke) | as before, a knock is due at once and the pauses begin anew | |
 *
 * The pauses begin anew only when AWS answers a call, or by a stir: what answers knocks and nothing else is no hot loop.
 */
export interface Reachability {
  state: 'online' | 'offline' | 'captive';
  sinceAt: number;
  /** Endpoints (origins) that gave no answer since they last did, the newest last. */
  silent: readonly string[];
  /** The endpoint that answered last. */
  good: string | null;
  /** Rounds of knocks since a call was answered. */
  rounds: number;
  knockedAt: number;
  /** When to knock; null: there is nothing to find out. */
  knockAt: number | null;
}

export type ReachabilityEvent =
  | { type: 'answered'; origin: string }
  | { type: 'failed'; origin: string }
  | { type: 'notAws'; origin: string }
  /** A round of knocks has ended. */
  | { type: 'knocked'; answered: readonly string[]; notAws: boolean }
  | { type: 'stirred' }
  | { type: 'doubted' };

/** `reachable`: what failed for want of a network is worth another try now. */
export interface ReachabilityStep {
  state: Reachability;
  effects: 'reachable'[];
}

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
/** As many endpoints are remembered and knocked at. */
const FEW = 3;

export function reachableSince(now: number): Reachability {
  return { state: 'online', sinceAt: now, silent: [], good: null, rounds: 0, knockedAt: 0, knockAt: null };
}

/** Where to knock: what was silent, and what answered last. */
export function doors(state: Reachability): string[] {
  return [...new Set([...state.silent, ...(state.good === null ? [] : [state.good])])];
}

function pause(rounds: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(rounds, 10));
}

/** One step. Total: an event that means nothing in a state leaves it as it is. */
export function nextReachability(
  state: Reachability,
  event: ReachabilityEvent,
  now: number,
): ReachabilityStep {
  const quiet = (next: Reachability): ReachabilityStep => ({ state: next, effects: [] });
  const silentWith = (origin: string) => [...state.silent.filter((o) => o !== origin), origin].slice(-FEW);
  switch (event.type) {
    case 'answered':
      return back(state, [event.origin], 0, now);
    case 'failed': {
      const silent = silentWith(event.origin);
      // Online, one failure is no proof; otherwise the knocks go on as they were.
      const first = state.rounds === 0 ? now : now + pause(state.rounds);
      return quiet({ ...state, silent, knockAt: state.knockAt ?? (state.state === 'online' ? first : null) });
    }
    case 'notAws':
      return quiet({
        ...state,
        silent: silentWith(event.origin),
        ...(state.state === 'captive' ? {} : { state: 'captive', sinceAt: now }),
        knockAt: state.knockAt ?? now + pause(state.rounds),
      });
    case 'knocked': {
      const rounds = state.rounds + 1;
      if (event.answered.length > 0) return back({ ...state, knockedAt: now }, event.answered, rounds, now);
      const kind = event.notAws ? 'captive' : 'offline';
      return quiet({
        ...state,
        ...(kind === state.state ? {} : { state: kind, sinceAt: now }),
        rounds,
        knockedAt: now,
        knockAt: now + pause(state.rounds),
      });
    }
    case 'doubted':
      if (state.state !== 'online' || doors(state).length === 0) return quiet(state);
      return quiet({ ...state, knockAt: soonest(state, now) });
    case 'stirred':
      if (state.state === 'online' && state.silent.length === 0) return quiet(state);
      return quiet({ ...state, rounds: 0, knockAt: soonest(state, now) });
  }
}

/** Now, but not in the heels of the last round. */
function soonest(state: Reachability, now: number): number {
  return Math.max(now, state.knockedAt + FIRST_PAUSE_MS);
}

/** AWS answered, at these endpoints. */
function back(
  state: Reachability,
  origins: readonly string[],
  rounds: number,
  now: number,
): ReachabilityStep {
  const was = state.state;
  // A call that succeeds where one had failed is news; a knock beside it is not: that call may fail again.
  const mended = was !== 'online' || (rounds === 0 && state.silent.some((o) => origins.includes(o)));
  const next: Reachability = {
    ...state,
    state: 'online',
    sinceAt: was === 'online' ? state.sinceAt : now,
    // An endpoint that stays silent beside one that answers is its callers' own trouble from here on.
    silent: [],
    good: origins.at(-1) ?? state.good,
    rounds,
    knockAt: null,
  };
  return { state: next, effects: mended ? ['reachable'] : [] };
}
