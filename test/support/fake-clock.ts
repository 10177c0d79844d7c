import type { Clock } from '../../src/agent/ports.ts';

/** Lets everything that is ready run: promises, and callbacks that they start. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that only moves when told to. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #wakes = new Set<{ at: number; order: number; fire: () => void }>();
  readonly #setBack = new Set<(byMs: number) => void>();
  /** Timers that have fired, ever: a hot loop shows here. */
  fired = 0;

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#wakes.size;
  }

  /** The instant of the nearest timer. */
  get nextAt(): number | null {
    const ats = [...this.#wakes].map((w) => w.at);
    return ats.length === 0 ? null : Math.min(...ats);
  }

  wakeAt(at: number, fire: () => void): () => void {
    const wake = { at, order: this.#order++, fire };
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  /** Lets time pass: each timer fires at its own instant, and what it starts runs before time goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#due(end);
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.at);
      this.#run(due);
      await settle();
    }
    this.#now = Math.max(this.#now, end);
    await settle();
  }

  /** The computer sleeps for `ms`: nothing fires meanwhile, then everything due fires at once, late. */
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(0);
  }

  onSetBack(listener: (byMs: number) => void): () => void {
    this.#setBack.add(listener);
    return () => this.#setBack.delete(listener);
  }

  /** Somebody sets the clock back; what waits for an instant goes on waiting for it. */
  async setBack(ms: number): Promise<void> {
    this.#now -= ms;
    for (const listener of [...this.#setBack]) listener(ms);
    await settle();
  }

  #due(end: number) {
    let first: { at: number; order: number; fire: () => void } | undefined;
    for (const wake of this.#wakes) {
      if (wake.at > end) continue;
      if (!first || wake.at < first.at || (wake.at === first.at && wake.order < first.order)) first = wake;
    }
    return first;
  }

  #run(wake: { at: number; order: number; fire: () => void }): void {
    this.#wakes.delete(wake);
    this.fired++;
    if (this.fired > 200_000) throw new Error('a hot loop of timers');
    wake.fire();
  }
}
