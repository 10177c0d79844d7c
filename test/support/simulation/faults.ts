import type { Fault } from '../../../src/domain/keep-alive/fault.ts';
import { minute, type Service, second } from './history.ts';

/** What is wrong with AWS or the way there. */
export interface Trouble {
  of: Service;
  how: 'network' | 'server' | 'throttle' | 'slow' | 'lost-answers';
  until: number;
  retryAfterSeconds: number | null;
}

/** Longest Retry-After that is believed. */
const BELIEVED = 60 * minute;
/** Longest pause between two tries for a role that was refused. */
const DENIED_PAUSE = 16 * minute;

/** The faults that are on, and until when their consequences may be felt. */
export class Faults {
  #troubles: Trouble[] = [];
  #roleRemovedUntil = 0;
  /** Nothing is wrong from here on, and nobody was asked to wait longer. */
  endsAt = 0;

  add(of: Service, how: Trouble['how'], until: number, retryAfterSeconds: number | null): void {
    this.#troubles.push({ of, how, until, retryAfterSeconds });
    this.endsAt = Math.max(this.endsAt, until);
  }

  removeRole(until: number): void {
    this.#roleRemovedUntil = Math.max(this.#roleRemovedUntil, until);
    this.endsAt = Math.max(this.endsAt, until + DENIED_PAUSE);
  }

  roleRemoved(now: number): boolean {
    return now < this.#roleRemovedUntil;
  }

  of(service: 'oidc' | 'portal', now: number): Trouble | null {
    if (this.#troubles.length === 0) return null;
    let slow: Trouble | null = null;
    for (const trouble of this.#troubles) {
      if (now >= trouble.until || (trouble.of !== 'both' && trouble.of !== service)) continue;
      if (trouble.how !== 'slow') return trouble;
      slow = trouble;
    }
    if (slow === null) this.#troubles = this.#troubles.filter((t) => now < t.until);
    return slow;
  }

  /** What a caller is told. */
  fault(trouble: Trouble, now: number): Fault {
    const { how, retryAfterSeconds } = trouble;
    if (how === 'network' || how === 'lost-answers' || how === 'slow') {
      return { kind: 'network', name: how === 'lost-answers' ? 'ECONNRESET' : 'ENOTFOUND' };
    }
    const fault: Fault =
      how === 'throttle'
        ? { kind: 'throttle', name: 'TooManyRequests' }
        : { kind: 'server', name: 'InternalServer' };
    if (retryAfterSeconds === null) return fault;
    const pause = Math.min(retryAfterSeconds * second, BELIEVED);
    this.endsAt = Math.max(this.endsAt, now + pause);
    return { ...fault, retryAfterMs: retryAfterSeconds * second };
  }

  /** All of it is over. What was promised (Retry-After) stands. */
  end(): void {
    this.#troubles = [];
    this.#roleRemovedUntil = 0;
  }
}
