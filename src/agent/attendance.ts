/**
 * Counts who uses the agent: connected shells, requests under way. The agent may end itself when nobody does and
 * nobody wants it to stay. Whether a person is there is another question (presence/).
 */
export class Attendance {
  #count = 0;
  readonly #listeners = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  /** Counted until the returned function is called (once counts). */
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
