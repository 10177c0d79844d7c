import { Menu } from 'electron';
import type { Quit } from './quit.ts';
import type { Words } from './words.ts';

/** macOS takes clipboard and window shortcuts from the application menu. */
export function setMacMenu({ translator: { t } }: Words, quit: Quit): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: 'Bedrock Tray',
        submenu: [
          { role: 'about' },
          { type: 'separator' },
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          { type: 'separator' },
          { label: t('tray:quit'), accelerator: 'Command+Q', click: () => void quit.ask() },
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
      { label: t('tray:windowMenu'), submenu: [{ role: 'minimize' }, { role: 'close' }] },
    ]),
  );
}
