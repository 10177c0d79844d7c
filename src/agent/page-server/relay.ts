import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION, relayLimits, routes } from '../../contract/index.ts';

/** A terminal's input frame may hold a large paste, not more. */
export const MAX_FROM_PAGE_BYTES = 16 * 1024 * 1024;

const HANDSHAKE_TIMEOUT_MS = 5000;

/** Relays messages of the contract, unread, between the page and the agent's socket in the role `page`. */
export function relayRpc(page: WebSocket, agentSocket: string): void {
  const agent = new WebSocket(`ws://localhost${routes.rpc}?role=page&protocol=${PROTOCOL_VERSION}`, {
    createConnection: () => connect({ path: agentSocket, timeout: HANDSHAKE_TIMEOUT_MS }),
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  // What the page says before the agent answers waits in the page's socket.
  page.pause();
  agent.once('open', () => page.resume());
  const end = () => {
    page.close(1001);
    agent.terminate();
  };
  for (const socket of [page, agent]) {
    socket.on('error', end);
    socket.on('close', end);
  }
  forward(page, agent);
  forward(agent, page);
}

/** Sends what arrives at `from` to `to`; `from` is not read while too much is on its way. */
function forward(from: WebSocket, to: WebSocket): void {
  from.on('message', (data, isBinary) => {
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(data as Buffer, { binary: isBinary }, () => {
      if (from.isPaused && to.bufferedAmount < relayLimits.resume) from.resume();
    });
    if (to.bufferedAmount > relayLimits.unhandled) from.pause();
  });
}

/** Relays the bytes of a terminal connection, unread, between the page and the pty-host's socket for terminals. */
export function relayPty(page: WebSocket, terminalSocket: string): void {
  const pty = connect(terminalSocket);
  pty.setNoDelay(true);
  page.on('message', (data, isBinary) => {
    if (!isBinary) {
      page.close(1003);
      return;
    }
    if (!pty.write(data as Buffer)) page.pause();
  });
  pty.on('drain', () => page.resume());
  pty.on('data', (chunk) => {
    if (page.readyState !== WebSocket.OPEN) return;
    page.send(chunk, { binary: true }, () => {
      if (pty.isPaused() && page.bufferedAmount < relayLimits.resume) pty.resume();
    });
    if (page.bufferedAmount > relayLimits.unhandled) pty.pause();
  });
  // The last bytes are sent before the close.
  pty.on('end', () => page.close(1000));
  pty.on('error', () => page.close(1001));
  page.on('close', () => pty.destroy());
  page.on('error', () => page.terminate());
}
