import { type BrowserWindow, ipcMain } from 'electron';
import { PageChannel } from '../contract/page-relay.ts';
import type { AgentLink } from './agent-link.ts';
import { chooseFolder } from './choose-folder.ts';
import { ipc } from './ipc-names.ts';
import { senderWindow } from './ipc-sender.ts';
import { relayChannel } from './page-relay.ts';
import type { Words } from './words.ts';

export interface PageRooms {
  link: AgentLink;
  words: Words;
  /** Those that show our page. */
  windows: () => readonly BrowserWindow[];
}

/** Answers the preload: the whole of what a page can ask of main. Senders other than our page's main frame get nothing. */
export function answerPage({ link, words, windows }: PageRooms): void {
  let choosing: Promise<string | null> | null = null;

  ipcMain.on(ipc.openChannel, (event, wanted: unknown) => {
    const port = event.ports[0];
    if (!port) return;
    const channel = PageChannel.safeParse(wanted);
    if (senderWindow(event, windows()) === null || !channel.success) {
      port.close();
      return;
    }
    relayChannel(channel.data, port, link);
  });
  ipcMain.on(ipc.startAgent, (event) => {
    if (senderWindow(event, windows()) !== null) link.retryNow();
  });
  ipcMain.handle(ipc.chooseFolder, (event) => {
    const window = senderWindow(event, windows());
    if (window === null) throw new Error('refused');
    // One dialog at a time: a page cannot pile them up.
    choosing ??= chooseFolder(words, window, link.snapshot?.recentFolders[0]).finally(() => {
      choosing = null;
    });
    return choosing;
  });
}
