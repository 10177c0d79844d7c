import { globalShortcut } from 'electron';
import { type HotkeyName, hotkeyNames } from '../contract/settings.ts';
import { sameHotkey } from '../domain/desktop/hotkeys.ts';
import { HeldKey } from './held-key.ts';

type Wanted = Readonly<Record<HotkeyName, string | null>>;

/** The global keys, as the settings have them. */
export class Hotkeys {
  readonly #pressed: (name: HotkeyName) => void;
  readonly #failed: (names: readonly HotkeyName[]) => void;
  readonly #registered = new Map<HotkeyName, string>();
  #wanted = '';

  /** `failed`: which of them cannot be had, each time that was found out. One that another program holds stays its. */
  constructor(pressed: (name: HotkeyName) => void, failed: (names: readonly HotkeyName[]) => void) {
    this.#pressed = pressed;
    this.#failed = failed;
  }

  /** null: none. */
  follow(wanted: Wanted): void {
    const told = JSON.stringify(hotkeyNames.map((name) => wanted[name]));
    if (told === this.#wanted) return;
    this.#wanted = told;
    this.#release();
    this.#failed(hotkeyNames.filter((name) => wanted[name] !== null && !this.#register(name, wanted[name])));
  }

  close(): void {
    this.#release();
    this.#wanted = '';
  }

  #register(name: HotkeyName, accelerator: string | null): boolean {
    if (accelerator === null) return true;
    // Electron says true for a key that it has already, and the first one would lose it.
    if ([...this.#registered.values()].some((other) => sameHotkey(other, accelerator))) return false;
    const key = new HeldKey(() => performance.now());
    const pressed = (): void => {
      if (key.press()) this.#pressed(name);
    };
    try {
      if (!globalShortcut.register(accelerator, pressed)) return false;
    } catch {
      // Not a key of this platform.
      return false;
    }
    this.#registered.set(name, accelerator);
    return true;
  }

  #release(): void {
    for (const accelerator of this.#registered.values()) globalShortcut.unregister(accelerator);
    this.#registered.clear();
  }
}
