import { join } from 'node:path';
import { app, BrowserWindow, Menu, nativeTheme, session } from 'electron';
import { pageOrigin } from '../contract/page-relay.ts';
import { LEAST_WINDOW } from '../domain/window-place.ts';
import type { AgentLink } from './agent-link.ts';
import { serveApp } from './app-protocol.ts';
import { LinkOpener } from './external-links.ts';
import { answerPage } from './page-ipc.ts';
import { pageRoute } from './page-routes.ts';
import { mayReload } from './reload-limit.ts';
import { guardContents, guardSession } from './session-security.ts';
import { type WindowActs, windowMenu } from './window-menu.ts';
import { rememberedPlace, rememberedZoom, rememberPlace, rememberTheme, zoomBy } from './window-place.ts';
import type { Words } from './words.ts';

const entry = `${pageOrigin.origin}/index.html`;

/** The one window. Closing it leaves tray, agent and Claude sessions as they are. */
export class WindowController {
  readonly #words: Words;
  readonly #acts: WindowActs;
  #window: BrowserWindow | null = null;
  #keep = (): void => {};

  constructor(link: AgentLink, words: Words, quit: () => void) {
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
    serveApp(join(app.getAppPath(), 'out', 'renderer'));
    guardSession(session.defaultSession);
    const links = new LinkOpener(link, words);
    app.on('web-contents-created', (_event, contents) => guardContents(contents, (url) => links.open(url)));
    answerPage({ link, words, window: () => this.#window });
    nativeTheme.on('updated', () => this.#window?.setBackgroundColor(background()));
  }

  /** Shows the window; `place` is a fragment, null for wherever the page is (`first` in a new window). */
  open(place: string | null, first: string): void {
    const window = this.#window;
    if (window === null) {
      this.#window = this.#make(`${entry}${place ?? first}`);
      this.setMenu();
      return;
    }
    // The same document with another fragment: the page is told by hashchange and is not loaded anew.
    if (place !== null) void window.loadURL(`${entry}${place}`).catch(() => {});
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

  #make(url: string): BrowserWindow {
    const place = rememberedPlace();
    const window = new BrowserWindow({
      ...place,
      minWidth: LEAST_WINDOW.width,
      minHeight: LEAST_WINDOW.height,
      title: 'Bedrock Tray',
      // macOS takes the bundle's.
      ...(process.platform === 'darwin'
        ? {}
        : { icon: join(app.getAppPath(), 'assets', 'icons', 'app-256.png') }),
      show: false,
      backgroundColor: background(),
      webPreferences: {
        preload: join(app.getAppPath(), 'out', 'tray', 'preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        zoomFactor: rememberedZoom(),
        devTools: !app.isPackaged,
      },
    });
    // Windows measures a new window by the primary display's scale, wherever it goes.
    if (process.platform === 'win32' && place.x !== undefined) window.setBounds(place);
    window.once('ready-to-show', () => window.show());
    this.#keep = rememberPlace(window);
    window.webContents.on('zoom-changed', (_event, direction) => zoomBy(window, direction === 'in' ? 1 : -1));
    window.on('closed', () => {
      this.#window = null;
      if (process.platform === 'darwin') app.dock?.hide();
    });
    // A page that crashed is loaded again: the terminals are in the pty-host and come back as they were.
    const reloads: number[] = [];
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      if (mayReload(reloads, Date.now())) window.webContents.reload();
    });
    if (process.platform === 'darwin') void app.dock?.show();
    void window.loadURL(url).catch((error: unknown) => console.error('the page cannot be loaded:', error));
    return window;
  }
}

/** What is seen until the page has drawn itself: the page's own colour (--ground in renderer/src/styles), so that nothing flashes. */
function background(): string {
  if (nativeTheme.shouldUseHighContrastColors) return nativeTheme.shouldUseDarkColors ? '#000000' : '#ffffff';
  return nativeTheme.shouldUseDarkColors ? '#16171a' : '#f4f3f0';
}
