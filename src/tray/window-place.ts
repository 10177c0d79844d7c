import { type BrowserWindow, type Rectangle, screen } from 'electron';
import Store from 'electron-store';

interface Place {
  bounds: Rectangle;
  maximized: boolean;
}

const store = new Store<{ place?: Place }>({ name: 'window', clearInvalidConfig: true });
const defaultSize = { width: 1080, height: 720 };

/** Where the window was; only its size when that screen is gone. */
export function rememberedPlace(): Partial<Rectangle> {
  const bounds = store.get('place')?.bounds;
  if (!bounds) return defaultSize;
  const { workArea } = screen.getDisplayMatching(bounds);
  const size = {
    width: Math.min(bounds.width, workArea.width),
    height: Math.min(bounds.height, workArea.height),
  };
  const isSeen =
    bounds.x < workArea.x + workArea.width - 80 &&
    bounds.x + bounds.width > workArea.x + 80 &&
    bounds.y >= workArea.y - 8 &&
    bounds.y < workArea.y + workArea.height - 40;
  return isSeen ? { x: bounds.x, y: bounds.y, ...size } : size;
}

/** Keeps place and size for the next time. */
export function rememberPlace(window: BrowserWindow): void {
  if (store.get('place')?.maximized) window.maximize();
  window.on('close', () => {
    store.set('place', { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  });
}
