/** Runs its listeners whenever something may have changed. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** Returns what takes the listener off again. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** After a read that threw, ms: whoever did not answer in time announces nothing either. */
const LOOK_AGAIN_MS = 250;

/**
 * Reads now and after every change until `accept` is content with what was read, and returns it.
 * A read that throws counts as not there yet, and is tried again soon. Fails after `timeoutMs` with what was last seen.
 */
export async function waitUntil<T>(
  changes: Changes,
  read: () => Promise<T> | T,
  accept: (value: T) => boolean,
  what: string,
  timeoutMs: number,
): Promise<T> {
  let changed = true;
  let wake = () => {};
  const off = changes.on(() => {
    changed = true;
    wake();
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    wake();
  }, timeoutMs);
  let seen = 'nothing';
  try {
    for (;;) {
      changed = false;
      let threw = false;
      try {
        const value = await read();
        if (accept(value)) return value;
        seen = JSON.stringify(value)?.slice(0, 2_000) ?? String(value);
      } catch (error) {
        seen = String(error);
        threw = true;
      }
      // The last read was made after the time was up.
      if (late) throw new Error(`${what}: not within ${timeoutMs} ms; last seen: ${seen}`);
      if (!changed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (threw) setTimeout(resolve, LOOK_AGAIN_MS);
        });
      }
    }
  } finally {
    clearTimeout(timer);
    off();
  }
}
