import { join } from 'node:path';
import { app, nativeTheme } from 'electron';
import { mostUrgent } from '../domain/session-attention.ts';
import { AgentLink } from './agent-link.ts';
import { Catalog } from './catalog.ts';
import { followDesktop } from './desktop.ts';
import { Hotkeys } from './hotkeys.ts';
import { MenuActions } from './menu-actions.ts';
import { MenuController } from './menu-controller.ts';
import { Notifications } from './notifications.ts';
import { Quit } from './quit.ts';
import type { TrayIconController } from './tray-icon-controller.ts';
import { WindowLoader } from './window-loader.ts';
import { Words } from './words.ts';

/** Wires the tray once its icon is shown: each room gets what it needs as an argument. */
export function startUp(icon: TrayIconController): { openWindow: () => void } {
  const words = new Words();
  const link = new AgentLink(join(app.getAppPath(), 'out'));
  const window = new WindowLoader(link, words, () => void quit.ask());
  const catalog = new Catalog(link);
  const quit = new Quit(link, words, window);
  const actions = new MenuActions(link, words, window, quit);
  const menu = new MenuController({ icon, link, words, catalog, actions });
  const hotkeys = new Hotkeys(() => {
    const urgent = mostUrgent(link.snapshot?.sessions ?? []);
    void actions.perform(
      urgent ? { type: 'openSession', id: urgent.id } : { type: 'openWindow', place: 'sessions' },
    );
  });
  const notifications = new Notifications(link, words, actions);

  link.onChange(() => {
    const settings = link.snapshot?.settings;
    if (settings) {
      hotkeys.follow(settings.hotkeys.needsYou);
      if (words.follow(settings.language)) window.follow();
      if (nativeTheme.themeSource !== settings.theme) nativeTheme.themeSource = settings.theme;
    }
    menu.update();
    notifications.update();
  });
  catalog.onChange(() => menu.update());
  menu.update();

  const desktop = followDesktop(link, icon, notifications, words);
  app.on('activate', () => window.open());
  app.on('will-quit', () => {
    desktop.close();
    menu.close();
    hotkeys.close();
    notifications.close();
    link.close();
    icon.destroy();
  });
  if (process.platform === 'darwin') {
    app.dock?.hide();
    // The application's menu, which carries the clipboard's keys.
    window.follow();
  }
  return { openWindow: () => window.open() };
}
