import type { HotkeyName } from '../contract/settings.ts';
import type { AgentLink } from './agent-link.ts';

/** Tells the agent which global keys cannot be had, so that every shell's settings say so; again to each new agent. */
export class HotkeyReporter {
  readonly #link: AgentLink;
  #taken: readonly HotkeyName[] = [];
  #connected = false;

  constructor(link: AgentLink) {
    this.#link = link;
    link.onChange(() => {
      const connected = link.snapshot !== null;
      if (connected && !this.#connected && this.#taken.length > 0) this.#report();
      this.#connected = connected;
    });
  }

  tell(taken: readonly HotkeyName[]): void {
    if (String(taken) === String(this.#taken)) return;
    this.#taken = taken;
    if (this.#link.snapshot !== null) this.#report();
  }

  #report(): void {
    // An agent that has gone hears of it when it is back.
    this.#link.call('hotkeys.report', { taken: [...this.#taken] }).catch(() => {});
  }
}
