import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, Menu, protocol } from 'electron';
import { stateFolder } from '../contract/socket-path.ts';
import { readLaunch } from './deep-link.ts';
import { claimSingleInstance } from './single-instance.ts';
import { TrayIconController } from './tray-icon-controller.ts';

/**
 * The tray. This file shows the icon and nothing else, so that it is there at once; all that talks to the agent is
 * loaded after it, and the window's code only when the window is opened. Arguments: `--background` starts without
 * a window (autostart); a deep link opens it at a place (deep-link.ts).
 */

// State of the tray (window place, Chromium's profile, the single-instance lock) belongs to the state folder, so that
// a demo with a folder of its own runs beside the real one.
app.setPath(
  'userData',
  join(resolve(stateFolder({ platform: process.platform, env: process.env, userHome: homedir() })), 'tray'),
);

/** Given to the icon's registration on D-Bus, ms. Nothing tells the app when it is done. */
const REGISTERS_WITHIN_MS = 60;

let launch = readLaunch(process.argv);
let openWindow = (place: string | null): void => {
  launch = { show: 'window', place };
};

// The updater starts an AppImage that it has just put in place only for that to unpack itself, and waits for its end.
if (process.env.APPIMAGE_EXIT_AFTER_INSTALL === 'true') app.exit(0);
else if (claimSingleInstance((place) => openWindow(place))) {
  app.enableSandbox();
  // macOS needs an Edit menu for its clipboard shortcuts: start-up.ts makes one there.
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null);
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  // The tray is the app: closing the window ends nothing.
  app.on('window-all-closed', () => {});
  void app.whenReady().then(async () => {
    const icon = new TrayIconController(join(app.getAppPath(), 'assets', 'icons'), () => openWindow(null));
    icon.show('busy', 'Bedrock Tray', 0);
    // The icon registers in a few messages that this thread sends and answers: loading the rest at once would hold
    // them up (`npm run bench -- --only tray`).
    if (process.platform === 'linux') await new Promise((done) => setTimeout(done, REGISTERS_WITHIN_MS));
    const { startUp } = await import('./start-up.ts');
    openWindow = startUp(icon).openWindow;
    if (launch.show === 'window') openWindow(launch.place);
  });
}
