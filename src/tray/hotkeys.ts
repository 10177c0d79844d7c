import { globalShortcut } from 'electron';

/** The global key for the session that needs its person, as the settings have it. */
export class Hotkeys {
  readonly #pressed: () => void;
  #registered: string | null = null;

  constructor(pressed: () => void) {
    this.#pressed = pressed;
  }

  /** `accelerator`: null for none. One that another program holds stays that program's. */
  follow(accelerator: string | null): void {
    if (accelerator === this.#registered) return;
    this.close();
    this.#registered = accelerator;
    if (accelerator === null) return;
    try {
      if (globalShortcut.register(accelerator, this.#pressed)) return;
    } catch {
      // Not a key of this platform.
    }
    console.error(`the key ${accelerator} cannot be had: another program has it, or the desktop allows none`);
  }

  close(): void {
    if (this.#registered !== null) globalShortcut.unregister(this.#registered);
    this.#registered = null;
  }
}
