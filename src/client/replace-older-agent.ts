import { BedrockTrayError } from '../contract/errors.ts';
import { PRODUCT_VERSION } from '../contract/version.ts';
import { agentHello, type ConnectOptions, stopAgent } from './find-or-start-agent.ts';

/** Whether version `a` comes before `b` (semantic versions; build metadata does not count). */
export function isOlder(a: string, b: string): boolean {
  const parts = (version: string) => {
    const [core = '', pre] = version.split('+')[0]?.split(/-(.*)/s) ?? [];
    return { core: core.split('.').map(Number), pre: pre === undefined ? null : pre.split('.') };
  };
  const [left, right] = [parts(a), parts(b)];
  for (const at of [0, 1, 2]) {
    const order = (left.core[at] ?? 0) - (right.core[at] ?? 0);
    if (order !== 0) return order < 0;
  }
  if (left.pre === null || right.pre === null) return left.pre !== null && right.pre === null;
  for (let at = 0; at < Math.max(left.pre.length, right.pre.length); at++) {
    const [x, y] = [left.pre[at], right.pre[at]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined;
    const [n, m] = [Number(x), Number(y)];
    if (Number.isNaN(n) !== Number.isNaN(m)) return !Number.isNaN(n);
    return Number.isNaN(n) ? x < y : n < m;
  }
  return false;
}

/**
 * Ends an agent of an older version in good order, so that the next one to be started is ours: sessions stay with the
 * pty-host, which goes on, and the new agent adopts them. A newer agent is left alone. True when one was ended.
 * Errors: AgentUnavailable (it does not end), SocketInUse.
 */
export async function replaceOlderAgent(
  options: Pick<ConnectOptions, 'env' | 'outDir'>,
  version = PRODUCT_VERSION,
): Promise<boolean> {
  const hello = await agentHello(options.env);
  if (hello === undefined || !isOlder(hello.version, version)) return false;
  try {
    return await stopAgent({ ...options, sessions: 'keep' });
  } catch (error) {
    // It ended while it was asked.
    if (error instanceof BedrockTrayError && (await agentHello(options.env)) === undefined) return true;
    throw error;
  }
}
