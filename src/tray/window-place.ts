import { type BrowserWindow, nativeTheme, screen } from 'electron';
import Store from 'electron-store';
import { type Rect, windowPlace, zoomStep } from '../domain/desktop/window-place.ts';

interface Kept {
  place?: { bounds: Rect; maximized: boolean };
  /** Factor; absent: 1. */
  zoom?: number;
  /** What the settings said last: the window's colour before the agent has been asked. */
  theme?: typeof nativeTheme.themeSource;
}

const store = new Store<Kept>({ name: 'window', clearInvalidConfig: true });
/** A window that is dragged says so many times a second. */
const PAUSE = 500;

/** Where the window was; only its size when that screen is gone. */
export function rememberedPlace(): Partial<Rect> {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((d) => d.id !== primary.id);
  return windowPlace(
    store.get('place')?.bounds ?? null,
    [primary, ...others].map((d) => d.workArea),
  );
}

/** Keeps place and size for the next time; answers what keeps them at once, for a window that is ended unasked. */
export function rememberPlace(window: BrowserWindow): () => void {
  if (store.get('place')?.maximized) window.maximize();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    store.set('place', { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  window.on('close', keep);
  window.on('closed', () => clearTimeout(timer));
  return keep;
}

/** The zoom factor of the page. */
export const rememberedZoom = (): number => {
  const zoom = store.get('zoom') ?? 1;
  return zoom >= 0.5 && zoom <= 3 ? zoom : 1;
};

/** Zooms a step in (1), out (-1) or back (0), and keeps it. */
export function zoomBy(window: BrowserWindow, by: -1 | 0 | 1): void {
  const zoom = zoomStep(window.webContents.getZoomFactor(), by);
  window.webContents.setZoomFactor(zoom);
  store.set('zoom', zoom);
}

/** Until the agent has said what the settings are, the window has the theme that it had. */
export function rememberTheme(known: boolean): void {
  const theme = store.get('theme');
  if (!known && theme) nativeTheme.themeSource = theme;
  nativeTheme.on('updated', () => {
    if (store.get('theme') !== nativeTheme.themeSource) store.set('theme', nativeTheme.themeSource);
  });
}
