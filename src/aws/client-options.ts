import { type Env, endpointOf, type Service } from './endpoints.ts';
import { toFault } from './faults.ts';
import { type AwsNetwork, plainNetwork } from './network.ts';
import { exchange, TransportError } from './transport.ts';

/** ms until the whole answer must be there. */
const wholeTimeoutMs = 10_000;

/** What is called, where, and over which network; without one, the environment alone says how. */
export interface AwsPlace {
  service: Service;
  region: string;
  env: Env;
  network?: AwsNetwork | undefined;
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** An SDK request's query as it is signed and sent. */
function queryOf(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((v) =>
      v === null || v === undefined ? encode(name) : `${encode(name)}=${encode(String(v))}`,
    ),
  );
  return pairs.length === 0 ? '' : `?${pairs.sort().join('&')}`;
}

/** An SDK request as far as it is used here. */
interface SdkRequest {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Readonly<Record<string, unknown>>;
  method: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** Carries an SDK client's requests by our own transport. */
function requestHandler(network: AwsNetwork) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    destroy() {},
    // An SDK client may set these; ours are in the transport.
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's own signature is generic over any request and response
    async handle(sdkRequest: any, options: any = {}): Promise<any> {
      const r = sdkRequest as SdkRequest;
      const port = r.port === undefined ? '' : `:${r.port}`;
      const url = new URL(`${r.protocol}//${r.hostname}${port}${r.path}${queryOf(r.query ?? {})}`);
      // Node names the host, the proxy's included.
      const { host: _host, ...headers } = r.headers;
      const body = typeof r.body === 'string' || r.body instanceof Uint8Array ? r.body : undefined;
      const response = await exchange({ method: r.method, url, headers, body }, network, options.abortSignal);
      const flat: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
      }
      const { statusCode, statusMessage: reason } = response;
      return { response: { statusCode, reason, headers: flat, body: response } };
    },
  };
}

/** Options by which an SDK v3 client neither retries by itself nor reads anything of the process or of ~/.aws. */
export function clientOptions(service: Service, region: string, env: Env, network?: AwsNetwork) {
  const over = network ?? plainNetwork(env);
  return {
    region,
    // Asked at each request: the configuration may have changed since the client was made.
    endpoint: async () => {
      const { protocol, hostname, port, pathname } = new URL(endpointOf(service, region, over.env()));
      return { protocol, hostname, path: pathname, ...(port === '' ? {} : { port: Number(port) }) };
    },
    maxAttempts: 1,
    retryMode: 'standard' as const,
    defaultsMode: 'standard' as const,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    userAgentAppId: async () => 'bedrock-tray',
    /** What is signed is signed by AWS's clock. */
    systemClockOffset: over.skewMs(),
    requestHandler: requestHandler(over),
  };
}

/**
 * Makes one call: the client is made (and the SDK loaded) at the first, the whole is bounded in time, and whatever
 * goes wrong comes out as a fault. `secrets`: strings of the request that must not turn up in a fault. `limits`: another
 * time, and whoever gives up earlier.
 */
export async function callAws<T>(
  where: AwsPlace,
  secrets: readonly string[],
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  limits: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<T> {
  const { service, region, env, network } = where;
  const timeout = AbortSignal.timeout(limits.timeoutMs ?? wholeTimeoutMs);
  const abortSignal = limits.signal ? AbortSignal.any([timeout, limits.signal]) : timeout;
  try {
    try {
      return await send({ abortSignal });
    } catch (e) {
      // Refused for its time alone; the client has learned AWS's clock from that answer.
      if (!(e as { $metadata?: { clockSkewCorrected?: boolean } }).$metadata?.clockSkewCorrected) throw e;
      return await send({ abortSignal });
    }
  } catch (e) {
    const endpoint = endpointOf(service, region, network?.env() ?? env);
    const fault = toFault(e, { service, endpoint, secrets });
    if (network && fault.name === 'NotAws' && !(e instanceof TransportError)) {
      // Its headers looked well.
      const now = network.now();
      const { origin } = new URL(endpoint);
      network.observe({
        result: 'not-aws',
        origin,
        name: 'NotAws',
        sentAt: now,
        receivedAt: now,
        serverDate: null,
      });
    }
    throw fault;
  }
}

/** Remembers the promise of the first call; forgets a failed one so that the next call tries again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((e) => {
      made = undefined;
      throw e;
    });
    return made;
  };
}
