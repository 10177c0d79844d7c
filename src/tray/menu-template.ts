import type { MenuItemConstructorOptions } from 'electron';
import type { MenuAction, MenuEntry } from '../domain/menu/menu-entries.ts';
import type { Message } from '../domain/menu/menu-words.ts';

/** An ampersand in a label would be taken for the mark of a mnemonic. */
export const escapeMnemonic = (label: string): string => label.replaceAll('&', '&&');

/** The menu model in Electron's terms. */
export function menuTemplate(
  entries: readonly MenuEntry[],
  say: (message: Message) => string,
  perform: (action: MenuAction) => void,
): MenuItemConstructorOptions[] {
  const itemOf = (entry: MenuEntry): MenuItemConstructorOptions => {
    if (entry.kind === 'separator') return { type: 'separator' };
    const label = escapeMnemonic(say(entry.label));
    switch (entry.kind) {
      case 'label':
        return { label, enabled: false };
      case 'action':
        return { label, enabled: entry.enabled, click: () => perform(entry.action) };
      case 'radio':
        return { type: 'radio', label, checked: entry.checked, click: () => perform(entry.action) };
      case 'submenu':
        return { label, submenu: menuTemplate(entry.entries, say, perform) };
    }
  };
  return entries.map(itemOf);
}
