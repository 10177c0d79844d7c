import { useSyncExternalStore } from 'react';
import * as z from 'zod';

/**
 * What a person has decided so far that the agent's state does not say: which of the sign-ins and environments there are
 * is being set up, and which proposals they have gone past. The state itself is the agent's; where this is lost (another
 * window, another browser), the steps ask again with everything that was done already in place.
 */
const Plan = z.object({
  /** Something was decided: the steps stay in sight until they are finished or left for good. */
  begun: z.boolean().catch(false),
  ssoSession: z.string().nullable().catch(null),
  /** Environments that are set up; Claude Code begins with the first. */
  environments: z.array(z.string()).max(50).catch([]),
  /** Which of them were made here, so that another choice takes them away again. */
  made: z.array(z.string()).max(50).catch([]),
  /** Region and models were seen. */
  confirmed: z.boolean().catch(false),
  /** The check was passed, or gone past. */
  checked: z.boolean().catch(false),
});
export type Plan = z.infer<typeof Plan>;

const KEY = 'first-run';
export const noPlan: Plan = Plan.parse({});

function read(): Plan {
  try {
    return Plan.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return noPlan;
  }
}

let plan: Plan | null = null;
const listeners = new Set<() => void>();
const current = (): Plan => {
  plan ??= read();
  return plan;
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function set(next: Plan): void {
  plan = next;
  try {
    if (next === noPlan) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Storage may be refused; it holds for this window then.
  }
  for (const listener of [...listeners]) listener();
}

/** Remembers a decision: the steps have begun. */
export function decide(patch: Partial<Plan>): void {
  set({ ...current(), ...patch, begun: true });
}

/** The steps are finished, or left for good. */
export function forgetPlan(): void {
  set(noPlan);
}

export function usePlan(): Plan {
  return useSyncExternalStore(subscribe, current);
}
