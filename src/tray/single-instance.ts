import { app } from 'electron';

/**
 * Claims to be the one tray of this state folder. A second launch hands over and ends: the person who starts the
 * app again wants to see it, so the first one opens its window (unless the launch came from autostart).
 */
export function claimSingleInstance(onSecondLaunch: () => void): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return false;
  }
  app.on('second-instance', (_event, argv) => {
    if (!argv.includes('--background')) onSecondLaunch();
  });
  return true;
}
