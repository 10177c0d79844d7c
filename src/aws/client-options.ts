import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type Env, endpointOf, type Service } from './endpoints.ts';
import { toFault } from './faults.ts';

/** ms until a connection must stand, and until the whole answer must be there. */
const connectTimeoutMs = 3_000;
const wholeTimeoutMs = 10_000;

function isLoopback(endpoint: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
}

/**
 * Agents that honour AWS_CA_BUNDLE (as the AWS CLI: instead of the usual roots) and HTTPS_PROXY / NO_PROXY (Node's
 * own proxy support). A loopback address is never asked for through a proxy.
 */
function agents(endpoint: string, env: Env): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const proxyEnv = isLoopback(endpoint) ? {} : { proxyEnv: env as Record<string, string> };
  // Few calls, far apart: a kept socket would often be dead by the next one.
  const common = { keepAlive: false, maxSockets: 8, ...proxyEnv };
  const ca = env.AWS_CA_BUNDLE ? { ca: readFileSync(env.AWS_CA_BUNDLE) } : {};
  return { httpAgent: new HttpAgent(common), httpsAgent: new HttpsAgent({ ...common, ...ca }) };
}

/** Options by which an SDK v3 client neither retries by itself nor reads anything of the process or of ~/.aws. */
export function clientOptions(service: Service, region: string, env: Env) {
  const endpoint = endpointOf(service, region, env);
  return {
    region,
    endpoint,
    maxAttempts: 1,
    retryMode: 'standard' as const,
    defaultsMode: 'standard' as const,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    userAgentAppId: async () => 'bedrock-tray',
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: wholeTimeoutMs,
      ...agents(endpoint, env),
    },
  };
}

/**
 * Makes one call: the client is made (and the SDK loaded) at the first, the whole is bounded in time, and whatever
 * goes wrong comes out as a fault. `secrets`: strings of the request that must not turn up in a fault.
 */
export async function callAws<T>(
  where: { service: Service; region: string; env: Env },
  secrets: readonly string[],
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ abortSignal: AbortSignal.timeout(wholeTimeoutMs) });
  } catch (e) {
    const { service, region, env } = where;
    throw toFault(e, { service, endpoint: endpointOf(service, region, env), secrets });
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
