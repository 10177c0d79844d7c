import type { Clock } from '../../../src/agent/ports.ts';
import { second } from './history.ts';

/** A timer is this late at most after a sleep or a jump of the clock (SystemClock looks again every 15 s). */
export const LAG = 15 * second;
/** So many timers of the agent at one instant are a hot loop. */
const AT_ONE_INSTANT = 500;

interface Wake {
  at: number;
  order: number;
  fire: () => void;
}

/**
 * Time for an agent and for the world around it: the true time, in which the world's events come, and the computer's
 * clock, which may be wrong and may sleep. Goes from event to event; nothing waits really.
 */
export class SimulatedClock implements Clock {
  /** Called when the agent's timers fire without end. */
  onHotLoop: (what: string) => void = () => {};
  /** Timers of the agent that have fired. */
  wakeUps = 0;
  /** Set: time stands still. */
  halted = false;
  /** How often SystemClock would have looked at the clock: every 15 s while a timer waits. */
  looks = 0;
  #true: number;
  #offset = 0;
  #order = 0;
  #asleepUntil = 0;
  #wakes: Wake[] = [];
  #jobs: Wake[] = [];
  #atInstant = { at: 0, count: 0 };
  readonly #setBack = new Set<(byMs: number) => void>();

  constructor(start: number) {
    this.#true = start;
  }

  /** By the computer's clock. */
  now(): number {
    return this.#true + this.#offset;
  }
  get true(): number {
    return this.#true;
  }
  get offset(): number {
    return this.#offset;
  }
  get asleep(): boolean {
    return this.#true < this.#asleepUntil;
  }
  get asleepUntil(): number {
    return this.#asleepUntil;
  }

  wakeAt(at: number, fire: () => void): () => void {
    const wake = { at, order: this.#order++, fire };
    this.#wakes.push(wake);
    return () => {
      const n = this.#wakes.indexOf(wake);
      if (n >= 0) this.#wakes.splice(n, 1);
    };
  }

  onSetBack(listener: (byMs: number) => void): () => void {
    this.#setBack.add(listener);
    return () => this.#setBack.delete(listener);
  }

  /** Something that the world does, in true time. */
  later(at: number, fire: () => void): void {
    const job = { at: Math.max(at, this.#true), order: this.#order++, fire };
    let n = this.#jobs.length;
    while (n > 0 && (this.#jobs[n - 1] as Wake).at <= job.at) n--;
    this.#jobs.splice(n, 0, job);
  }

  /** Sleeps until then; timers fire up to LAG later. */
  sleepUntil(at: number): void {
    this.#asleepUntil = Math.max(this.#asleepUntil, at);
  }
  wake(): void {
    this.#asleepUntil = Math.min(this.#asleepUntil, this.#true);
  }

  /** Sets the computer's clock; that it was set back is noticed `lateMs` later. */
  set(byMs: number, lateMs: number): void {
    this.#offset += byMs;
    if (byMs >= 0) return;
    this.later(Math.max(this.#true, this.#asleepUntil) + lateMs, () => {
      for (const tell of [...this.#setBack]) tell(-byMs);
    });
  }

  /** The agent is another now: what the old one waited for is of no interest. */
  forgetWakes(): void {
    this.#wakes = [];
    this.#setBack.clear();
  }

  async until(end: number): Promise<void> {
    await drained();
    for (;;) {
      let first: Wake | undefined;
      for (const wake of this.#wakes) {
        if (!first || wake.at < first.at || (wake.at === first.at && wake.order < first.order)) first = wake;
      }
      let wakeAt = first ? Math.max(first.at - this.#offset, this.#true) : Number.POSITIVE_INFINITY;
      if (first && wakeAt < this.#asleepUntil) wakeAt = this.#asleepUntil;
      const job = this.#jobs.at(-1);
      const at = Math.min(wakeAt, job?.at ?? Number.POSITIVE_INFINITY);
      if (at > end) break;
      if (this.halted) return;
      if (first && !this.asleep) this.looks += Math.floor((at - this.#true) / LAG);
      this.#true = Math.max(this.#true, at);
      if (job && job.at <= at) {
        this.#jobs.pop();
        job.fire();
      } else if (first) {
        this.#wakes.splice(this.#wakes.indexOf(first), 1);
        this.#count();
        first.fire();
      }
      await drained();
    }
    this.#true = end;
  }

  #count(): void {
    this.wakeUps++;
    if (this.#atInstant.at !== this.#true) this.#atInstant = { at: this.#true, count: 0 };
    if (++this.#atInstant.count > AT_ONE_INSTANT) this.onHotLoop(`${AT_ONE_INSTANT} timers at one instant`);
  }
}

/** All that is ready has run: the rooms know no other wait than the clock's, and promises come before an immediate. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
