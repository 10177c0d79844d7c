import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { AwsNetwork, CallOutcome } from './network.ts';
import { proxiesFor } from './proxy.ts';
import { isUnknownAuthority, isUntrusted, trustOfBundle, trustOfSystem, trustSoFar } from './trust.ts';

/** ms until a connection must stand. */
const connectTimeoutMs = 5_000;
/** An answer that took longer tells nothing of the clock: nobody knows when its Date was written. */
const clockRoundTripMs = 5_000;

/**
 * No answer of AWS. `code`: the system's (`ENOTFOUND`), `TimeoutError`, `NotAws`, `CertificateUntrusted`,
 * `CaBundleUnreadable`, `ProxyUnsupported`, `ProxyAuthenticationRequired`, `ProxyRefused`; with `PROXY_` before a
 * system's code where a proxy was to be reached. Its message is empty: Node's may quote the proxy's password.
 */
export class TransportError extends Error {
  readonly code: string;
  /** What the system said in its own code, where `code` is a class of such. */
  readonly reason: string;
  /** No connection came about: nothing of the request was sent. */
  unsent = false;
  constructor(code: string, reason = '') {
    super('');
    this.name = 'TransportError';
    this.code = code;
    this.reason = reason;
  }
}

export interface TransportRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
}

/**
 * Whether AWS itself wrote this answer, as far as status and headers tell: every service of it sends x-amz headers.
 * Without one (a gateway of one's own in between) it must at least look like a service's.
 */
function isAws(response: IncomingMessage): boolean {
  const { statusCode = 0, headers } = response;
  if (Object.keys(headers).some((name) => /^x-amzn?-/.test(name))) return true;
  // A load balancer in front of a service that is down speaks HTML: 5xx is no portal, but for the one made for it.
  if (statusCode >= 500) return statusCode !== 511;
  // What takes credentials away must be AWS's word, not that of a proxy's policy.
  if (statusCode >= 300 && statusCode < 400) return false;
  if ([401, 403, 404].includes(statusCode)) return false;
  const type = headers['content-type'] ?? '';
  return /\b(json|xml)\b/i.test(type) || (type === '' && statusCode < 300);
}

interface Route {
  /** Its place among the ways that the system names. */
  at: number;
  proxy: string | null;
  trust: SecureContext | undefined;
}

/**
 * Which of the system's several ways is tried first: the one that worked last, until its rules change. One for the
 * process, as the system's settings are.
 */
let start = { rules: '', at: 0 };

/** How a URL is reached at present: in this order, the next where one cannot be reached. Errors: TransportError. */
function routesTo(url: URL, network: AwsNetwork): Route[] {
  const env = network.env();
  const rules = network.proxyRules() ?? '';
  if (start.rules !== rules) start = { rules, at: 0 };
  const proxies = proxiesFor(url, env, rules === '' ? null : rules);
  const isSpoken = (proxy: string) => URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol);
  if (!proxies.every((proxy) => proxy === null || isSpoken(proxy)))
    throw new TransportError('ProxyUnsupported');
  let trust: SecureContext | undefined;
  if (url.protocol === 'https:') {
    try {
      trust = env.AWS_CA_BUNDLE ? trustOfBundle(env.AWS_CA_BUNDLE) : trustSoFar();
    } catch (e) {
      const { code } = e as NodeJS.ErrnoException;
      throw new TransportError('CaBundleUnreadable', typeof code === 'string' ? code : 'Error');
    }
  }
  const first = start.at % proxies.length;
  const routes = proxies.map((proxy, at) => ({ at, proxy, trust }));
  return [...routes.slice(first), ...routes.slice(0, first)];
}

/** Whether the next way is worth a try: this one leads nowhere. A refusal, or somebody in between, is an answer. */
function leadsNowhere({ unsent, code }: TransportError): boolean {
  return unsent && /^(PROXY_|TimeoutError$|(?!ERR_)E[A-Z_]+$)/.test(code);
}

/** One connection for one request: calls are few and far apart, a kept socket would often be dead by the next. */
function agentFor(url: URL, { proxy, trust }: Route): HttpAgent | HttpsAgent {
  const common = {
    keepAlive: false,
    ...(proxy === null ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' } }),
  };
  if (url.protocol === 'http:') return new HttpAgent(common);
  // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: who started us may have set it for something else.
  const strict = { ...common, rejectUnauthorized: true };
  return new HttpsAgent({ ...strict, ...(trust === undefined ? {} : { secureContext: trust }) });
}

/** Node's failure as ours: by its code only. */
function failureOf(error: unknown, viaProxy: boolean): TransportError {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const name = typeof code === 'string' ? code : 'Error';
  if (name === 'ERR_PROXY_TUNNEL' || name === 'ERR_PROXY_INVALID_CONFIG') {
    // It hung up before it said anything.
    if (name === 'ERR_PROXY_TUNNEL' && statusCode === undefined)
      return new TransportError('PROXY_ECONNRESET');
    return new TransportError(statusCode === 407 ? 'ProxyAuthenticationRequired' : 'ProxyRefused');
  }
  // Something speaks, but not TLS for that name, or not HTTP: a portal in between.
  if (name === 'ERR_TLS_CERT_ALTNAME_INVALID' || name === 'EPROTO' || /^(HPE_|ERR_SSL_)/.test(name)) {
    return new TransportError('NotAws', name);
  }
  if (isUntrusted(name)) return new TransportError('CertificateUntrusted', name);
  return new TransportError(viaProxy && !name.startsWith('ERR_') ? `PROXY_${name}` : name);
}

function send(
  { method, url, headers, body }: TransportRequest,
  route: Route,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const agent = agentFor(url, route);
    const options = { method, headers, agent };
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    let connected = false;
    const connects = () => {
      connected = true;
      clearTimeout(timer);
    };
    const fail = (e: TransportError) => {
      clearTimeout(timer);
      e.unsent = !connected;
      reject(e);
      request.destroy();
    };
    const timer = setTimeout(() => fail(new TransportError('TimeoutError')), connectTimeoutMs);
    const aborted = () => {
      // What the caller no longer wants is no failure of the network; its own time-out is.
      const timedOut = (signal?.reason as { name?: unknown } | undefined)?.name === 'TimeoutError';
      fail(new TransportError(timedOut ? 'TimeoutError' : 'AbortError'));
    };
    request.on('socket', (socket) => {
      const ready = url.protocol === 'https:' ? 'secureConnect' : 'connect';
      if (socket.connecting) socket.once(ready, connects);
      else connects();
    });
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    // More than one may come; only the first counts.
    request.on('error', (e) => {
      const code = (e as NodeJS.ErrnoException).code ?? '';
      const atProxy = route.proxy !== null && !isUntrusted(code) && request.socket?.connecting !== false;
      fail(failureOf(e, atProxy));
    });
    request.once('close', () => {
      signal?.removeEventListener('abort', aborted);
      agent.destroy();
    });
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    request.end(body);
  });
}

/** Sends by the first way that leads anywhere; the request itself is sent once. */
async function sendSomehow(request: TransportRequest, network: AwsNetwork, signal?: AbortSignal) {
  const routes = routesTo(request.url, network);
  for (const [n, route] of routes.entries()) {
    try {
      return await sendTrusting(request, route, signal);
    } catch (e) {
      if (routes.length === 1 || !(e instanceof TransportError) || !leadsNowhere(e)) throw e;
      // Also where the caller's time is up: the next call begins with the next way.
      start.at = route.at + 1;
      if (signal?.aborted || n === routes.length - 1) throw e;
    }
  }
  throw new TransportError('ProxyUnsupported');
}

/** Sends, and once more with the computer's own authorities where Node's know nothing of the certificate's. */
async function sendTrusting(request: TransportRequest, route: Route, signal?: AbortSignal) {
  try {
    return await send(request, route, signal);
  } catch (e) {
    const unknown = e instanceof TransportError && isUnknownAuthority(e.reason);
    if (!unknown || route.trust !== undefined) throw e;
    return await send(request, { ...route, trust: trustOfSystem() }, signal);
  }
}

/** AWS's clock in an answer, if it can be relied on. */
function dateOf(response: IncomingMessage, roundTripMs: number): number | null {
  const at = Date.parse(response.headers.date ?? '');
  // With an Age it comes out of somebody's cache.
  const usable = !Number.isNaN(at) && response.headers.age === undefined && roundTripMs <= clockRoundTripMs;
  // The header names whole seconds: the middle of that second is the best guess.
  return usable ? at + 500 : null;
}

function resultOf(code: string): CallOutcome['result'] {
  return code === 'NotAws' || code === 'CertificateUntrusted' ? 'not-aws' : 'failed';
}

/** Ours to mend, or the caller's own wish: says nothing of the network. */
const notTheNetwork = new Set(['AbortError', 'CaBundleUnreadable', 'ProxyUnsupported']);

/**
 * One exchange, through the proxy and with the authorities that hold at this moment; tells the network how it went.
 * Errors: TransportError, also for an answer that is not AWS's.
 */
export async function exchange(
  request: TransportRequest,
  network: AwsNetwork,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const sentAt = network.now();
  const tell = (result: CallOutcome['result'], name: string, serverDate: number | null) => {
    const receivedAt = network.now();
    network.observe({ result, origin: request.url.origin, name, sentAt, receivedAt, serverDate });
  };
  let response: IncomingMessage | undefined;
  try {
    response = await sendSomehow(request, network, signal);
    if (response.statusCode === 407) throw new TransportError('ProxyAuthenticationRequired');
    if (!isAws(response)) throw new TransportError('NotAws', String(response.statusCode));
  } catch (e) {
    // Nobody reads it.
    response?.destroy();
    const { code } = e as TransportError;
    // Directly, where a proxy is the way: the next call tries them all anew.
    if (resultOf(code) === 'not-aws') start.at = 0;
    if (!notTheNetwork.has(code)) tell(resultOf(code), code, null);
    throw e;
  }
  const roundTrip = network.now() - sentAt;
  tell('answered', '', dateOf(response, roundTrip));
  return response;
}

/** Asks whether an endpoint is there, without asking anything of it; the network is told as of every exchange. */
export async function knock(origin: string, network: AwsNetwork, signal?: AbortSignal): Promise<void> {
  try {
    const response = await exchange({ method: 'HEAD', url: new URL(origin), headers: {} }, network, signal);
    response.destroy();
  } catch {
    // The network has been told.
  }
}

/** A page as it was sent; `location`: where it redirects to. */
export interface Page {
  status: number;
  location: string | null;
  text: string;
}

/** What an access portal's page says stands near its beginning. */
const pageCharacters = 512 * 1024;

/**
 * Reads a page that is no service's (an access portal's), without following redirects. The network is not told: it
 * says nothing of the services. Errors: TransportError.
 */
export async function fetchPage(url: URL, network: AwsNetwork, signal: AbortSignal): Promise<Page> {
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'bedrock-tray' };
  const response = await sendSomehow({ method: 'GET', url, headers }, network, signal);
  const { statusCode: status = 0 } = response;
  try {
    if (status === 407) throw new TransportError('ProxyAuthenticationRequired');
    const location = status >= 300 && status < 400 ? (response.headers.location ?? null) : null;
    let text = '';
    if (location === null) {
      response.setEncoding('utf8');
      for await (const part of response) {
        text += part;
        if (text.length >= pageCharacters) break;
      }
    }
    return { status, location, text };
  } catch (e) {
    throw e instanceof TransportError ? e : failureOf(e, false);
  } finally {
    response.destroy();
  }
}
