import { keepConnected } from '../../../src/client/keep-connected.ts';
import { openRpcClient, type WebSocketLike } from '../../../src/client/rpc-client.ts';
import { type ByteDuplex, TerminalConnection } from '../../../src/client/terminal-connection.ts';
import type { PageChannel } from '../../../src/contract/page-relay.ts';
import type { PageAgent, TerminalLine, TerminalListener } from '../model/agent.ts';
import { openWebSocket } from './browser.ts';
import { PortSocket } from './electron.ts';

/** The real agent: over the preload's channels in Electron, over WebSockets in a browser. */
export function connectPage(): PageAgent {
  const bridge = window.bedrockTray;
  const openChannel = (channel: PageChannel): WebSocketLike =>
    bridge ? (new PortSocket(bridge, channel) as unknown as WebSocketLike) : openWebSocket(channel);
  const kept = keepConnected(() => openRpcClient(openChannel('rpc')));
  // A page that was asleep or hidden does not wait for the end of a long pause. Where the page's server is there and
  // the agent is not, a connection opens and ends at once: that is such a pause, too.
  const awake = (): void => {
    if (!document.hidden && kept.state().kind !== 'connected') kept.retryNow();
  };
  document.addEventListener('visibilitychange', awake);
  addEventListener('online', awake);
  return {
    state: kept.state,
    onState: kept.onState,
    call: kept.call,
    watch: kept.watch,
    follow: kept.follow,
    retryNow() {
      bridge?.startAgent();
      kept.retryNow();
    },
    attach: (id, cols, rows, listener) =>
      attach(kept.call, () => openChannel('pty'), id, cols, rows, listener),
    chooseFolder: bridge ? () => bridge.chooseFolder() : null,
    pathOf: bridge ? (file) => bridge.pathOf(file) : null,
    asksBeforeLinks: bridge !== undefined,
  };
}

function attach(
  call: PageAgent['call'],
  openPty: () => WebSocketLike,
  id: string,
  cols: number,
  rows: number,
  listener: TerminalListener,
): TerminalLine {
  let line: TerminalConnection | undefined;
  let closed = false;
  call('sessions.attach', { id }).then(
    ({ ticket }) => {
      if (closed) return;
      line = new TerminalConnection(
        socketDuplex(openPty()),
        { ticket, cols, rows },
        {
          output: (chunk) => listener.output(chunk, () => line?.consumed(chunk.byteLength)),
          size: (c, r) => listener.size(c, r),
          live: () => listener.live(),
          exit: (end) => listener.exit(end.exitCode, end.signal),
          closed: (reason) => {
            if (reason !== 'exit' && !closed) listener.lost(new Error(reason));
          },
        },
      );
    },
    (error) => {
      if (!closed) listener.lost(error);
    },
  );
  return {
    input: (bytes) => line?.input(bytes),
    resize: (c, r) => line?.resize(c, r),
    close: () => {
      closed = true;
      line?.close();
    },
  };
}

const OPEN = 1;
const CONNECTING = 0;

/** A WebSocket as bytes in order; what is sent before it is open waits. */
export function socketDuplex(socket: WebSocketLike): ByteDuplex {
  const waiting: Uint8Array[] = [];
  const sendBytes = (bytes: Uint8Array): void => (socket as WebSocket).send(bytes as Uint8Array<ArrayBuffer>);
  return {
    open({ bytes, closed }) {
      socket.addEventListener('open', () => {
        for (const chunk of waiting.splice(0)) sendBytes(chunk);
      });
      socket.addEventListener('message', (event) => {
        const { data } = event as MessageEvent<unknown>;
        if (data instanceof ArrayBuffer) bytes(new Uint8Array(data));
      });
      socket.addEventListener('close', () => closed());
    },
    send(bytes) {
      if (socket.readyState === OPEN) sendBytes(bytes);
      else if (socket.readyState === CONNECTING) waiting.push(bytes);
    },
    close: () => socket.close(),
  };
}
