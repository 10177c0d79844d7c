import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, session } from 'electron';
import { pageOrigin } from '../contract/page-relay.ts';
import type { AgentLink } from './agent-link.ts';
import { serveApp } from './app-protocol.ts';
import { LinkOpener } from './external-links.ts';
import { answerPage } from './page-ipc.ts';
import { mayReload } from './reload-limit.ts';
import { guardContents, guardSession } from './session-security.ts';
import { rememberedPlace, rememberPlace } from './window-place.ts';
import type { Words } from './words.ts';

const entry = `${pageOrigin.origin}/index.html`;

/** The one window. Closing it leaves tray, agent and Claude sessions as they are. */
export class WindowController {
  #window: BrowserWindow | null = null;

  constructor(link: AgentLink, words: Words) {
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
      return;
    }
    // The same document with another fragment: the page is told by hashchange and is not loaded anew.
    if (place !== null) void window.loadURL(`${entry}${place}`).catch(() => {});
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  close(): void {
    this.#window?.destroy();
  }

  #make(url: string): BrowserWindow {
    const window = new BrowserWindow({
      ...rememberedPlace(),
      minWidth: 480,
      minHeight: 360,
      title: 'Bedrock Tray',
      // macOS takes the bundle's.
      ...(process.platform === 'darwin'
        ? {}
        : { icon: join(app.getAppPath(), 'assets', 'icons', 'app-256.png') }),
      show: false,
      backgroundColor: background(),
      autoHideMenuBar: true,
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
        devTools: !app.isPackaged,
      },
    });
    window.once('ready-to-show', () => window.show());
    rememberPlace(window);
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

/** What is seen until the page has drawn itself: the page's own colour (--ground in renderer/src/styles/tokens.css), so that nothing flashes. */
function background(): string {
  return nativeTheme.shouldUseDarkColors ? '#16171a' : '#f4f3f0';
}
