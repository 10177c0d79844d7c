import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { pageRoutes } from '../../contract/page-relay.ts';
import { cookieName, isOurs, securityHeaders, visitorCookie } from './guard.ts';
import { isOwnUsers } from './peer.ts';
import { MAX_FROM_PAGE_BYTES, relayPty, relayRpc } from './relay.ts';
import { staticFile } from './static-files.ts';
import { Tickets } from './tickets.ts';

export interface PageServerOptions {
  /** Folder of the built page. */
  rendererDir: string;
  agentSocket: string;
  /** The pty-host's socket for terminals: what the page says has no part in choosing it. */
  terminalSocket: string;
  /** Said to a browser that has no ticket: one sentence. */
  noTicket: string;
  /** After this long without a connected page or a fresh ticket `onUnused` is called, ms. */
  unusedMs: number;
  onUnused(): void;
}

export interface PageServer {
  port: number;
  /** A URL that lets one browser in, once. */
  url(): string;
  close(): Promise<void>;
}

/** The target of a request; what is no path on this server leads nowhere. */
function requestUrl(request: IncomingMessage): URL {
  const target = request.url ?? '';
  return new URL(
    /^\/(?!\/)/.test(target) && URL.canParse(target, 'http://page') ? target : '/-',
    'http://page',
  );
}

/** Serves the page to browsers on this machine: behind a ticket, Host and Origin checked. Listens on 127.0.0.1. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { rendererDir, agentSocket, terminalSocket, noTicket, unusedMs, onUnused } = options;
  const tickets = new Tickets(() => performance.now());
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FROM_PAGE_BYTES,
    perMessageDeflate: false,
  });
  const http = createServer((request, response) => void answer(request, response));
  // Asked once for each connection. Cookies ignore ports: a page of another user's server on 127.0.0.1 can see ours.
  const owners = new WeakMap<Socket, Promise<boolean>>();
  const isKnown = (socket: Socket): Promise<boolean> => {
    const known = owners.get(socket) ?? isOwnUsers(socket.remotePort, port);
    owners.set(socket, known);
    return known;
  };
  let port = 0;
  let unused: NodeJS.Timeout | undefined;

  const used = () => {
    clearTimeout(unused);
    unused = setTimeout(() => {
      if (sockets.clients.size > 0 || tickets.waiting) used();
      else onUnused();
    }, unusedMs);
  };

  const end = (
    response: ServerResponse,
    status: number,
    headers: Record<string, string>,
    body: string | Buffer,
  ) => {
    response.writeHead(status, {
      ...securityHeaders(port),
      ...headers,
      'content-length': Buffer.byteLength(body),
    });
    response.end(response.req.method === 'HEAD' ? undefined : body);
  };
  const text = { 'content-type': 'text/plain; charset=utf-8' };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOurs(request.headers, port, false) || !(await isKnown(request.socket)))
      return end(response, 403, text, 'Forbidden');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return end(response, 405, { ...text, allow: 'GET, HEAD' }, 'Method Not Allowed');
    }
    const url = requestUrl(request);
    if (url.pathname === pageRoutes.enter && request.method === 'GET') {
      const visitor = tickets.redeem(url.searchParams.get('ticket') ?? '');
      if (!visitor) return end(response, 403, text, noTicket);
      used();
      const cookie = `${cookieName(port)}=${visitor}; HttpOnly; SameSite=Strict; Path=/`;
      return end(response, 303, { location: '/', 'set-cookie': cookie }, '');
    }
    if (!tickets.isVisitor(visitorCookie(request.headers, port))) return end(response, 403, text, noTicket);
    const file = await staticFile(rendererDir, url.pathname);
    if (!file) return end(response, 404, text, 'Not Found');
    end(response, 200, { 'content-type': file.type }, file.body);
  }

  const channels: Readonly<Record<string, (page: WebSocket) => void>> = {
    [pageRoutes.rpc]: (page) => relayRpc(page, agentSocket),
    [pageRoutes.pty]: (page) => relayPty(page, terminalSocket),
  };

  http.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const open = channels[requestUrl(request).pathname];
    const admitted =
      isOurs(request.headers, port, true) &&
      tickets.isVisitor(visitorCookie(request.headers, port)) &&
      (await isKnown(request.socket));
    if (!open || !admitted) {
      const status = admitted ? '404 Not Found' : '403 Forbidden';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      used();
      page.on('close', used);
      open(page);
    });
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(0, '127.0.0.1', resolve);
  });
  port = (http.address() as AddressInfo).port;
  used();

  return {
    port,
    url: () => {
      used();
      return `http://127.0.0.1:${port}${pageRoutes.enter}?ticket=${tickets.issue()}`;
    },
    close: async () => {
      clearTimeout(unused);
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      for (const page of sockets.clients) page.terminate();
      http.closeAllConnections();
      await closed;
      clearTimeout(unused);
    },
  };
}
