import {
  type BrowserWindow,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  type WebContents,
} from 'electron';
import { PageChannel } from '../contract/page-relay.ts';
import type { AgentLink } from './agent-link.ts';
import { chooseFolder } from './choose-folder.ts';
import { ipc } from './ipc-names.ts';
import { relayChannel } from './page-relay.ts';
import { isPageUrl } from './session-security.ts';
import type { Words } from './words.ts';

export interface PageRooms {
  link: AgentLink;
  words: Words;
  /** Those that show our page. */
  windows: () => readonly BrowserWindow[];
}

/** Answers the preload: the whole of what a page can ask of main. Senders other than our page's main frame get nothing. */
export function answerPage({ link, words, windows }: PageRooms): void {
  const windowOf = (sender: WebContents): BrowserWindow | null =>
    windows().find(({ webContents }) => webContents.id === sender.id) ?? null;
  const isOurs = ({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean =>
    windowOf(sender) !== null &&
    senderFrame !== null &&
    senderFrame === sender.mainFrame &&
    isPageUrl(senderFrame.url);

  let choosing: Promise<string | null> | null = null;

  ipcMain.on(ipc.openChannel, (event, wanted: unknown) => {
    const port = event.ports[0];
    if (!port) return;
    const channel = PageChannel.safeParse(wanted);
    if (!isOurs(event) || !channel.success) {
      port.close();
      return;
    }
    relayChannel(channel.data, port, link);
  });
  ipcMain.on(ipc.startAgent, (event) => {
    if (isOurs(event)) link.retryNow();
  });
  ipcMain.handle(ipc.chooseFolder, (event) => {
    if (!isOurs(event)) throw new Error('refused');
    // One dialog at a time: a page cannot pile them up.
    choosing ??= chooseFolder(words, windowOf(event.sender), link.snapshot?.recentFolders[0]).finally(() => {
      choosing = null;
    });
    return choosing;
  });
}
