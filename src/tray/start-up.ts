import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, powerMonitor } from 'electron';
import { hotkeyActions } from '../domain/desktop/hotkeys.ts';
import { AgentLink } from './agent-link.ts';
import { APP_ID, SCHEME } from './app-identity.ts';
import { Catalog } from './catalog.ts';
import { followDesktop } from './desktop.ts';
import { HotkeyReporter } from './hotkey-reporter.ts';
import { Hotkeys } from './hotkeys.ts';
import { minuteOfDay } from './local-time.ts';
import { MenuActions } from './menu-actions.ts';
import { MenuController } from './menu-controller.ts';
import { Notifications } from './notifications.ts';
import { hasPopover, PopoverLoader } from './popover-loader.ts';
import { Quit } from './quit.ts';
import { toldBudgets } from './told-budgets.ts';
import type { TrayIconController } from './tray-icon-controller.ts';
import { followUpdates } from './updates.ts';
import { WindowLoader } from './window-loader.ts';
import { Words } from './words.ts';

/** Wires the tray once its icon is shown: each room gets what it needs as an argument. */
export function startUp(icon: TrayIconController): { openWindow: (place?: string | null) => void } {
  const words = new Words();
  const link = new AgentLink(join(app.getAppPath(), 'out'));
  const window = new WindowLoader(link, words, () => void quit.ask());
  const catalog = new Catalog(link);
  const quit = new Quit(link, words, window);
  const actions = new MenuActions(link, words, window, quit);
  const menu = new MenuController({ icon, link, words, catalog, actions });
  const popover = new PopoverLoader(window);
  if (hasPopover(process.platform, process.argv)) icon.onClick((at) => popover.toggle(at));
  const hotkeyReporter = new HotkeyReporter(link);
  const hotkeys = new Hotkeys(
    (name) => void actions.perform(hotkeyActions[name](link.snapshot)),
    (taken) => hotkeyReporter.tell(taken),
  );
  const notifications = new Notifications({
    snapshot: () => link.snapshot,
    clock: () => ({ now: link.now(), awakeMs: performance.now(), minuteOfDay: minuteOfDay() }),
    looking: () => BrowserWindow.getFocusedWindow() !== null,
    say: (message) => words.say(message),
    perform: (action) => void actions.perform(action),
    budgets: toldBudgets(),
  });

  link.onChange(() => {
    const settings = link.snapshot?.settings;
    if (settings) {
      hotkeys.follow(settings.hotkeys);
      if (words.follow(settings.language)) window.follow();
      if (nativeTheme.themeSource !== settings.theme) nativeTheme.themeSource = settings.theme;
    }
    menu.update();
    notifications.update();
  });
  catalog.onChange(() => menu.update());
  menu.update();

  const desktop = followDesktop(link, icon, notifications);
  const updates = followUpdates(link);
  // Timers stand still while the machine sleeps: what they would have drawn is drawn now.
  powerMonitor.on('resume', () => {
    menu.update();
    notifications.woke();
  });
  app.on('activate', () => window.open());
  app.on('will-quit', () => {
    notifications.close();
    desktop.close();
    updates.close();
    menu.close();
    hotkeys.close();
    link.close();
    icon.destroy();
  });
  if (process.platform === 'darwin') {
    app.dock?.hide();
    // The application's menu, which carries the clipboard's keys.
    window.follow();
  }
  if (process.platform === 'win32' && app.isPackaged) {
    // Notifications are shown under the name of the start menu's entry.
    app.setAppUserModelId(APP_ID);
    // Elsewhere the package says whose links these are: the bundle's plist, the desktop entry. `--`: a link is no switch.
    app.setAsDefaultProtocolClient(SCHEME, process.execPath, ['--']);
  }
  return { openWindow: (place) => window.open(place ?? undefined) };
}
