import type { BrowserWindow, WebContents, WebFrameMain } from 'electron';
import { describe, expect, test } from 'vitest';
import { senderWindow } from '../../../src/tray/ipc-sender.ts';

const PAGE = 'app://bedrock-tray/index.html#/overview';
const contentsOf = (id: number, url = PAGE) => {
  const mainFrame = { url } as WebFrameMain;
  return { id, mainFrame } as WebContents;
};
const ours = contentsOf(3);
const window = { webContents: ours } as BrowserWindow;
const windows = [{ webContents: contentsOf(2) } as BrowserWindow, window];

describe('who may send a message to main', () => {
  test('the main frame of a window of ours, with our page in it', () => {
    expect(senderWindow({ sender: ours, senderFrame: ours.mainFrame }, windows)).toBe(window);
  });

  test('no other window, though it shows our page', () => {
    const other = contentsOf(4);
    expect(senderWindow({ sender: other, senderFrame: other.mainFrame }, windows)).toBeNull();
    expect(senderWindow({ sender: ours, senderFrame: ours.mainFrame }, [])).toBeNull();
  });

  test('no frame inside the page, and none that is gone', () => {
    expect(senderWindow({ sender: ours, senderFrame: { url: PAGE } as WebFrameMain }, windows)).toBeNull();
    expect(senderWindow({ sender: ours, senderFrame: null }, windows)).toBeNull();
  });

  test.each([
    'https://bedrock-tray/index.html',
    'app://other/index.html',
    'app://bedrock-tray.evil/index.html',
    'file:///index.html',
    'about:blank',
    '',
  ])('no page that is not ours: %j', (url) => {
    const away = contentsOf(3, url);
    const at = [{ webContents: away } as BrowserWindow];
    expect(senderWindow({ sender: away, senderFrame: away.mainFrame }, at)).toBeNull();
  });
});
