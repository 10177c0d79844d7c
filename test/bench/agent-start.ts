import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentPlaces } from '../../src/client/agent-places.ts';
import { agentCommand, stopAgent } from '../../src/client/find-or-start-agent.ts';
import { routes } from '../../src/contract/routes.ts';
import { type Installation, outDir } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { median, ms, type Row, ratio } from './statistics.ts';

/** Whether an agent answers on its socket. */
async function answers(path: string): Promise<boolean> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    socket.write(`GET ${routes.hello} HTTP/1.0\r\nHost: agent\r\n\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString().includes(' 200 ');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** From the start of the agent's process to its first answer, ms. */
export async function coldStart(env: Record<string, string>): Promise<number> {
  await stopAgent({ env, outDir, sessions: 'end' });
  const { file, args, env: own } = agentCommand({ env, outDir });
  const { path } = agentPlaces(env).agent;
  const from = performance.now();
  const child = spawn(file, args, { env: own, detached: true, stdio: 'ignore' });
  child.unref();
  while (!(await answers(path))) {
    if (performance.now() - from > 30_000) throw new Error('the agent did not answer within 30 s');
    await sleep(2);
  }
  return performance.now() - from;
}

/** The agent's cold start against `node -e 0`, in turn. Leaves an agent running. */
export async function benchAgentStart(installation: Installation, rounds: number): Promise<Row[]> {
  const agent: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const from = performance.now();
    spawnSync(pinnedNode, ['-e', '0'], { env: installation.env });
    const node = performance.now() - from;
    const own = await coldStart(installation.env);
    // The first of each fills the system's caches.
    if (round === 0) continue;
    floor.push(node);
    agent.push(own);
  }
  return [
    {
      what: 'agent: cold start to its first answer (median)',
      figure: ms(median(agent)),
      against: `node -e 0: ${ms(median(floor))}, ratio ${ratio(median(agent), median(floor))}`,
    },
  ];
}
