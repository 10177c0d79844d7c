import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { ms, quantile, type Row, ratio } from './statistics.ts';
import { timedGet } from './vending.ts';

/** Consumers that each have a token and a connection of their own and ask all at the same moment, again and again. */
export async function benchConsumers(
  agent: AgentConnection,
  consumers: number,
  rounds: number,
): Promise<Row[]> {
  const floor = fork(new URL('./bare-server.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const sockets: Agent[] = [];
  try {
    const [port] = (await once(floor, 'message')) as [number];
    const opened = await Promise.all(
      Array.from({ length: consumers }, () => agent.call('endpoint.open', { profile: 'sandbox' })),
    );
    if (new Set(opened.map(({ token }) => token)).size !== consumers) throw new Error('a token twice');
    const ways = { ours: [] as (() => Promise<number>)[], bare: [] as (() => Promise<number>)[] };
    for (const { url, token } of opened) {
      const own = new Agent({ keepAlive: true, maxSockets: 1 });
      const bare = new Agent({ keepAlive: true, maxSockets: 1 });
      sockets.push(own, bare);
      ways.ours.push(() => timedGet(url, { authorization: token }, own));
      ways.bare.push(() => timedGet(`http://127.0.0.1:${port}/`, { authorization: token }, bare));
    }
    const taken = { ours: [] as number[], bare: [] as number[] };
    for (let round = -3; round < rounds; round++) {
      for (const way of ['ours', 'bare'] as const) {
        const times = await Promise.all(ways[way].map((get) => get()));
        if (round >= 0) taken[way].push(...times);
      }
    }
    return [0.5, 0.99].map((q) => {
      const a = quantile(taken.ours, q);
      const b = quantile(taken.bare, q);
      return {
        what: `${consumers} consumers at once, GET p${q * 100}`,
        figure: ms(a),
        against: `bare node:http: ${ms(b)}, ratio ${ratio(a, b)}`,
        goal: 'ratio < 2',
        met: a / b < 2,
      };
    });
  } finally {
    for (const each of sockets) each.destroy();
    floor.kill();
  }
}
