import type { BrowserWindow, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { isPageUrl } from './session-security.ts';

/**
 * The window of ours whose page sent a message to main; null for every other sender: other windows, frames inside the
 * page, pages that are not ours, frames that are gone.
 */
export function senderWindow(
  { sender, senderFrame }: Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
  windows: readonly BrowserWindow[],
): BrowserWindow | null {
  const window = windows.find(
    ({ webContents }: { webContents: WebContents }) => webContents.id === sender.id,
  );
  if (window === undefined) return null;
  if (senderFrame === null || senderFrame !== sender.mainFrame) return null;
  return isPageUrl(senderFrame.url) ? window : null;
}
