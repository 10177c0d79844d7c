import { type BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import type { Words } from './words.ts';

/** The system's folder dialog; null when the person cancels. */
export async function chooseFolder(
  { translator }: Words,
  parent: BrowserWindow | null,
  startAt: string | undefined,
): Promise<string | null> {
  const options: OpenDialogOptions = {
    title: translator.t('tray:chooseFolderTitle'),
    buttonLabel: translator.t('tray:chooseFolderButton'),
    properties: ['openDirectory', 'createDirectory'],
    ...(startAt === undefined ? {} : { defaultPath: startAt }),
  };
  const chosen = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
  return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
}
