import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { BedrockTrayBridge, ChannelMessage, channelMessageType } from '../contract/page-relay.ts';
import { ipc } from './ipc-names.ts';

// Spelled out so that the preload loads none of the contract's schemas.
const type: typeof channelMessageType = 'bedrock-tray:channel';

/** All that the page gets of Electron (contract/page-relay.ts): no channel names, no ipcRenderer. */
const bridge: BedrockTrayBridge = {
  openChannel(channel, id) {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(ipc.openChannel, channel, [port2]);
    const message: ChannelMessage = { type, id };
    window.postMessage(message, window.location.origin, [port1]);
  },
  chooseFolder: () => ipcRenderer.invoke(ipc.chooseFolder),
  // The Electron of the tests is older and has no webUtils.
  pathOf: (file) => (webUtils as typeof webUtils | undefined)?.getPathForFile(file as File) ?? '',
  startAgent: () => ipcRenderer.send(ipc.startAgent),
};
contextBridge.exposeInMainWorld('bedrockTray', bridge);
