import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * botocore waits two seconds for an answer, three times, and the JS SDK warns: what takes longer is said to be under way, and
 * is there when they ask again.
 */
const PATIENCE_MS = 1_750;

/** What a consumer is answered: the status and a JSON document. */
export interface ContainerAnswer {
  status: number;
  body: string;
}

interface Consumer {
  profile: string;
  /** SHA-256 of the token: of one length, so that it can be compared in constant time. */
  tokenHash: Buffer;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const refusal = (Code: string, Message: string) => JSON.stringify({ Code, Message });

export interface ContainerEndpointParts {
  /** Credentials of a profile, or why there are none; concurrent callers share what is fetched. */
  answer(profile: string): Promise<ContainerAnswer>;
  /** Cryptographically strong random bytes. */
  random(bytes: number): Uint8Array;
  /** What a person is told by their SDK. */
  words(refusal: 'revoked' | 'notYet'): string;
}

/**
 * The container credentials endpoint (AWS_CONTAINER_CREDENTIALS_FULL_URI): one listener on 127.0.0.1 and a random
 * port, there only while somebody uses it; a path and a bearer token for each consumer.
 */
export class ContainerEndpoint {
  readonly #parts: ContainerEndpointParts;
  readonly #consumers = new Map<string, Consumer>();
  #listening: Promise<{ server: Server; port: number }> | null = null;

  constructor(parts: ContainerEndpointParts) {
    this.#parts = parts;
  }

  /** Opens the endpoint for one consumer. `close` revokes its token and, after the last, closes the listener. */
  async open(profile: string): Promise<{ url: string; token: string; close: () => void }> {
    const path = `/v1/${Buffer.from(this.#parts.random(9)).toString('base64url')}`;
    const token = Buffer.from(this.#parts.random(32)).toString('base64url');
    this.#consumers.set(path, { profile, tokenHash: sha256(token) });
    try {
      this.#listening ??= this.#listen();
      const { port } = await this.#listening;
      return { url: `http://127.0.0.1:${port}${path}`, token, close: () => this.#close(path) };
    } catch (e) {
      this.#close(path);
      throw e;
    }
  }

  async stop(): Promise<void> {
    this.#consumers.clear();
    await this.#release();
  }

  #close(path: string): void {
    if (this.#consumers.delete(path) && this.#consumers.size === 0) void this.#release();
  }

  async #release(): Promise<void> {
    const listening = this.#listening;
    this.#listening = null;
    const held = await listening?.catch(() => null);
    if (!held) return;
    const closed = new Promise<void>((done) => held.server.close(() => done()));
    held.server.closeAllConnections();
    await closed;
  }

  #listen(): Promise<{ server: Server; port: number }> {
    const listening = new Promise<{ server: Server; port: number }>((resolve, reject) => {
      const server = createServer(
        { keepAliveTimeout: 5_000, headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 8_192 },
        (request, response) => this.#handle(request, response, (server.address() as AddressInfo)?.port),
      );
      server.maxConnections = 1024;
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
        server.off('error', reject);
        server.on('error', () => undefined);
        // An idle listener must not keep the agent from ending itself.
        server.unref();
        resolve({ server, port: (server.address() as AddressInfo).port });
      });
    });
    listening.catch(() => {
      if (this.#listening === listening) this.#listening = null;
    });
    return listening;
  }

  #handle(request: IncomingMessage, response: ServerResponse, port: number): void {
    const consumer = this.#check(request, port);
    if ('status' in consumer) {
      send(response, consumer.status, consumer.body);
      return;
    }
    const { answer, words } = this.#parts;
    let isAnswered = false;
    const say = (status: number, body: string) => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(timer);
      send(response, status, body);
    };
    const timer = setTimeout(() => say(503, refusal('NotYet', words('notYet'))), PATIENCE_MS);
    answer(consumer.profile).then(
      // Its connection may have ended in the meantime.
      ({ status, body }) =>
        this.#consumers.get(request.url ?? '') === consumer ? say(status, body) : say(401, this.#revoked()),
      () => say(500, refusal('InternalError', 'Internal error.')),
    );
  }

  #revoked(): string {
    return refusal('InvalidToken', this.#parts.words('revoked'));
  }

  /**
   * The consumer that this request comes from, or its refusal. No query, no other method, no other
   * name for this host, always a header of its own: nothing that a page in a browser could send.
   */
  #check(request: IncomingMessage, port: number): Consumer | ContainerAnswer {
    const { host, authorization } = request.headers;
    if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
      return { status: 403, body: refusal('Forbidden', 'Unknown host.') };
    }
    if (request.method !== 'GET') {
      return { status: 405, body: refusal('MethodNotAllowed', 'Only GET.') };
    }
    const consumer = this.#consumers.get(request.url ?? '');
    const given = sha256(authorization ?? '');
    // An unknown path takes the same comparison and has the same answer as a wrong token.
    const isRight = timingSafeEqual(given, consumer?.tokenHash ?? sha256(''));
    return isRight && consumer ? consumer : { status: 401, body: this.#revoked() };
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
