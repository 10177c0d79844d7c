import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { type IDisposable, Terminal } from '@xterm/xterm';
import type { Settings } from '../../../src/contract/settings.ts';
import type { SessionView } from '../../../src/contract/state.ts';
import type { PageAgent, TerminalLine } from '../model/agent.ts';
import { TerminalClipboard } from './clipboard.ts';
import { Insertions } from './insert.ts';
import { TerminalKeyboard } from './keyboard.ts';
import { ScreenRenderer } from './screen-renderer.ts';
import { type Settled, SettledRows } from './settled-rows.ts';
import { documentWithStyles } from './style-sheets.ts';
import { TerminalFeed } from './terminal-feed.ts';
import { type LinkTarget, TerminalLinks } from './terminal-links.ts';
import { drawsFaint, findColours, minimumContrast, type TerminalTheme, terminalThemes } from './theme.ts';

export interface ScreenOptions {
  program: 'claude' | 'shell';
  settings: Settings['terminal'];
  theme: TerminalTheme;
  /** Name of the terminal's input for screen readers. */
  label: string;
  mac: boolean;
}

/** What a terminal asks of the page around it. */
export interface ScreenHandlers {
  find(): void;
  leave(): void;
  listLinks(): void;
  zoom(by: -1 | 0 | 1): void;
  /** The link under the pointer; null when there is none any more. */
  link(target: LinkTarget | null): void;
  open(target: LinkTarget): void;
  resolve(paths: string[]): Promise<(string | null)[]>;
  pathOf: ((file: File) => string | null) | null;
  dropRefused(): void;
  /** A program wants this text on the clipboard, and a person is to decide. */
  askClipboard(text: string): void;
  bell(): void;
  focused(): void;
  /** Whether earlier output is shown than the latest. */
  scrolledUp(up: boolean): void;
  search(found: { index: number; count: number }): void;
  /** The lowest rows of what is shown, as text, when output has settled: untrusted. */
  settled(settled: Settled): void;
  state(state: ScreenState): void;
}

/** `replaying`: the screen is being rebuilt. `lost`: the connection ended; `attach` again. */
export type ScreenState =
  | { kind: 'replaying' }
  | { kind: 'live' }
  | { kind: 'exited'; exitCode: number | null; signal: string | null }
  | { kind: 'lost'; error: unknown };

/** The element that a terminal is drawn in. Tests and the bench read its screen here: WebGL leaves no text in the page. */
export type TerminalHost = HTMLElement & { terminal?: Terminal };

/** Synchronized output (DEC 2026) for ourselves: between these nothing is drawn (by xterm.js for a second at most). */
const HOLD = '\x1b[?2026h';
const DRAW = '\x1b[?2026l';

/** A resize settles for this long before the program is told, in ms: each one makes Claude Code draw everything again. */
const RESIZE_SETTLES = 120;

/** One xterm.js on one session: attached, sized, fed, searched. Knows nothing of React. */
export class TerminalScreen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #styles = documentWithStyles();
  readonly #encoder = new TextEncoder();
  readonly #handlers: ScreenHandlers;
  readonly #observer: ResizeObserver;
  readonly #renderer: ScreenRenderer;
  readonly #links: TerminalLinks;
  readonly #clipboard: TerminalClipboard;
  readonly #settled: SettledRows;
  #insertions: Insertions | null = null;
  #plain: IDisposable | null = null;
  #options: ScreenOptions;
  #host: TerminalHost | null = null;
  #line: TerminalLine | null = null;
  #feed: TerminalFeed | null = null;
  #visible = false;
  /** While the screen is being rebuilt its size is the replay's. */
  #replaying = false;
  /** Nothing is drawn until the replay is over. */
  #held = false;
  #scrolledUp = false;
  #resizeTimer: ReturnType<typeof setTimeout> | undefined;
  /** The size that the page last had room for. */
  #fitted = '';
  #disposed = false;

  constructor(options: ScreenOptions, handlers: ScreenHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    const { settings, theme } = options;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      // A program's rubbish is no news for the page's console.
      logLevel: 'off',
      documentOverride: this.#styles.document,
      fontFamily: fontStack(settings.fontFamily),
      fontSize: settings.fontSize,
      lineHeight: 1.15,
      scrollback: settings.scrollback,
      screenReaderMode: settings.screenReader,
      theme: terminalThemes[theme],
      minimumContrastRatio: minimumContrast[theme],
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      macOptionIsMeta: true,
      vtExtensions: { kittyKeyboard: true },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
    this.#faint(theme);
    // A program's own frames, as they are replayed, do not end the hold.
    for (const final of ['h', 'l'])
      this.#terminal.parser.registerCsiHandler(
        { prefix: '?', final },
        (params) => this.#held && params.length === 1 && params[0] === 2026,
      );
    this.#renderer = new ScreenRenderer(this.#terminal, settings);
    this.#links = new TerminalLinks(this.#terminal, {
      resolve: (paths) => handlers.resolve(paths),
      hover: (target) => handlers.link(target),
      open: (target) => handlers.open(target),
      wanted: (event) => (options.mac ? event.metaKey : event.ctrlKey),
    });
    this.#clipboard = new TerminalClipboard(this.#terminal, {
      writes: () => this.#options.settings.clipboardWrite,
      copyOnSelect: () => this.#options.settings.copyOnSelect,
      replaying: () => this.#replaying,
      ask: (text) => handlers.askClipboard(text),
    });
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      handlers.search({ index: resultIndex, count: resultCount }),
    );
    this.#settled = new SettledRows(this.#terminal, {
      wanted: () => this.#visible && !this.#replaying,
      told: (settled) => handlers.settled(settled),
    });
    new TerminalKeyboard(this.#terminal, {
      mac: options.mac,
      program: options.program,
      fullScreen: () => this.fullScreen,
      find: () => handlers.find(),
      leave: () => handlers.leave(),
      listLinks: () => handlers.listLinks(),
      zoom: (by) => handlers.zoom(by),
    });
    this.#terminal.onData((text) => this.#send(text));
    this.#terminal.onBinary((text) => this.#line?.input(Uint8Array.from(text, (c) => c.charCodeAt(0) & 255)));
    this.#terminal.onBell(() => {
      if (!this.#replaying) handlers.bell();
    });
    this.#terminal.onRender(() => this.#tellScroll());
    this.#observer = new ResizeObserver(() => this.#sizeChanged());
  }

  /** Puts the terminal into the page. */
  open(host: TerminalHost): void {
    this.#host = host;
    host.terminal = this.#terminal;
    this.#terminal.open(host);
    this.#terminal.textarea?.setAttribute('aria-label', this.#options.label);
    this.#renderer.open(host);
    this.#clipboard.open(host);
    this.#insertions = new Insertions(host, {
      program: this.#options.program,
      pathOf: this.#handlers.pathOf,
      send: (text) => this.#send(text),
      paste: (text) => this.#terminal.paste(text),
      dropRefused: () => this.#handlers.dropRefused(),
    });
    host.addEventListener('focusin', this.#focused);
    this.#observer.observe(host);
  }

  /** Shows or hides it. Hidden, it goes on reading but is never resized and holds no graphics context. */
  show(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    if (visible) {
      this.#claimSize();
      this.#settled.look();
    }
    this.#renderer.show(visible);
  }

  /** Connects to the session; what was on the screen is drawn again by the replay. */
  attach(agent: Pick<PageAgent, 'attach'>, session: Pick<SessionView, 'id' | 'cols' | 'rows'>): void {
    this.#line?.close();
    this.#terminal.reset();
    // Until the page knows how large it is the session keeps its size: each change makes the program draw anew, and
    // what stands below the cursor is lost on a smaller screen.
    this.#terminal.resize(session.cols, session.rows);
    this.#claimSize();
    const state = this.#handlers.state;
    state({ kind: 'replaying' });
    this.#replaying = true;
    this.#feed?.end();
    this.#held = false;
    const feed = new TerminalFeed(this.#terminal);
    this.#feed = feed;
    // Drawn once, when all of it is there: drawing after each piece takes longer than all the rest.
    feed.output(this.#encoder.encode(HOLD), () => {
      this.#held = true;
    });
    const over = (now: ScreenState): void => {
      feed.act(() => {
        this.#replaying = false;
        this.#held = false;
      });
      feed.output(this.#encoder.encode(DRAW), () => {});
      feed.act(() => {
        state(now);
        if (now.kind === 'live') this.#fitNow();
        this.#settled.look();
      });
    };
    this.#line = agent.attach(session.id, this.#terminal.cols, this.#terminal.rows, {
      size: (cols, rows) => feed.resize(cols, rows),
      // WebSocket and MessagePort messages have memory of their own, so the bytes may wait in a queue.
      output: (bytes, consumed) => feed.output(bytes, consumed),
      live: () => over({ kind: 'live' }),
      exit: (exitCode, signal) => over({ kind: 'exited', exitCode, signal }),
      lost: (error) => over({ kind: 'lost', error }),
    });
  }

  update(options: Pick<ScreenOptions, 'settings' | 'theme' | 'label'>): void {
    const { settings, theme, label } = options;
    const before = this.#options.settings;
    this.#options = { ...this.#options, ...options };
    const to = this.#terminal.options;
    to.fontFamily = fontStack(settings.fontFamily);
    to.fontSize = settings.fontSize;
    to.scrollback = settings.scrollback;
    to.screenReaderMode = settings.screenReader;
    to.theme = terminalThemes[theme];
    to.minimumContrastRatio = minimumContrast[theme];
    this.#faint(theme);
    this.#terminal.textarea?.setAttribute('aria-label', label);
    this.#renderer.update(settings);
    // Only then: another terminal that shows this session may be the one that is worked in.
    if (before.fontFamily !== settings.fontFamily || before.fontSize !== settings.fontSize)
      this.#sizeChanged();
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Whether a program draws the whole screen itself: then there is no scrollback to find anything in. */
  get fullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Finds text in screen and scrollback; an empty text takes the marks away. Answers whether it is there. */
  find(text: string, direction: 'next' | 'previous' | 'typed'): boolean {
    if (text === '') {
      this.#search.clearDecorations();
      this.#handlers.search({ index: -1, count: 0 });
      return false;
    }
    const { match, active, ruler } = findColours[this.#options.theme];
    const decorations = {
      matchBackground: match,
      activeMatchBackground: active,
      matchOverviewRuler: ruler,
      activeMatchColorOverviewRuler: ruler,
    };
    return direction === 'previous'
      ? this.#search.findPrevious(text, { decorations })
      : this.#search.findNext(text, { decorations, incremental: direction === 'typed' });
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  scrollToBottom(): void {
    this.#terminal.scrollToBottom();
    this.#sizeChanged();
  }

  linksOnScreen(): Promise<LinkTarget[]> {
    return this.#links.onScreen();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#resizeTimer);
    this.#observer.disconnect();
    this.#insertions?.dispose();
    this.#host?.removeEventListener('focusin', this.#focused);
    if (this.#host) delete this.#host.terminal;
    this.#line?.close();
    this.#feed?.end();
    this.#links.dispose();
    this.#settled.dispose();
    this.#clipboard.dispose();
    this.#renderer.dispose();
    this.#terminal.dispose();
    this.#styles.release();
  }

  /** Where faint text would be too faint, a program's wish for it (alone, as Claude Code has it) is passed over. */
  #faint(theme: TerminalTheme): void {
    if (drawsFaint(theme)) {
      this.#plain?.dispose();
      this.#plain = null;
    } else
      this.#plain ??= this.#terminal.parser.registerCsiHandler(
        { final: 'm' },
        (params) => params.length === 1 && params[0] === 2,
      );
  }

  #send(text: string): void {
    this.#line?.input(this.#encoder.encode(text));
  }

  /** The terminal that is worked in decides the size, where several show the same session. */
  readonly #focused = (): void => {
    this.#handlers.focused();
    this.#claimSize();
  };

  #tellScroll(): void {
    const { viewportY, baseY } = this.#terminal.buffer.active;
    const up = viewportY < baseY;
    if (up === this.#scrolledUp) return;
    this.#scrolledUp = up;
    this.#handlers.scrolledUp(up);
  }

  #sizeChanged(): void {
    clearTimeout(this.#resizeTimer);
    this.#resizeTimer = setTimeout(() => this.#fitNow(), RESIZE_SETTLES);
  }

  /** Gives the session the size of this page, whoever decided it before. */
  #claimSize(): void {
    this.#fitted = '';
    this.#fitNow();
  }

  /** Does so where the room for the terminal is another than last time; else another terminal's size stays. */
  #fitNow(): void {
    if (this.#disposed || this.#replaying || !this.#visible || !this.#host?.clientHeight) return;
    const size = this.#fit.proposeDimensions();
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return;
    const cols = Math.min(1000, Math.max(2, size.cols));
    const rows = Math.min(1000, Math.max(1, size.rows));
    const fitted = `${cols}x${rows}`;
    if (fitted === this.#fitted) return;
    this.#fitted = fitted;
    if (cols === this.#terminal.cols && rows === this.#terminal.rows) return;
    this.#terminal.resize(cols, rows);
    this.#line?.resize(cols, rows);
  }
}

/** The person's font first; always one that has a fixed width and Chinese characters after it. */
function fontStack(own: string): string {
  const stack =
    getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace';
  const name = own.replace(/["\\;{}]/g, '').trim();
  return name === '' ? stack : `${name.includes(',') ? name : `"${name}"`}, ${stack}`;
}
