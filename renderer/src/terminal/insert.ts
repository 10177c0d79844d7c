import { quoteForSh } from '../../../src/domain/desktop/shell-quoting.ts';

/** Asks Claude Code to take an image from the clipboard. */
export const TAKE_IMAGE = '\u0016';

/**
 * Text to be pasted, without what could end a bracketed paste or act on its own: control characters (7 and 8 bit)
 * other than tab and line breaks.
 */
export function pasteText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '');
}

/** Paths as one line to be inserted: each one word for a shell, which Claude Code reads as well. */
export function pathsText(paths: readonly string[]): string {
  const words = paths.map((path) => quoteForSh(pasteText(path).replace(/[\t\r\n]/g, ' ')));
  return words.length === 0 ? '' : `${words.join(' ')} `;
}

export interface InsertParts {
  program: 'claude' | 'shell';
  /** Where a file lies; null where the shell does not say (a browser). */
  pathOf: ((file: File) => string | null) | null;
  /** Types characters as they are. */
  send(text: string): void;
  /** Pastes text, in brackets where the program asked for them. */
  paste(text: string): void;
  /** A drop from which nothing could be inserted. */
  dropRefused(): void;
}

/** Pastes and drops of a person on a terminal. */
export class Insertions {
  readonly #host: HTMLElement;
  readonly #parts: InsertParts;

  constructor(host: HTMLElement, parts: InsertParts) {
    this.#host = host;
    this.#parts = parts;
    // Before xterm's own: an image has no text, and text is cleaned first.
    host.addEventListener('paste', this.#pasted, { capture: true });
    host.addEventListener('dragover', this.#over);
    host.addEventListener('dragleave', this.#left);
    host.addEventListener('drop', this.#dropped);
  }

  dispose(): void {
    this.#host.removeEventListener('paste', this.#pasted, { capture: true });
    this.#host.removeEventListener('dragover', this.#over);
    this.#host.removeEventListener('dragleave', this.#left);
    this.#host.removeEventListener('drop', this.#dropped);
  }

  readonly #pasted = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (!data) return;
    event.preventDefault();
    event.stopPropagation();
    const text = data.getData('text/plain');
    if (text !== '') this.#parts.paste(pasteText(text));
    else if (data.files.length > 0) this.#files(data.files, true);
  };

  readonly #over = (event: DragEvent): void => {
    if (!event.dataTransfer || !/Files|text\/plain/.test(event.dataTransfer.types.join())) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.#host.dataset.drop = '';
  };

  readonly #left = (): void => {
    delete this.#host.dataset.drop;
  };

  readonly #dropped = (event: DragEvent): void => {
    this.#left();
    const data = event.dataTransfer;
    if (!data) return;
    event.preventDefault();
    if (data.files.length > 0) this.#files(data.files, false);
    else this.#parts.paste(pasteText(data.getData('text/plain')));
  };

  /** Paths where they are known; an image on the clipboard has none and is taken from there by Claude Code itself. */
  #files(files: FileList, clipboard: boolean): void {
    const { program, pathOf, paste, send, dropRefused } = this.#parts;
    const paths = [...files].flatMap((file) => pathOf?.(file) || []);
    if (paths.length > 0) paste(pathsText(paths));
    else if (clipboard && program === 'claude') send(TAKE_IMAGE);
    else if (!clipboard) dropRefused();
  }
}
