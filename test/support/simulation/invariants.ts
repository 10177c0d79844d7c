import { minute } from './history.ts';

/** What must hold in every history. */
export type Invariant =
  /** No credential is handed out that is over. */
  | 'never-expired'
  /** None with less than 15 min (or half its life) while a fresh one could be had. */
  | 'fresh-enough'
  /** At most 1.05 calls in a credential's or token's lifetime while nothing is wrong. */
  | 'few-calls'
  /** One prompt, one browser; none while nobody is there. */
  | 'one-prompt'
  /** A deadline makes one wake-up, in the past too. */
  | 'no-hot-loop'
  /** When faults end, what is wanted is valid again, or the person is asked. */
  | 'recovers';

export class Violation extends Error {
  readonly invariant: Invariant;
  constructor(invariant: Invariant, at: number, start: number, what: string) {
    const passed = Math.floor((at - start) / minute);
    const clock = new Date(passed * minute).toISOString().slice(11, 16);
    super(`${invariant}: ${what} (day ${Math.floor(passed / 1_440) + 1} ${clock})`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

/** What happened in one or more histories. */
export interface Totals {
  days: number;
  refreshes: number;
  credentialCalls: number;
  /** Both counted while nothing was wrong only, against the lifetimes that passed meanwhile. */
  calmCalls: number;
  calmLifetimes: number;
  handedOut: number;
  refused: number;
  prompts: number;
  browsers: number;
  signIns: number;
  wakeUps: number;
}

export function noTotals(): Totals {
  return {
    days: 0,
    refreshes: 0,
    credentialCalls: 0,
    calmCalls: 0,
    calmLifetimes: 0,
    handedOut: 0,
    refused: 0,
    prompts: 0,
    browsers: 0,
    signIns: 0,
    wakeUps: 0,
  };
}

export function addTotals(to: Totals, more: Totals): void {
  for (const name of Object.keys(to) as (keyof Totals)[]) to[name] += more[name];
}
