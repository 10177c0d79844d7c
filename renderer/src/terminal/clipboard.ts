import type { IDisposable, Terminal } from '@xterm/xterm';

/** Base64 characters of one OSC 52 that are looked at; a longer one is dropped. */
const MOST = 1_400_000;

/** The text that an OSC 52 wants on the clipboard; null for a question (never answered), for nothing and for rubbish. */
export function clipboardText(data: string): string | null {
  const match = /^[cpqs0-7]*;([A-Za-z0-9+/=\s]+)$/.exec(data.length > MOST ? '' : data);
  if (!match) return null;
  try {
    const bytes = Uint8Array.from(atob((match[1] ?? '').replace(/\s/g, '')), (c) => c.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

export interface ClipboardParts {
  /** What programs may do: `terminal.clipboardWrite`. */
  writes(): 'ask' | 'allow' | 'deny';
  copyOnSelect(): boolean;
  /** Whether what comes now was written long ago. */
  replaying(): boolean;
  /** A person is to decide whether a program's text gets onto the clipboard. */
  ask(text: string): void;
}

/** What gets from a terminal onto the clipboard: a program's wish (OSC 52), and text that is selected with the mouse. */
export class TerminalClipboard implements IDisposable {
  readonly #terminal: Terminal;
  readonly #parts: ClipboardParts;
  readonly #registered: IDisposable;
  #host: HTMLElement | null = null;

  constructor(terminal: Terminal, parts: ClipboardParts) {
    this.#terminal = terminal;
    this.#parts = parts;
    this.#registered = terminal.parser.registerOscHandler(52, (data) => {
      this.#wished(data);
      return true;
    });
  }

  open(host: HTMLElement): void {
    this.#host = host;
    host.addEventListener('pointerup', this.#selected);
  }

  dispose(): void {
    this.#registered.dispose();
    this.#host?.removeEventListener('pointerup', this.#selected);
  }

  #wished(data: string): void {
    const writes = this.#parts.writes();
    if (writes === 'deny' || this.#parts.replaying()) return;
    const text = clipboardText(data);
    if (text === null) return;
    // Only a page that has the focus may write; otherwise a person is asked when they look.
    if (writes === 'ask' || !document.hasFocus()) this.#parts.ask(text);
    else navigator.clipboard.writeText(text).catch(() => this.#parts.ask(text));
  }

  /** Only what the pointer has just selected: a search selects as well, and no program can. */
  readonly #selected = (): void => {
    if (!this.#parts.copyOnSelect()) return;
    // xterm.js sets the selection in its own listener, which may come after this one.
    setTimeout(() => {
      const text = this.#terminal.getSelection();
      if (text !== '') navigator.clipboard.writeText(text).catch(() => undefined);
    });
  };
}
