import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../agent-process/agents.ts';
import { type Product, productWithStandIn } from './stand-in.ts';

/** Sessions opened and ended again and again leave nothing behind: no process, no zombie, no descriptor. */
const ROUNDS = process.env.CI ? 50 : 25;
/** Of a busy machine. */
const PATIENCE_MS = 30_000;

let product: Product;
beforeAll(async () => {
  product = await productWithStandIn();
});
afterAll(() => product?.own.stop());

interface Entry {
  pid: number;
  ppid: number;
  state: string;
}
function processes(): Entry[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const line = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state = '', ppid] = line.slice(line.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), ppid: Number(ppid), state }];
    } catch {
      return [];
    }
  });
}
const descriptors = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;
/** What descends from a process now. */
function below(root: number): Entry[] {
  const all = processes();
  const found: Entry[] = [];
  const from = [root];
  for (let pid = from.pop(); pid !== undefined; pid = from.pop()) {
    for (const entry of all.filter((e) => e.ppid === pid)) {
      found.push(entry);
      from.push(entry.pid);
    }
  }
  return found;
}

it(
  `${ROUNDS} sessions, ten of them at once, are opened and ended without a trace`,
  async () => {
    const { agent, own, folders } = product;
    const { pid } = await agent.call('agent.info', {});
    const open = (cwd: string, deaf: boolean) => {
      const env = { ...own.env, ...(deaf && { DEAF: '1' }) };
      return agent.call('sessions.openWith', { profile: 'sandbox', cwd, args: [], env });
    };
    const running = async () =>
      (await agent.call('sessions.list', {})).sessions.filter((s) => s.state === 'running');
    /** Answers the pty-host's process. */
    const round = async (count: number, deaf = false): Promise<number> => {
      await Promise.all(Array.from({ length: count }, (_, n) => open(folders[n % 3] as string, deaf)));
      const opened = await running();
      expect(opened).toHaveLength(count);
      const trees = opened.map((s) => s.pid as number);
      const host = processes().find((e) => e.pid === trees[0])?.ppid as number;
      // Each has its children before it is ended.
      await until(() => trees.every((tree) => below(tree).length >= (deaf ? 2 : 1)), PATIENCE_MS);
      const all = trees.flatMap((tree) => [tree, ...below(tree).map((e) => e.pid)]);
      await Promise.all(opened.map(({ id }) => agent.call('sessions.kill', { id })));
      await until(async () => (await running()).length === 0, PATIENCE_MS);
      // Orphans that ended are whoever's took them in to wait for; ours are looked at in the end.
      const left = () => {
        const there = new Set(processes().flatMap((e) => (e.state === 'Z' ? [] : [e.pid])));
        return all.filter((p) => there.has(p));
      };
      await expect.poll(left, { timeout: 5_000 }).toEqual([]);
      return host;
    };
    // What is kept of sessions that ended, and what is loaded at the first one, is there before we count.
    const host = await round(10, true);
    const base = { agent: descriptors(pid), host: descriptors(host) };
    let done = 10;
    while (done < ROUNDS) {
      const count = Math.min(done % 4 === 2 ? 5 : 1, ROUNDS - done);
      await round(count);
      done += count;
    }
    await until(() => descriptors(pid) <= base.agent && descriptors(host) <= base.host, PATIENCE_MS);
    // One that has just ended is a zombie until it is waited for.
    await expect.poll(() => below(host)).toEqual([]);
    await expect.poll(() => below(pid).filter((e) => e.state === 'Z')).toEqual([]);
  },
  process.env.CI ? 240_000 : 120_000,
);
