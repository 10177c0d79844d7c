import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { ms, quantile, type Row, ratio } from './statistics.ts';

/** One GET; answers its time in ms. */
export function timedGet(url: string, headers: Record<string, string>, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    get(url, { agent, headers, timeout: 5000 }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () =>
        response.statusCode === 200 && bytes > 0
          ? resolve(performance.now() - from)
          : reject(new Error(`status ${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}

/** GETs on a kept connection, at a person's pace, until told to stop: what vending takes while the machine is busy. */
export async function vendingUntil(agent: AgentConnection, stop: AbortSignal): Promise<number[]> {
  const endpoint = await agent.call('endpoint.open', { profile: 'sandbox' });
  const sockets = new Agent({ keepAlive: true, maxSockets: 1 });
  const taken: number[] = [];
  try {
    while (!stop.aborted) {
      taken.push(await timedGet(endpoint.url, { authorization: endpoint.token }, sockets));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return taken;
  } finally {
    sockets.destroy();
  }
}

/** The container endpoint against a bare node:http server in a process of its own, one GET after the other, in turn. */
export async function benchVending(agent: AgentConnection, requests: number): Promise<Row[]> {
  const endpoint = await agent.call('endpoint.open', { profile: 'sandbox' });
  const floor = fork(new URL('./bare-server.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [port] = (await once(floor, 'message')) as [number];
    const rows: Row[] = [];
    for (const keepAlive of [true, false]) {
      const sockets = new Agent({ keepAlive, maxSockets: 1 });
      const ours = () => timedGet(endpoint.url, { authorization: endpoint.token }, sockets);
      const bare = () => timedGet(`http://127.0.0.1:${port}/`, { authorization: endpoint.token }, sockets);
      for (let i = 0; i < 500; i++) {
        await ours();
        await bare();
      }
      const taken = { ours: [] as number[], bare: [] as number[] };
      for (let i = 0; i < requests; i++) {
        taken.ours.push(await ours());
        taken.bare.push(await bare());
      }
      sockets.destroy();
      for (const q of [0.5, 0.99]) {
        const a = quantile(taken.ours, q);
        const b = quantile(taken.bare, q);
        rows.push({
          what: `vending GET p${q * 100}, ${keepAlive ? 'kept connection' : 'new connection'}`,
          figure: ms(a),
          against: `bare node:http: ${ms(b)}, ratio ${ratio(a, b)}`,
          goal: 'ratio < 2',
          met: a / b < 2,
        });
      }
    }
    return rows;
  } finally {
    floor.kill();
  }
}
