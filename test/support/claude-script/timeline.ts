import type { ActivityState } from '../../../src/contract/index.ts';

/** Samples count from this long after what was done. */
export const SETTLING_MS = 1_000;

interface Entry {
  readonly at: number;
  /** Null: something was just done and what comes of it is not there yet. Nothing is counted then. */
  readonly state: ActivityState | null;
  readonly why: string;
}

/** One stretch of one true state, and what was shown in it. */
export interface Stretch {
  readonly session: string;
  readonly state: ActivityState;
  /** Epoch ms. */
  readonly from: number;
  /** What the script did to get there, e.g. `permission allowed: the tool runs`. */
  readonly why: string;
  samples: number;
  right: number;
  unknown: number;
  /** What was shown instead, with how often. */
  readonly wrong: Map<string, number>;
  /** Ms until the right state was shown for the first time. */
  settledAfter: number | null;
  /** What was shown last. */
  last: string;
}

/** What is true of one session, told by the script that drives it: never by the code that is judged. */
export class Timeline {
  readonly session: string;
  readonly stretches: Stretch[] = [];
  /** Changes from one true state to another. */
  transitions = 0;
  #entry: Entry;
  #lastState: ActivityState | null = null;
  readonly #now: () => number;

  constructor(session: string, now: () => number = Date.now) {
    this.session = session;
    this.#now = now;
    this.#entry = { at: now(), state: null, why: 'not there yet' };
  }

  get state(): ActivityState | null {
    return this.#entry.state;
  }

  /** Something is about to be done: until `become`, nothing is counted. */
  between(why: string): void {
    this.#entry = { at: this.#now(), state: null, why };
  }

  become(state: ActivityState, why: string): void {
    const at = this.#now();
    if (this.#entry.state === state) return;
    if (this.#lastState !== state) this.transitions += 1;
    this.#lastState = state;
    this.#entry = { at, state, why };
    this.stretches.push({
      session: this.session,
      state,
      from: at,
      why,
      samples: 0,
      right: 0,
      unknown: 0,
      wrong: new Map(),
      settledAfter: null,
      last: '',
    });
  }

  /** `shown`: the state that is shown now. */
  sample(shown: string): void {
    const stretch = this.stretches.at(-1);
    if (this.#entry.state === null || stretch === undefined) return;
    const after = this.#now() - this.#entry.at;
    if (shown === stretch.state && stretch.settledAfter === null) stretch.settledAfter = after;
    if (after < SETTLING_MS) return;
    stretch.samples += 1;
    stretch.last = shown;
    if (shown === stretch.state) stretch.right += 1;
    else {
      if (shown === 'unknown') stretch.unknown += 1;
      stretch.wrong.set(shown, (stretch.wrong.get(shown) ?? 0) + 1);
    }
  }
}
