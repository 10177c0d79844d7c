import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { generateTranscripts, promptLine } from '../support/transcripts.ts';
import { pss } from './idle.ts';
import { median, ms, quantile, type Row, ratio } from './statistics.ts';
import { echoBesideFlood } from './terminal.ts';
import { vendingUntil } from './vending.ts';

/** Bytes still to be indexed, as the agent tells shells. */
const pending = async (agent: AgentConnection) => (await agent.call('state.get', {})).history.pending;

/**
 * Generated transcripts in the home folder of the running agent: first index, search, one new line, memory, and what
 * credentials take meanwhile. `claudeFolder`: the agent's ~/.claude, which is made and removed.
 */
export async function* benchHistory(
  agent: AgentConnection,
  claudeFolder: string,
  stateFolder: string,
  megabytes: number,
): AsyncGenerator<Row> {
  try {
    const { pid } = await agent.call('agent.info', {});
    const quiet = new AbortController();
    const before = vendingUntil(agent, quiet.signal);
    await sleep(3_000);
    quiet.abort();
    const idle = await before;
    const memoryBefore = pss(pid);

    mkdirSync(claudeFolder, { recursive: true });
    const projects = join(claudeFolder, 'projects');
    const made = generateTranscripts(projects, {
      bytes: megabytes * 1_000_000,
      conversations: Math.ceil(megabytes * 0.6),
    });
    const files = made.conversations.map(({ path }) => path);
    const count = () => {
      const from = performance.now();
      for (let i = 0; i < files.length; i += 500)
        execFileSync('wc', ['-l', ...files.slice(i, i + 500)], { maxBuffer: 1e8, stdio: 'pipe' });
      return performance.now() - from;
    };
    const wc = median([count(), count(), count()]);

    const busy = new AbortController();
    const vending = vendingUntil(agent, busy.signal);
    const from = performance.now();
    let most = 0;
    await agent.call('history.list', { limit: 1 });
    do {
      await sleep(100);
      most = Math.max(most, pss(pid));
    } while ((await pending(agent)) > 0);
    const took = performance.now() - from;
    busy.abort();
    const meanwhile = await vending;
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    const rate = (time: number) => `${(made.bytes / 1e3 / time).toFixed(0)} MB/s`;
    yield {
      what: `history: first index of ${mb(made.bytes)}`,
      figure: `${(took / 1000).toFixed(1)} s, ${rate(took)}`,
      against: `wc -l: ${rate(wc)}, ratio ${ratio(wc, took)}`,
    };
    yield {
      what: 'history: size of the index',
      figure: mb(statSync(join(stateFolder, 'history.db')).size),
      against: `transcripts: ${mb(made.bytes)}`,
      goal: '< 20 %',
      met: statSync(join(stateFolder, 'history.db')).size < 0.2 * made.bytes,
    };
    yield {
      what: 'history: agent’s memory while it indexes (PSS)',
      figure: `at most ${most.toFixed(0)} MB`,
      against: `before: ${memoryBefore.toFixed(0)} MB`,
      goal: '+ < 250 MB',
      met: most - memoryBefore < 250,
    };
    yield {
      what: `vending GET p99 while ${mb(made.bytes)} of transcripts is indexed`,
      figure: `${ms(quantile(meanwhile, 0.99))} of ${meanwhile.length}`,
      against: `before: ${ms(quantile(idle, 0.99))} of ${idle.length}`,
      goal: 'p99 < 25 ms',
      met: quantile(meanwhile, 0.99) < 25,
    };

    const queries = [
      'lomu',
      'getUs',
      made.rare.chinese,
      made.rare.word,
      'ba ce',
      'trabace',
      '的',
      'src/ba',
      'nowhere',
    ];
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      for (const query of queries) {
        const asked = performance.now();
        await agent.call('history.list', { query, limit: 50 });
        times.push(performance.now() - asked);
      }
    }
    yield {
      what: 'history: search, 50 results with snippets',
      figure: `p50 ${ms(median(times))}, p95 ${ms(quantile(times, 0.95))}`,
      against: `${queries.length} questions, frequent and rare`,
      goal: 'p50 < 100 ms',
      met: median(times) < 100,
    };

    const updates: number[] = [];
    const newest = made.conversations[0];
    for (let i = 0; newest && i < 10; i++) {
      await sleep(600);
      const word = `fresh${i}line${Date.now()}`;
      appendFileSync(newest.path, promptLine(newest, word));
      const asked = performance.now();
      const { conversations } = await agent.call('history.list', { query: word, limit: 5 });
      if (conversations.length !== 1) throw new Error('a new line was not found at once');
      updates.push(performance.now() - asked);
    }
    yield {
      what: 'history: a question just after one new line',
      figure: `p50 ${ms(median(updates))}, most ${ms(Math.max(...updates))}`,
      against: `${made.conversations.length} conversations looked at`,
      goal: 'p50 < 100 ms',
      met: median(updates) < 100,
    };

    // All at once: half as much again is indexed, three sessions flood, a person types, credentials are asked for.
    generateTranscripts(projects, {
      bytes: megabytes * 500_000,
      conversations: Math.ceil(megabytes * 0.3),
      seed: 2,
    });
    const done = new AbortController();
    let gets: Promise<number[]> | undefined;
    await agent.call('history.list', { limit: 1 });
    const keys = await echoBesideFlood(megabytes < 1_000 ? 100 : 400, 3, async () => {
      gets = vendingUntil(agent, done.signal);
    });
    const left = await pending(agent);
    done.abort();
    const all = (await gets) ?? [];
    const still = left > 0 ? 'to the end' : 'not to the end: the index was faster';
    yield {
      what: 'keystroke echo p99, three floods and an index under way',
      figure: ms(keys.p99),
      against: `p50 ${ms(keys.p50)}, ${keys.keys} keys; indexed ${still}`,
      goal: 'p99 < 50 ms',
      met: keys.p99 < 50,
    };
    yield {
      what: 'vending GET p99 in the same moment',
      figure: ms(quantile(all, 0.99)),
      against: `p50 ${ms(quantile(all, 0.5))}, ${all.length} GETs`,
      goal: 'p99 < 50 ms',
      met: quantile(all, 0.99) < 50,
    };
  } finally {
    rmSync(claudeFolder, { recursive: true, force: true });
  }
}
