import {
  nothingKnown,
  type Presence,
  type PresenceFacts,
  presenceAt,
} from '../../domain/keep-alive/presence.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type { Clock, Observable } from '../ports.ts';

/** Whether somebody is there, for those who ask something of a person. */
export interface PresenceWatch extends Observable {
  now(): Presence;
}

/** Gathers what desktop, commands and acts tell of a person (domain/keep-alive/presence has the rules). */
export class PresenceRoom implements PresenceWatch {
  readonly #clock: Clock;
  readonly #emitter = new ChangeEmitter();
  /** The answer changes by itself: what was reported no longer counts. */
  readonly #timer: DeadlineTimer;
  #facts: PresenceFacts = nothingKnown;
  #told: Presence = 'unknown';

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = new DeadlineTimer(clock, () => this.#take(this.#facts, false));
  }

  now(): Presence {
    return presenceAt(this.#facts, this.#clock.now()).presence;
  }

  /** A person has just done what nobody else does: pressed a button, typed a command. */
  act(): void {
    this.#take({ ...this.#facts, actAt: this.#clock.now() }, false);
  }

  /** What a desktop knows (role `tray`), or what somebody at a terminal did (role `cli`: an act). */
  report(
    from: 'desktop' | 'terminal',
    told: { idleMs: number | null; locked: boolean | null; suspended?: boolean | undefined },
  ): void {
    const at = this.#clock.now();
    const { report, actAt } = this.#facts;
    if (from === 'terminal') {
      const touchedAt = at - (told.idleMs ?? 0);
      this.#take({ report, actAt: Math.max(touchedAt, actAt ?? touchedAt) }, false);
      return;
    }
    const suspended = told.suspended ?? false;
    // Awake again: whoever waits for an instant looks at the clock, whoever is there or not.
    const resumed = report?.suspended === true && !suspended;
    const { idleMs, locked } = told;
    this.#take({ actAt, report: { at, idleMs, locked, suspended } }, resumed);
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  stop(): void {
    this.#timer.set(null);
  }

  #take(facts: PresenceFacts, tell: boolean): void {
    this.#facts = facts;
    const { presence, until } = presenceAt(facts, this.#clock.now());
    this.#timer.set(until);
    const changed = presence !== this.#told;
    this.#told = presence;
    if (changed || tell) this.#emitter.emit();
  }
}

/** Somebody is always there. */
export const alwaysThere: PresenceWatch = {
  now: () => 'there',
  onChange: () => () => {},
};
