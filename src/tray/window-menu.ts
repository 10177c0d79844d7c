import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Translator } from '../locales/index.ts';

/** What the keys of a window do that belong to the platform, not to the page. */
export interface WindowActs {
  settings(): void;
  quit(): void;
  close(): void;
  /** A step larger (1) or smaller (-1), or the usual size (0). */
  zoom(by: -1 | 0 | 1): void;
}

/**
 * The menu that carries the window's keys. A page sees a key first: what a terminal takes (Ctrl+W deletes a word
 * there) never comes here. macOS shows it as the application's; elsewhere nobody sees it, only its keys count.
 */
export function windowMenu({ t }: Pick<Translator, 't'>, acts: WindowActs): Menu {
  const mac = process.platform === 'darwin';
  /** Another key for the same, which no menu shows. */
  const also = (accelerator: string, click: () => void): MenuItemConstructorOptions => ({
    label: accelerator,
    accelerator,
    click,
    visible: false,
    acceleratorWorksWhenHidden: true,
  });
  const settings: MenuItemConstructorOptions = {
    label: t('tray:settings'),
    accelerator: 'CommandOrControl+,',
    click: acts.settings,
  };
  const quit: MenuItemConstructorOptions = {
    label: t('tray:quit'),
    accelerator: 'CommandOrControl+Q',
    click: acts.quit,
  };
  const view: MenuItemConstructorOptions = {
    label: t('tray:viewMenu'),
    submenu: [
      { label: t('tray:zoomIn'), accelerator: 'CommandOrControl+Plus', click: () => acts.zoom(1) },
      { label: t('tray:zoomOut'), accelerator: 'CommandOrControl+-', click: () => acts.zoom(-1) },
      { label: t('tray:zoomReset'), accelerator: 'CommandOrControl+0', click: () => acts.zoom(0) },
      // Plus without Shift, and the number pad.
      also('CommandOrControl+=', () => acts.zoom(1)),
      also('CommandOrControl+numadd', () => acts.zoom(1)),
      also('CommandOrControl+numsub', () => acts.zoom(-1)),
      also('CommandOrControl+num0', () => acts.zoom(0)),
    ],
  };
  const close: MenuItemConstructorOptions = {
    label: t('tray:closeWindow'),
    accelerator: 'CommandOrControl+W',
    click: acts.close,
  };
  if (!mac)
    return Menu.buildFromTemplate([{ label: 'Bedrock Tray', submenu: [settings, close, quit] }, view]);
  return Menu.buildFromTemplate([
    {
      label: 'Bedrock Tray',
      submenu: [
        { role: 'about' },
        { type: 'separator' },
        settings,
        { type: 'separator' },
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        { type: 'separator' },
        quit,
      ],
    },
    {
      label: t('tray:editMenu'),
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    view,
    { label: t('tray:windowMenu'), submenu: [{ role: 'minimize' }, close] },
  ]);
}
