import { app, type BrowserWindow, type Rectangle, screen } from 'electron';
import { popoverPlace } from '../domain/desktop/popover-place.ts';
import type { PageHost } from './page-host.ts';
import { pageRoute } from './page-routes.ts';
import { isPageUrl } from './session-security.ts';

const WIDTH = 360;
const HEIGHT = { least: 120, first: 300, most: 620 };
/** The press on the icon that closes it takes its focus first: that press does not open it again, ms. */
const SAME_PRESS_MS = 300;
/** Kept for the next look, then given back with its memory, ms. */
const KEPT_MS = 60_000;

/** The small window at the tray icon: the same facts and acts as the menu. Looking elsewhere or Esc closes it. */
export class PopoverController {
  readonly #host: PageHost;
  readonly #openWindow: (place: string) => void;
  #window: BrowserWindow | null = null;
  #icon: Rectangle = { x: 0, y: 0, width: 0, height: 0 };
  #height = HEIGHT.first;
  #hiddenAt = 0;
  #forget: NodeJS.Timeout | undefined;

  /** `openWindow`: shows the main window at a place of the page. */
  constructor(host: PageHost, openWindow: (place: string) => void) {
    this.#host = host;
    this.#openWindow = openWindow;
  }

  /** A press on the icon, which stands at `icon`. */
  toggle(icon: Rectangle): void {
    const window = this.#window;
    if (window?.isVisible()) {
      this.hide(true);
      return;
    }
    if (Date.now() - this.#hiddenAt < SAME_PRESS_MS) return;
    clearTimeout(this.#forget);
    // Panels on Linux do not say where the icon stands: the pointer is on it.
    const isTold = icon.width > 0 && icon.height > 0;
    this.#icon = isTold ? icon : { ...screen.getCursorScreenPoint(), width: 0, height: 0 };
    if (window !== null) {
      this.#show(window);
      return;
    }
    const made = this.#make();
    this.#window = made;
    made.once('ready-to-show', () => this.#show(made));
  }

  /** `back`: nothing of ours is shown next, so macOS gives the focus to the app that had it. */
  hide(back = false): void {
    const window = this.#window;
    if (!window?.isVisible()) return;
    this.#hiddenAt = Date.now();
    window.hide();
    if (back && process.platform === 'darwin' && !app.dock?.isVisible()) app.hide();
    this.#forget = setTimeout(() => window.destroy(), KEPT_MS);
  }

  #show(window: BrowserWindow): void {
    this.#place(window);
    window.show();
    window.focus();
  }

  #place(window: BrowserWindow): void {
    const { workArea } = screen.getDisplayNearestPoint({ x: this.#icon.x, y: this.#icon.y });
    window.setBounds(popoverPlace(this.#icon, workArea, { width: WIDTH, height: this.#height }));
  }

  #make(): BrowserWindow {
    const window = this.#host.make(pageRoute.popover, {
      width: WIDTH,
      height: this.#height,
      frame: false,
      resizable: false,
      movable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
      ...(process.platform === 'darwin' ? { type: 'panel' } : {}),
    });
    if (process.platform === 'darwin') {
      window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
    }
    const { webContents } = window;
    // As high as what it says: the page asks for that (routes/popover), and for nothing else.
    webContents.on('content-bounds-updated', (event, { height }) => {
      event.preventDefault();
      this.#height = Math.max(HEIGHT.least, Math.min(HEIGHT.most, Math.ceil(height)));
      if (!window.isDestroyed()) this.#place(window);
    });
    webContents.on('before-input-event', (event, { type, key }) => {
      if (type !== 'keyDown' || key !== 'Escape') return;
      event.preventDefault();
      this.hide(true);
    });
    // Its links to places of our own page open the main window there; all others are judged as the main window's are.
    webContents.setWindowOpenHandler(({ url }) => {
      if (isPageUrl(url)) {
        this.hide();
        this.#openWindow(new URL(url).hash);
      } else this.#host.openLink(url);
      return { action: 'deny' };
    });
    window.on('blur', () => this.hide());
    window.on('closed', () => {
      clearTimeout(this.#forget);
      if (this.#window === window) this.#window = null;
    });
    return window;
  }
}
