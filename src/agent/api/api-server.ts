import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import {
  BedrockTrayError,
  ENDED_ON_PURPOSE,
  type ErrorView,
  exitCodeOf,
  PRODUCT_VERSION,
  PROTOCOL_VERSION,
  Role,
  type RouteError,
  routes,
} from '../../contract/index.ts';
import type { Attendance } from '../attendance.ts';
import type { HookRelay } from '../handout/hook-relay.ts';
import type { HandOut, Log } from '../ports.ts';
import { Connection } from './connection.ts';
import { crossing } from './dispatch.ts';
import type { ServeRpc } from './orpc-adapter.ts';
import { clearSocketPath } from './socket-server.ts';

/** Enough for a caller's environment and arguments; a longer message is a broken peer. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface ApiServerOptions {
  socket: string;
  serveRpc: ServeRpc;
  handOut: Pick<HandOut, 'handleCredentials'>;
  /** Takes what Claude Code's hooks are told; a test's server has no such route. */
  hooks?: Pick<HookRelay, 'handle'>;
  attendance: Attendance;
  log: Log;
  /** The sentence for an error, in the person's language. */
  describe(view: ErrorView): string;
}

/** The agent's socket: plain HTTP routes and the contract's WebSocket. */
export class ApiServer {
  readonly #options: ApiServerOptions;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#http = createServer(
      {
        // Only this user can connect; without these Node wakes up every 30 s to look for slow requests.
        connectionsCheckingInterval: 2 ** 31 - 1,
        requestTimeout: 0,
        headersTimeout: 0,
        noDelay: true,
      },
      (request, response) => void this.#request(request, response),
    );
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Errors: SocketInUse. Only for the holder of the agent's lock. */
  async listen(): Promise<void> {
    const { socket } = this.#options;
    await clearSocketPath(socket);
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (cause) =>
        reject(new BedrockTrayError('SocketInUse', { path: socket }, { cause })),
      );
      this.#http.listen(socket, resolve);
    });
    if (process.platform !== 'win32') await chmod(socket, 0o600);
  }

  /** Stops listening and ends all connections; what they opened is closed. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    for (const socket of this.#sockets.clients) socket.close(ENDED_ON_PURPOSE, 'the agent ends');
    const patience = setTimeout(() => {
      for (const socket of this.#sockets.clients) socket.terminate();
      this.#http.closeAllConnections();
    }, 500);
    this.#http.closeIdleConnections();
    await closed;
    clearTimeout(patience);
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = requestUrl(request);
    if (request.method === 'POST' && url?.pathname === routes.hook) return this.#hook(url, request, response);
    if (request.method !== 'GET') return answer(response, 405, {}, '');
    if (url?.pathname === routes.hello) {
      const hello = { version: PRODUCT_VERSION, protocol: PROTOCOL_VERSION, pid: process.pid };
      return answer(response, 200, { 'content-type': 'application/json' }, JSON.stringify(hello));
    }
    if (url?.pathname === routes.credentials) return this.#credentials(url, request, response);
    answer(response, 404, {}, '');
  }

  async #hook(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const given = await this.#options.hooks?.handle(url, request, gone.signal);
    if (gone.signal.aborted) return;
    if (given) answer(response, given.status, given.body ? jsonType : {}, given.body);
    else if (!this.#options.hooks) answer(response, 404, {}, '');
  }

  async #credentials(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const leave = this.#options.attendance.enter();
    try {
      const { status, headers, body } = await this.#options.handOut.handleCredentials(
        url,
        gone.signal,
        request.headers['accept-language'],
      );
      if (!gone.signal.aborted) answer(response, status, headers, body);
    } catch (error) {
      if (gone.signal.aborted) return;
      const view = crossing(error, routes.credentials, this.#options.log).view();
      const body: RouteError = {
        code: view.code,
        params: view.params,
        message: this.#options.describe(view),
        exitCode: exitCodeOf(view.code),
      };
      answer(response, 500, { 'content-type': 'application/json' }, JSON.stringify(body));
    } finally {
      leave();
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A peer that goes away in the middle is no fault of ours.
    socket.on('error', () => socket.destroy());
    const role = admit(requestUrl(request));
    if (typeof role !== 'string') {
      refuse(socket, role);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(role);
      connection.onClosed(this.#options.attendance.enter());
      webSocket.on('error', () => webSocket.terminate());
      this.#options.serveRpc(webSocket, connection);
      webSocket.once('close', () => connection.closed());
    });
  }
}

const jsonType = { 'content-type': 'application/json' };

function requestUrl(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '';
  return target.startsWith('/') && URL.canParse(target, 'http://agent')
    ? new URL(target, 'http://agent')
    : undefined;
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** The role in which an upgrade request may come in, or why it may not. */
function admit(url: URL | undefined): Role | { status: string; error: BedrockTrayError | null } {
  if (url?.pathname !== routes.rpc) return { status: '404 Not Found', error: null };
  const protocol = Number(url.searchParams.get('protocol') ?? Number.NaN);
  if (protocol !== PROTOCOL_VERSION) {
    const error = new BedrockTrayError('ProtocolMismatch', {
      agentVersion: PRODUCT_VERSION,
      agentProtocol: PROTOCOL_VERSION,
      clientProtocol: Number.isSafeInteger(protocol) ? protocol : 0,
    });
    return { status: '426 Upgrade Required', error };
  }
  const asked = url.searchParams.get('role') ?? '';
  const role = Role.safeParse(asked);
  if (role.success) return role.data;
  const named = asked.replace(/[^\w-]/g, '?').slice(0, 32);
  return {
    status: '403 Forbidden',
    error: new BedrockTrayError('Forbidden', { procedure: routes.rpc, role: named }),
  };
}

/** Answers an upgrade that is not accepted, with the error as JSON. */
function refuse(socket: Duplex, { status, error }: { status: string; error: BedrockTrayError | null }): void {
  const body = error ? JSON.stringify(error.view()) : '';
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
