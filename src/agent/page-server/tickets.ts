import { randomBytes } from 'node:crypto';

/** How long the browser may take to open the page. */
export const TICKET_LIFETIME_MS = 60_000;
/** Browsers that are let in at once; the oldest gives way. */
const MAX_VISITORS = 64;

const secret = () => randomBytes(32).toString('base64url');

/** One-time tickets that let a browser in, and the cookies of those that came in. In memory only. */
export class Tickets {
  readonly #tickets = new Map<string, number>();
  readonly #visitors = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(): string {
    this.#forget();
    const ticket = secret();
    this.#tickets.set(ticket, this.#now() + TICKET_LIFETIME_MS);
    return ticket;
  }

  /** A visitor's cookie in exchange for a ticket, once; undefined when the ticket is not (or no longer) good. */
  redeem(ticket: string): string | undefined {
    this.#forget();
    if (!this.#tickets.delete(ticket)) return undefined;
    const visitor = secret();
    this.#visitors.add(visitor);
    const oldest = this.#visitors.values().next().value;
    if (this.#visitors.size > MAX_VISITORS && oldest !== undefined) this.#visitors.delete(oldest);
    return visitor;
  }

  isVisitor(cookie: string | undefined): boolean {
    return cookie !== undefined && this.#visitors.has(cookie);
  }

  /** Whether somebody may still come. */
  get waiting(): boolean {
    this.#forget();
    return this.#tickets.size > 0;
  }

  #forget(): void {
    for (const [ticket, until] of this.#tickets) if (until <= this.#now()) this.#tickets.delete(ticket);
  }
}
