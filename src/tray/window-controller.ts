import { app, type BrowserWindow, Menu } from 'electron';
import { LEAST_WINDOW } from '../domain/desktop/window-place.ts';
import type { AgentLink } from './agent-link.ts';
import { type PageHost, pageAddress } from './page-host.ts';
import { pageRoute } from './page-routes.ts';
import { type WindowActs, windowMenu } from './window-menu.ts';
import { rememberedPlace, rememberedZoom, rememberPlace, rememberTheme, zoomBy } from './window-place.ts';
import type { Words } from './words.ts';

/** The one window. Closing it leaves tray, agent and Claude sessions as they are. */
export class WindowController {
  readonly #host: PageHost;
  readonly #words: Words;
  readonly #acts: WindowActs;
  #window: BrowserWindow | null = null;
  #keep = (): void => {};

  constructor(host: PageHost, link: AgentLink, words: Words, quit: () => void) {
    this.#host = host;
    this.#words = words;
    this.#acts = {
      settings: () => this.open(pageRoute.settings, pageRoute.settings),
      quit,
      close: () => this.#window?.close(),
      zoom: (by) => {
        if (this.#window) zoomBy(this.#window, by);
      },
    };
    rememberTheme(link.snapshot !== null);
  }

  /** Shows the window; `place` is a fragment, null for wherever the page is (`first` in a new window). */
  open(place: string | null, first: string): void {
    const window = this.#window;
    if (window === null) {
      this.#window = this.#make(place ?? first);
      this.setMenu();
      return;
    }
    // The same document with another fragment: the page is told by hashchange and is not loaded anew.
    if (place !== null) void window.loadURL(pageAddress(place)).catch(() => {});
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  close(): void {
    this.#keep();
    this.#window?.destroy();
  }

  /** The window's keys, in the language of now. */
  setMenu(): void {
    const menu = windowMenu(this.#words.translator, this.#acts);
    if (process.platform === 'darwin') Menu.setApplicationMenu(menu);
    else {
      this.#window?.setMenu(menu);
      // Never seen, and Alt stays the page's.
      this.#window?.setMenuBarVisibility(false);
    }
  }

  #make(at: string): BrowserWindow {
    const place = rememberedPlace();
    const window = this.#host.make(
      at,
      { ...place, minWidth: LEAST_WINDOW.width, minHeight: LEAST_WINDOW.height },
      { zoomFactor: rememberedZoom() },
    );
    // Windows measures a new window by the primary display's scale, wherever it goes.
    if (process.platform === 'win32' && place.x !== undefined) window.setBounds(place);
    window.once('ready-to-show', () => window.show());
    this.#keep = rememberPlace(window);
    window.webContents.on('zoom-changed', (_event, direction) => zoomBy(window, direction === 'in' ? 1 : -1));
    window.on('closed', () => {
      this.#window = null;
      if (process.platform === 'darwin') app.dock?.hide();
    });
    if (process.platform === 'darwin') void app.dock?.show();
    return window;
  }
}
