/** A key that is held down repeats (X11, the first time after 660 ms): presses closer than this are one, ms. */
const REPEAT_MS = 1_000;
/** A timer that is later than this fired behind a blocked loop, and presses may wait behind it, ms. */
const LATE_MS = 100;

/**
 * Tells the first of a held key's presses from its repetitions. Presses carry no time of their own: a loop that was
 * blocked hears a repetition long after it was pressed, so that only silence which was listened to counts.
 */
export class HeldKey {
  readonly #now: () => number;
  #silence: NodeJS.Timeout | undefined;

  /** `now`: monotonic, ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether this press is a new one. */
  press(): boolean {
    const isNew = this.#silence === undefined;
    this.#listen(true);
    return isNew;
  }

  /** Once more where it was late, and not for ever: the key must not stay deaf where timers always are. */
  #listen(again: boolean): void {
    clearTimeout(this.#silence);
    const due = this.#now() + REPEAT_MS;
    this.#silence = setTimeout(() => {
      if (again && this.#now() - due > LATE_MS) this.#listen(false);
      else this.#silence = undefined;
    }, REPEAT_MS);
    this.#silence.unref();
  }
}
