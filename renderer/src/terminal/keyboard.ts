import type { Terminal } from '@xterm/xterm';
import { decideKey } from './keys.ts';

export interface KeyboardParts {
  mac: boolean;
  program: 'claude' | 'shell';
  /** Whether a program draws the whole screen itself. */
  fullScreen(): boolean;
  find(): void;
  leave(): void;
  listLinks(): void;
  zoom(by: -1 | 0 | 1): void;
}

/** The keyboard of a terminal: the page's own chords are done, all other keys go on to the program. */
export class TerminalKeyboard {
  readonly #terminal: Terminal;
  readonly #parts: KeyboardParts;
  /** Keys of which the program has heard the press: it hears of no other's release. */
  readonly #down = new Set<string>();

  constructor(terminal: Terminal, parts: KeyboardParts) {
    this.#terminal = terminal;
    this.#parts = parts;
    terminal.attachCustomKeyEventHandler((event) => this.#key(event));
  }

  /** Whether xterm.js goes on with a key. */
  #key(event: KeyboardEvent): boolean {
    if (event.type === 'keyup' && !this.#down.delete(event.code)) return false;
    const { mac, program, fullScreen, find, leave, listLinks, zoom } = this.#parts;
    const terminal = this.#terminal;
    const hasSelection = terminal.hasSelection();
    const decision = decideKey(event, { mac, program, hasSelection, fullScreen: fullScreen() });
    if (decision.kind === 'program') {
      if (event.type === 'keydown') this.#down.add(event.code);
      return true;
    }
    if (decision.kind === 'browser') return false;
    event.preventDefault();
    switch (decision.kind) {
      case 'find':
        find();
        break;
      case 'leave':
        leave();
        break;
      case 'links':
        listLinks();
        break;
      case 'zoom':
        zoom(decision.by);
        break;
      case 'clear':
        terminal.clear();
        break;
      case 'selectAll':
        terminal.selectAll();
        break;
      case 'send':
        terminal.input(decision.text);
        break;
      case 'copy':
        if (!hasSelection) break;
        void navigator.clipboard.writeText(terminal.getSelection());
        terminal.clearSelection();
        break;
      case 'scroll':
        terminal.scrollPages(decision.pages);
        break;
      case 'nothing':
        break;
    }
    return false;
  }
}
