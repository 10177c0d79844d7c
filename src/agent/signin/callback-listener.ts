import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CallbackOutcome, callbackHeaders } from './callback-page.ts';

/** What the authorize page sends the browser back with. */
export type CallbackAnswer = { kind: 'code'; code: string } | { kind: 'error'; error: string };

export interface CallbackListener {
  /** `http://127.0.0.1:PORT/oauth/callback` */
  redirectUri: string;
  /** Accepts nothing more; a page that is being answered still arrives. */
  close(): void;
}

/** Connections that are still open this long after the end are cut. */
const LINGER_MS = 2_000;
/** An OAuth error code: shown to the person, so it has to be one. */
const errorCode = /^[A-Za-z0-9_.-]{1,64}$/;

const digest = (text: string) => createHash('sha256').update(text).digest();
/** Compares without telling by its time how much was right. */
const sameText = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

/**
 * Listens on 127.0.0.1 at a free port for the one redirect of one sign-in. Bound when this resolves, so before
 * anybody knows the URL: a warm browser session redirects at once. Only `GET /oauth/callback` under its own Host is
 * answered, an answer with another state is told so and ignored, the first right one ends it.
 * Rejects with the system's error when no port can be had.
 */
export async function listenForCallback(options: {
  state: string;
  /** Decides what became of the sign-in. Called once. */
  answer: (answer: CallbackAnswer) => Promise<CallbackOutcome>;
  page: (outcome: CallbackOutcome) => { status: number; html: string };
}): Promise<CallbackListener> {
  let host = '';
  let answered = false;

  const show = (response: ServerResponse, outcome: CallbackOutcome) => {
    const { status, html } = options.page(outcome);
    response.writeHead(status, callbackHeaders).end(html);
  };
  const refuse = (response: ServerResponse, status: number) =>
    response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Another name that leads to this address (DNS rebinding) has no business here.
    if (request.headers.host !== host) return void refuse(response, 421);
    const target = request.url ?? '/';
    const url = URL.canParse(target, `http://${host}`) ? new URL(target, `http://${host}`) : undefined;
    if (url?.pathname !== '/oauth/callback' || url.host !== host) return void refuse(response, 404);
    if (request.method !== 'GET') return void refuse(response, 405);
    const one = (name: string) => {
      const values = url.searchParams.getAll(name);
      return values.length === 1 ? values[0] : undefined;
    };
    const [state, code, error] = [one('state'), one('code'), one('error')];
    const right = state !== undefined && sameText(state, options.state);
    if (!right || answered || (code === undefined) === (error === undefined)) {
      return show(response, { kind: 'stray' });
    }
    answered = true;
    const answer: CallbackAnswer =
      code !== undefined
        ? { kind: 'code', code }
        : { kind: 'error', error: errorCode.test(error ?? '') ? (error as string) : 'unknown_error' };
    show(response, await options.answer(answer));
  };

  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) refuse(response, 500);
      else response.destroy();
    });
  });
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A connection that goes wrong is the browser's trouble.
  server.on('error', () => {});
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    redirectUri: `http://${host}/oauth/callback`,
    close() {
      if (!server.listening) return;
      server.close();
      setTimeout(() => server.closeAllConnections(), LINGER_MS).unref();
    },
  };
}
