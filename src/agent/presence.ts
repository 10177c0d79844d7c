/**
 * Counts who is there: connected shells, requests under way, open sessions. The agent may end itself when nobody
 * is and nobody wants it to stay.
 */
export class Presence {
  #count = 0;
  readonly #listeners = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  /** Someone is there until the returned function is called (once counts). */
  enter(): () => void {
    this.#count++;
    this.#changed();
    let here = true;
    return () => {
      if (!here) return;
      here = false;
      this.#count--;
      this.#changed();
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
