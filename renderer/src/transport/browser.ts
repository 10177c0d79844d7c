import { type PageChannel, pageRoutes } from '../../../src/contract/page-relay.ts';

/** A channel over a WebSocket to the page server that served this page. */
export function openWebSocket(channel: PageChannel): WebSocket {
  const url = new URL(pageRoutes[channel], location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return socket;
}
