import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type IDisposable, Terminal } from '@xterm/xterm';
import type { Settings } from '../../../src/contract/settings.ts';
import type { SessionView } from '../../../src/contract/state.ts';
import type { PageAgent, TerminalLine } from '../model/agent.ts';
import { isFollowable } from '../model/web-address.ts';
import { decideKey } from './keys.ts';
import { documentWithStyles } from './style-sheets.ts';
import { TerminalFeed } from './terminal-feed.ts';
import { terminalThemes } from './theme.ts';

export interface ScreenOptions {
  program: 'claude' | 'shell';
  settings: Settings['terminal'];
  theme: 'light' | 'dark';
  /** Name of the terminal's input for screen readers. */
  label: string;
  mac: boolean;
}

export interface ScreenHandlers {
  find(): void;
  leave(): void;
  /** The address under the pointer; null when there is none any more. */
  link(address: string | null): void;
  search(found: { index: number; count: number }): void;
  state(state: ScreenState): void;
}

/** `replaying`: the screen is being rebuilt. `lost`: the connection ended; `attach` again. */
export type ScreenState =
  | { kind: 'replaying' }
  | { kind: 'live' }
  | { kind: 'exited'; exitCode: number | null; signal: string | null }
  | { kind: 'lost'; error: unknown };

/** A resize settles for this long before the program is told, in ms: each one makes Claude Code draw everything again. */
const RESIZE_SETTLES = 120;
/** Asks Claude Code to take an image from the clipboard. */
const CTRL_V = new Uint8Array([0x16]);

/** One xterm.js on one session: keys, links, search, sizes, flow control. Knows nothing of React. */
export class TerminalScreen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #styles = documentWithStyles();
  readonly #encoder = new TextEncoder();
  readonly #handlers: ScreenHandlers;
  readonly #observer: ResizeObserver;
  #options: ScreenOptions;
  #host: HTMLElement | null = null;
  #line: TerminalLine | null = null;
  #feed: TerminalFeed | null = null;
  #webgl: IDisposable | null = null;
  #webglRefused = false;
  #visible = false;
  /** While the screen is being rebuilt its size is the replay's. */
  #replaying = false;
  #resizeTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(options: ScreenOptions, handlers: ScreenHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      documentOverride: this.#styles.document,
      fontFamily: fontStack(options.settings.fontFamily),
      fontSize: options.settings.fontSize,
      lineHeight: 1.15,
      scrollback: options.settings.scrollback,
      screenReaderMode: options.settings.screenReader,
      theme: terminalThemes[options.theme],
      minimumContrastRatio: 4.5,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      macOptionIsMeta: true,
      vtExtensions: { kittyKeyboard: true },
      linkHandler: {
        activate: (event, text) => this.#follow(event, text),
        hover: (_event, text) => handlers.link(isFollowable(text) ? text : null),
        leave: () => handlers.link(null),
        allowNonHttpProtocols: false,
      },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
    this.#terminal.loadAddon(
      new WebLinksAddon((event, text) => this.#follow(event, text), {
        hover: (_event, text) => handlers.link(isFollowable(text) ? text : null),
        leave: () => handlers.link(null),
      }),
    );
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      handlers.search({ index: resultIndex, count: resultCount }),
    );
    this.#terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    this.#terminal.onData((text) => this.#line?.input(this.#encoder.encode(text)));
    this.#terminal.onBinary((text) => this.#line?.input(Uint8Array.from(text, (c) => c.charCodeAt(0) & 255)));
    this.#observer = new ResizeObserver(() => this.#sizeChanged());
  }

  /** Puts the terminal into the page. */
  open(host: HTMLElement): void {
    this.#host = host;
    this.#terminal.open(host);
    this.#terminal.textarea?.setAttribute('aria-label', this.#options.label);
    // Before xterm's own: an image on the clipboard has no text to paste.
    host.addEventListener('paste', this.#paste, { capture: true });
    host.addEventListener('focusin', this.#focused);
    this.#observer.observe(host);
  }

  /** Shows or hides it. Hidden, it goes on reading but is never resized and holds no graphics context. */
  show(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) {
      this.#fitNow();
      void this.#startWebgl();
    } else this.#stopWebgl();
  }

  /** Connects to the session; what was on the screen is drawn again by the replay. */
  attach(agent: Pick<PageAgent, 'attach'>, session: Pick<SessionView, 'id' | 'cols' | 'rows'>): void {
    this.#line?.close();
    this.#terminal.reset();
    // Until the page knows how large it is the session keeps its size: each change makes the program draw anew, and
    // what stands below the cursor is lost on a smaller screen.
    this.#terminal.resize(session.cols, session.rows);
    this.#fitNow();
    const state = this.#handlers.state;
    state({ kind: 'replaying' });
    this.#replaying = true;
    this.#feed?.end();
    const feed = new TerminalFeed(this.#terminal);
    this.#feed = feed;
    this.#line = agent.attach(session.id, this.#terminal.cols, this.#terminal.rows, {
      size: (cols, rows) => feed.resize(cols, rows),
      // WebSocket and MessagePort messages have memory of their own, so the bytes may wait in a queue.
      output: (bytes, consumed) => feed.output(bytes, consumed),
      live: () =>
        feed.act(() => {
          this.#replaying = false;
          state({ kind: 'live' });
          this.#sizeChanged();
        }),
      exit: (exitCode, signal) =>
        feed.act(() => {
          this.#replaying = false;
          state({ kind: 'exited', exitCode, signal });
        }),
      lost: (error) =>
        feed.act(() => {
          this.#replaying = false;
          state({ kind: 'lost', error });
        }),
    });
  }

  update(options: Pick<ScreenOptions, 'settings' | 'theme'>): void {
    const { settings, theme } = options;
    const before = this.#options;
    this.#options = { ...before, ...options };
    const to = this.#terminal.options;
    to.fontFamily = fontStack(settings.fontFamily);
    to.fontSize = settings.fontSize;
    to.scrollback = settings.scrollback;
    to.screenReaderMode = settings.screenReader;
    to.theme = terminalThemes[theme];
    if (settings.renderer !== before.settings.renderer) {
      this.#stopWebgl();
      this.#webglRefused = false;
      void this.#startWebgl();
    } else this.#terminal.clearTextureAtlas();
    this.#sizeChanged();
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Finds text in screen and scrollback; an empty text takes the marks away. */
  find(text: string, direction: 'next' | 'previous' | 'typed'): void {
    if (text === '') {
      this.#search.clearDecorations();
      this.#handlers.search({ index: -1, count: 0 });
      return;
    }
    const decorations = {
      matchBackground: this.#options.theme === 'dark' ? '#5c4a1c' : '#ffe49c',
      activeMatchBackground: this.#options.theme === 'dark' ? '#a9761a' : '#ffb938',
      matchOverviewRuler: '#c08a1e',
      activeMatchColorOverviewRuler: '#c08a1e',
    };
    if (direction === 'previous') this.#search.findPrevious(text, { decorations });
    else this.#search.findNext(text, { decorations, incremental: direction === 'typed' });
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#resizeTimer);
    this.#observer.disconnect();
    this.#host?.removeEventListener('paste', this.#paste, { capture: true });
    this.#host?.removeEventListener('focusin', this.#focused);
    this.#line?.close();
    this.#feed?.end();
    this.#stopWebgl();
    this.#terminal.dispose();
    this.#styles.release();
  }

  #key(event: KeyboardEvent): boolean {
    const { mac, program } = this.#options;
    const decision = decideKey(event, {
      mac,
      program,
      hasSelection: this.#terminal.hasSelection(),
      fullScreen: this.#terminal.buffer.active.type === 'alternate',
    });
    switch (decision.kind) {
      case 'program':
        return true;
      case 'browser':
        return false;
      case 'find':
        this.#handlers.find();
        break;
      case 'leave':
        this.#handlers.leave();
        break;
      case 'send':
        this.#terminal.input(decision.text);
        break;
      case 'copy':
        if (this.#terminal.hasSelection()) {
          void navigator.clipboard.writeText(this.#terminal.getSelection());
          this.#terminal.clearSelection();
        }
        break;
      case 'scroll':
        this.#terminal.scrollPages(decision.pages);
        break;
      case 'nothing':
        break;
    }
    event.preventDefault();
    return false;
  }

  readonly #paste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (!data?.files.length || data.getData('text/plain') !== '') return;
    event.preventDefault();
    event.stopPropagation();
    this.#line?.input(CTRL_V);
  };

  /** The terminal that is worked in decides the size, where several show the same session. */
  readonly #focused = (): void => this.#sizeChanged();

  #follow(event: MouseEvent, text: string): void {
    const wanted = this.#options.mac ? event.metaKey : event.ctrlKey;
    if (wanted && isFollowable(text)) window.open(text, '_blank', 'noopener,noreferrer');
  }

  #sizeChanged(): void {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = setTimeout(() => this.#fitNow(), RESIZE_SETTLES);
  }

  #fitNow(): void {
    if (this.#disposed || this.#replaying || !this.#visible || !this.#host?.clientHeight) return;
    const size = this.#fit.proposeDimensions();
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return;
    const cols = Math.min(1000, Math.max(2, size.cols));
    const rows = Math.min(1000, Math.max(1, size.rows));
    if (cols === this.#terminal.cols && rows === this.#terminal.rows) return;
    this.#terminal.resize(cols, rows);
    this.#line?.resize(cols, rows);
  }

  async #startWebgl(): Promise<void> {
    if (this.#webgl || this.#webglRefused || !this.#visible || this.#options.settings.renderer === 'dom')
      return;
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (this.#disposed || !this.#visible || this.#webgl) return;
      const addon = new WebglAddon();
      addon.onContextLoss(() => {
        // The system took the context: the DOM renderer goes on where it stopped.
        this.#webglRefused = true;
        this.#stopWebgl();
      });
      this.#terminal.loadAddon(addon);
      this.#webgl = addon;
    } catch {
      this.#webglRefused = true;
    }
  }

  #stopWebgl(): void {
    this.#webgl?.dispose();
    this.#webgl = null;
  }
}

/** The person's font first; always one that has a fixed width and Chinese characters after it. */
function fontStack(own: string): string {
  const stack =
    getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace';
  const name = own.replace(/["\\;{}]/g, '').trim();
  return name === '' ? stack : `${name.includes(',') ? name : `"${name}"`}, ${stack}`;
}
