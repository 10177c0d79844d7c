import type { IDisposable, ILink, ILinkProvider, Terminal } from '@xterm/xterm';
import { isFollowable } from '../model/web-address.ts';
import { type LogicalLine, logicalLine, rangeOf } from './buffer-text.ts';
import { findLinks } from './find-links.ts';

/** What a link opens. `hidden`: the terminal shows other words than the address. */
export type LinkTarget =
  | { kind: 'url'; address: string; hidden: boolean }
  | { kind: 'file'; path: string; line?: number; column?: number };

export interface LinkParts {
  /** Which of these paths name files (`files.resolve`). */
  resolve(paths: string[]): Promise<(string | null)[]>;
  /** The link under the pointer; null when there is none any more. */
  hover(target: LinkTarget | null): void;
  open(target: LinkTarget): void;
  /** Whether the chord for opening is held: a plain click is the program's or marks text. */
  wanted(event: MouseEvent): boolean;
}

/** Answers about files are good for this long, in ms: Claude Code makes and removes files all the time. */
const GOOD_FOR = 5_000;
const MOST_KEPT = 1_000;
const MOST_ASKED = 200;

/** Addresses and files in a terminal's lines: looked for in the line under the pointer only, or on request in the screen. */
export class TerminalLinks implements ILinkProvider, IDisposable {
  readonly #terminal: Terminal;
  readonly #parts: LinkParts;
  readonly #known = new Map<string, { is: boolean; at: number }>();
  readonly #registered: IDisposable;

  constructor(terminal: Terminal, parts: LinkParts) {
    this.#terminal = terminal;
    this.#parts = parts;
    this.#registered = terminal.registerLinkProvider(this);
    // OSC 8: a program says what a text links to.
    terminal.options.linkHandler = {
      activate: (event, address) => this.#activate(event, { kind: 'url', address, hidden: true }),
      hover: (_event, address) =>
        parts.hover(isFollowable(address) ? { kind: 'url', address, hidden: true } : null),
      leave: () => parts.hover(null),
      allowNonHttpProtocols: false,
    };
  }

  dispose(): void {
    this.#registered.dispose();
    this.#terminal.options.linkHandler = null;
  }

  provideLinks(row: number, answer: (links: ILink[] | undefined) => void): void {
    const line = logicalLine(this.#terminal.buffer.active, row - 1);
    this.#linksOf(line).then(
      (links) => answer(links.length > 0 ? links.map(({ link }) => link) : undefined),
      () => answer(undefined),
    );
  }

  /** What can be opened on the screen now, top to bottom, each once; at most `most`. */
  async onScreen(most = 100): Promise<LinkTarget[]> {
    const { active } = this.#terminal.buffer;
    const lines: LogicalLine[] = [];
    for (let row = active.viewportY; row < active.viewportY + this.#terminal.rows; ) {
      const line = logicalLine(active, row);
      lines.push(line);
      row = Math.max(row, line.lastRow) + 1;
    }
    const found = (await Promise.all(lines.map((line) => this.#linksOf(line)))).flat();
    const targets = new Map(found.map(({ target }) => [JSON.stringify(target), target]));
    return [...targets.values()].slice(0, most);
  }

  async #linksOf(line: LogicalLine): Promise<{ link: ILink; target: LinkTarget }[]> {
    const candidates = findLinks(line.text);
    const paths = candidates.flatMap((c) => (c.kind === 'file' ? [c.path] : []));
    await this.#ask(paths);
    return candidates.flatMap((c) => {
      const range = rangeOf(line, c.start, c.end);
      if (!range) return [];
      if (c.kind === 'url' ? !isFollowable(c.address) : !this.#known.get(c.path)?.is) return [];
      const target: LinkTarget =
        c.kind === 'url'
          ? { kind: 'url', address: c.address, hidden: false }
          : {
              kind: 'file',
              path: c.path,
              ...(c.line !== undefined && { line: c.line }),
              ...(c.column !== undefined && { column: c.column }),
            };
      const link: ILink = {
        range,
        text: line.text.slice(c.start, c.end),
        activate: (event) => this.#activate(event, target),
        hover: () => this.#parts.hover(target),
        leave: () => this.#parts.hover(null),
      };
      return [{ link, target }];
    });
  }

  async #ask(paths: readonly string[]): Promise<void> {
    const now = Date.now();
    const asked = [...new Set(paths)]
      .filter((p) => now - (this.#known.get(p)?.at ?? 0) > GOOD_FOR)
      .slice(0, MOST_ASKED);
    if (asked.length === 0) return;
    // Where the agent cannot say, none is a link.
    const files = await this.#parts.resolve(asked).catch((): null[] => []);
    if (this.#known.size > MOST_KEPT) this.#known.clear();
    asked.forEach((path, n) => {
      this.#known.set(path, { is: typeof files[n] === 'string', at: now });
    });
  }

  #activate(event: MouseEvent, target: LinkTarget): void {
    if (!this.#parts.wanted(event)) return;
    if (target.kind === 'url' && !isFollowable(target.address)) return;
    this.#parts.open(target);
  }
}
