import type { HotkeyName } from '../../contract/settings.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { HotkeyReports } from '../ports.ts';

/** Global keys that the tray could not get, as long as the tray that told so is there. */
export class TakenHotkeys extends ChangeEmitter implements HotkeyReports {
  #taken: readonly HotkeyName[] = [];
  #teller: object | null = null;

  taken(): readonly HotkeyName[] {
    return this.#taken;
  }

  report(taken: readonly HotkeyName[], connection: object): void {
    this.#teller = connection;
    this.#become(taken);
  }

  gone(connection: object): void {
    if (this.#teller === connection) this.#become([]);
  }

  #become(taken: readonly HotkeyName[]): void {
    if (String(taken) === String(this.#taken)) return;
    this.#taken = taken;
    this.emit();
  }
}
