import type { Role } from '../../contract/index.ts';

/** One client of the agent, in the role in which it opened its connection. */
export class Connection {
  readonly role: Role;
  readonly #closers = new Set<() => void>();
  readonly #end = new AbortController();

  constructor(role: Role) {
    this.role = role;
  }

  /** Aborted when the connection has ended. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Calls `closer` when the connection ends (at once when it has): what a connection opened ends with it. */
  onClosed(closer: () => void): void {
    if (this.signal.aborted) closer();
    else this.#closers.add(closer);
  }

  /** To be called once the transport has ended. */
  closed(): void {
    this.#end.abort();
    for (const closer of this.#closers) closer();
    this.#closers.clear();
  }
}
