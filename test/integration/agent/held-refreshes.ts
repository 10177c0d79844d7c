import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of an OIDC service and keeps refreshes back, until they are let go together. */
export class HeldRefreshes implements AsyncDisposable {
  readonly #service: URL;
  readonly #server = createServer((request, response) => void this.#pass(request, response));
  /** By whom (its user agent) and how to go on. */
  readonly #held = new Map<() => void, string>();
  #holding = true;

  private constructor(service: string) {
    this.#service = new URL(service);
  }

  static async before(service: string): Promise<HeldRefreshes> {
    const own = new HeldRefreshes(service);
    own.#server.listen(0, '127.0.0.1');
    await once(own.#server, 'listening');
    return own;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** User agents of those that wait now: who has given up does not. */
  get waiting(): string[] {
    return [...this.#held.values()];
  }

  letGo(): void {
    this.#holding = false;
    for (const go of this.#held.keys()) go();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    if (this.#holding && request.url === '/token') {
      await new Promise<void>((go) => {
        this.#held.set(go, request.headers['user-agent'] ?? '');
        response.once('close', () => this.#held.delete(go));
      });
    }
    const { hostname, port, host } = this.#service;
    const { method, url: path } = request;
    const passed = ask({ hostname, port, method, path, headers: { ...request.headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy()).end(body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
