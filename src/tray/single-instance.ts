import { app } from 'electron';
import { deepLinkPlace, readLaunch } from './deep-link.ts';

/**
 * Claims to be the one tray of this state folder. A second launch hands over and ends: the person who starts the
 * app again wants to see it, so the first one opens its window, where a deep link leads if there is one (unless the
 * launch came from autostart). `open` gets the place as a fragment, null for wherever the page is.
 */
export function claimSingleInstance(open: (place: string | null) => void): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return false;
  }
  app.on('second-instance', (_event, argv) => {
    const launch = readLaunch(argv);
    if (launch.show === 'window') open(launch.place);
  });
  // macOS brings links here, also the one that the app was started for (before it is ready).
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const place = deepLinkPlace(url);
    if (place !== null) open(place);
  });
  return true;
}
