import type { Observable } from './ports.ts';

/** Tells listeners that something changed. A listener that throws does not keep it from the others. */
export class ChangeEmitter implements Observable {
  readonly #listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (e) {
        // Not ours to handle, but not to be lost either: it ends up as an uncaught exception.
        queueMicrotask(() => {
          throw e;
        });
      }
    }
  }
}
