import type { DesktopBus } from './desktop-bus.ts';

/** A tray host owns this name a moment before it answers. */
const READY_MS = 300;

/**
 * Tells when a tray host appears that was not there when the icon was made (the app was started before the panel):
 * Electron registers only with one that it finds at the start or that comes back after it.
 */
export function watchTrayHost(bus: DesktopBus, onLateHost: () => void): () => void {
  let known = false;
  let first = true;
  let timer: NodeJS.Timeout | undefined;
  void bus.watchName('org.kde.StatusNotifierWatcher', (owned) => {
    const late = owned && !known && !first;
    first = false;
    known ||= owned;
    if (late) timer = setTimeout(onLateHost, READY_MS);
  });
  return () => clearTimeout(timer);
}
