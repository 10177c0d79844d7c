import { join } from 'node:path';
import { app, BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, session } from 'electron';
import { pageOrigin } from '../contract/page-relay.ts';
import type { AgentLink } from './agent-link.ts';
import { serveApp } from './app-protocol.ts';
import { LinkOpener } from './external-links.ts';
import { answerPage } from './page-ipc.ts';
import { mayReload } from './reload-limit.ts';
import { guardContents, guardSession } from './session-security.ts';
import type { Words } from './words.ts';

/** Address of the page at a place (fragment). */
export const pageAddress = (place: string): string => `${pageOrigin.origin}/index.html${place}`;

/** Makes the windows that show our page, each in the same sandbox and behind the same guards. */
export class PageHost {
  readonly #links: LinkOpener;
  readonly #windows = new Set<BrowserWindow>();

  constructor(link: AgentLink, words: Words) {
    this.#links = new LinkOpener(link, words);
    serveApp(join(app.getAppPath(), 'out', 'renderer'));
    guardSession(session.defaultSession);
    app.on('web-contents-created', (_event, contents) =>
      guardContents(contents, (url) => this.openLink(url)),
    );
    answerPage({ link, words, windows: () => [...this.#windows] });
    nativeTheme.on('updated', () => {
      for (const window of this.#windows) window.setBackgroundColor(background());
    });
  }

  /** A window that is not shown yet, with the page at `place` being loaded. */
  make(
    place: string,
    options: BrowserWindowConstructorOptions,
    preferences: { zoomFactor?: number } = {},
  ): BrowserWindow {
    const window = new BrowserWindow({
      ...options,
      title: 'Bedrock Tray',
      // macOS takes the bundle's.
      ...(process.platform === 'darwin'
        ? {}
        : { icon: join(app.getAppPath(), 'assets', 'icons', 'app-256.png') }),
      show: false,
      backgroundColor: background(),
      webPreferences: {
        ...preferences,
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
    this.#windows.add(window);
    window.on('closed', () => this.#windows.delete(window));
    // A page that crashed is loaded again: the terminals are in the pty-host and come back as they were.
    const reloads: number[] = [];
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      if (mayReload(reloads, Date.now())) window.webContents.reload();
    });
    void window
      .loadURL(pageAddress(place))
      .catch((error: unknown) => console.error('the page cannot be loaded:', error));
    return window;
  }

  /** A link of a page, judged (link-verdict.ts). */
  openLink(url: string): void {
    void this.#links.open(url).catch(() => {});
  }
}

/** What is seen until the page has drawn itself: the page's own colour (--ground in renderer/src/styles), so that nothing flashes. */
function background(): string {
  if (nativeTheme.shouldUseHighContrastColors) return nativeTheme.shouldUseDarkColors ? '#000000' : '#ffffff';
  return nativeTheme.shouldUseDarkColors ? '#16171a' : '#f4f3f0';
}
