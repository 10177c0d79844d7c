import type { ActivityState, ActivityView, SessionRequest } from '../../../src/contract/index.ts';

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
  /** What the script plays. */
  readonly act: string;
  readonly state: ActivityState;
  /** Epoch ms. */
  readonly from: number;
  /** What the script did to get there, e.g. `permission allowed: the tool runs`. */
  readonly why: string;
  /** What is asked of the person, where that can be told. */
  readonly asked: Asked | undefined;
  samples: number;
  right: number;
  /** Of the right ones: told what is asked. */
  told: number;
  unknown: number;
  /** What was shown instead, with how often. */
  readonly wrong: Map<string, number>;
  /** Ms until the right state was shown for the first time. */
  settledAfter: number | null;
  /** What was shown last. */
  last: string;
}

export interface Asked {
  readonly kind: SessionRequest['kind'];
  /** Stands in its text. */
  readonly text: string;
}

/** What is true of one session, told by the script that drives it: never by the code that is judged. */
export class Timeline {
  readonly session: string;
  readonly stretches: Stretch[] = [];
  /** Changes from one true state to another. */
  transitions = 0;
  act = '';
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

  become(state: ActivityState, why: string, asked?: Asked): void {
    const at = this.#now();
    if (this.#entry.state === state && state !== 'needsYou') return;
    if (this.#lastState !== state) this.transitions += 1;
    this.#lastState = state;
    this.#entry = { at, state, why };
    this.stretches.push({
      session: this.session,
      act: this.act,
      state,
      from: at,
      why,
      asked,
      samples: 0,
      right: 0,
      told: 0,
      unknown: 0,
      wrong: new Map(),
      settledAfter: null,
      last: '',
    });
  }

  /** `view`: what is shown now; undefined where nothing is. */
  sample(view: ActivityView | undefined): void {
    const shown = view?.state ?? 'nothing';
    const stretch = this.stretches.at(-1);
    if (this.#entry.state === null || stretch === undefined) return;
    const after = this.#now() - this.#entry.at;
    if (shown === stretch.state && stretch.settledAfter === null) stretch.settledAfter = after;
    if (after < SETTLING_MS) return;
    stretch.samples += 1;
    stretch.last = shown;
    const { asked } = stretch;
    const request = view?.request;
    if (shown === stretch.state) {
      stretch.right += 1;
      if (asked && request?.kind === asked.kind && request.text.includes(asked.text)) stretch.told += 1;
    } else {
      if (shown === 'unknown') stretch.unknown += 1;
      stretch.wrong.set(shown, (stretch.wrong.get(shown) ?? 0) + 1);
    }
  }
}
