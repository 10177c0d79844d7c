import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PriceList } from '../../src/agent/prices/price-list.ts';
import { UsageBook } from '../../src/agent/usage/usage-book.ts';
import { openUsage } from '../../src/agent/usage/usage-file.ts';
import { queryUsage } from '../../src/agent/usage/usage-query.ts';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { generateTranscripts } from '../support/transcripts.ts';
import { pss } from './idle.ts';
import { median, ms, quantile, type Row, ratio } from './statistics.ts';
import { vendingUntil } from './vending.ts';

const ask = (agent: AgentConnection) => agent.call('usage.query', { by: ['day', 'model'] });
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

/** An answer of the model, as Claude Code adds it. */
function answerLine(conversation: { id: string; cwd: string }): string {
  return `${JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    message: {
      model: 'claude-opus-5-5',
      id: `msg_bdrk_${crypto.randomUUID()}`,
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'done' }],
      usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 30_000 },
    },
    requestedModel: 'us.anthropic.claude-opus-5-5',
    type: 'assistant',
    uuid: crypto.randomUUID(),
    timestamp: new Date().toISOString(),
    cwd: conversation.cwd,
    sessionId: conversation.id,
  })}\n`;
}

/**
 * Reads all that is new, while credentials are asked for without a pause: how long that took, the most memory meanwhile,
 * and how long each request for credentials took.
 */
async function indexed(
  agent: AgentConnection,
  pid: number,
): Promise<{ took: number; most: number; gets: number[] }> {
  const busy = new AbortController();
  const vending = vendingUntil(agent, busy.signal);
  await sleep(600);
  const from = performance.now();
  let most = 0;
  while ((await ask(agent)).pending > 0) {
    most = Math.max(most, pss(pid));
    await sleep(50);
  }
  const took = performance.now() - from;
  most = Math.max(most, pss(pid));
  busy.abort();
  return { took, most, gets: await vending };
}

/**
 * Generated transcripts in the home folder of the running agent: first index against `wc -l`, one new line, memory with
 * a fifth of them and with all, what credentials take meanwhile; and questions about a year. `claudeFolder`: the agent's
 * ~/.claude, which is made and removed.
 */
export async function* benchUsage(
  agent: AgentConnection,
  claudeFolder: string,
  stateFolder: string,
  megabytes: number,
): AsyncGenerator<Row> {
  try {
    const { pid } = await agent.call('agent.info', {});
    const before = pss(pid);
    mkdirSync(claudeFolder, { recursive: true });
    const projects = join(claudeFolder, 'projects');
    const generate = (share: number, seed: number) =>
      generateTranscripts(projects, {
        bytes: megabytes * 1_000_000 * share,
        conversations: Math.ceil(megabytes * 0.6 * share),
        seed,
      });
    const few = generate(0.2, 1);
    // The reader of past conversations would begin somewhere in between, and its memory be taken for usage's.
    await agent.call('history.list', { limit: 1 });
    while ((await agent.call('state.get', {})).history.pending > 0) await sleep(100);
    const small = await indexed(agent, pid);

    const many = generate(0.8, 2);
    const files = many.conversations.map(({ path }) => path);
    const count = () => {
      const from = performance.now();
      for (let i = 0; i < files.length; i += 500)
        execFileSync('wc', ['-l', ...files.slice(i, i + 500)], { maxBuffer: 1e8, stdio: 'pipe' });
      return performance.now() - from;
    };
    const wc = median([count(), count(), count()]);
    const { took, most, gets } = await indexed(agent, pid);
    const rate = (time: number) => `${(many.bytes / 1e3 / time).toFixed(0)} MB/s`;
    yield {
      what: `usage: first index of ${mb(many.bytes)}`,
      figure: `${(took / 1000).toFixed(1)} s, ${rate(took)}`,
      against: `wc -l: ${rate(wc)}, ratio ${ratio(wc, took)}`,
    };
    const bytes = few.bytes + many.bytes;
    const index = join(stateFolder, 'usage.db');
    yield {
      what: 'usage: size of the index',
      figure: mb(statSync(index).size),
      against: `transcripts: ${mb(bytes)}`,
      goal: '< 2 %',
      met: statSync(index).size < 0.02 * bytes,
    };
    yield {
      what: 'usage: agent’s memory while it indexes (PSS)',
      figure: `at most ${most.toFixed(0)} MB with ${mb(bytes)}`,
      against: `${small.most.toFixed(0)} MB with ${mb(few.bytes)}; before: ${before.toFixed(0)} MB`,
      goal: '+ < 30 MB',
      met: most - small.most < 30,
    };
    yield {
      what: `vending GET p99 while ${mb(many.bytes)} of usage is indexed`,
      figure: `${ms(quantile(gets, 0.99))} of ${gets.length}`,
      against: `p50 ${ms(quantile(gets, 0.5))}`,
      goal: 'p99 < 25 ms',
      met: quantile(gets, 0.99) < 25,
    };

    const updates: number[] = [];
    const [conversation] = many.conversations;
    for (let i = 0; conversation && i < 15; i++) {
      const { answers } = (await ask(agent)).total;
      await sleep(600);
      appendFileSync(conversation.path, answerLine(conversation));
      const asked = performance.now();
      while ((await ask(agent)).total.answers !== answers + 1) await sleep(1);
      updates.push(performance.now() - asked);
    }
    yield {
      what: 'usage: a question just after one new line',
      figure: `p50 ${ms(median(updates))}, most ${ms(Math.max(...updates))}`,
      against: `${few.conversations.length + many.conversations.length} transcripts looked at`,
      goal: 'p50 < 50 ms',
      met: median(updates) < 50,
    };
  } finally {
    rmSync(claudeFolder, { recursive: true, force: true });
  }
  yield* benchYear();
}

/** A year of somebody who works much: ten conversations a day, each over three hours with three models. */
function* benchYear(): Generator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'usage-year-'));
  const database = openUsage(join(folder, 'usage.db'));
  try {
    database.exec(`
      BEGIN;
      WITH RECURSIVE n (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM n WHERE v < 3649)
        INSERT INTO conversation (key, id, folder, cwdCertain) SELECT v, 'c' || v, 'p' || v % 20, 0 FROM n;
      INSERT INTO stay (key, conversation, since, environment)
        SELECT key, key, 0, 'e' || key % 4 FROM conversation;
      INSERT INTO model (key, id) VALUES (1, 'us.anthropic.claude-opus-5-5'), (2, 'us.anthropic.claude-haiku-5-5'),
        (3, 'us.anthropic.claude-opus-9');
      WITH RECURSIVE n (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM n WHERE v < 11)
        INSERT INTO used SELECT 1960000 + stay.key / 10 * 96 + v, stay.key, model.key, 1, 5, 100, 200, 300, 400, 500
        FROM stay, n, model;
      COMMIT;
    `);
    new UsageBook(database).setZone('Europe/Berlin');
    const { rows } = database.prepare('SELECT count(*) AS rows FROM used').get() as { rows: number };
    const prices = new PriceList();
    const times: number[] = [];
    const each = [['day', 'model'], ['project'], ['environment', 'day'], ['session'], []] as const;
    for (let round = 0; round < 10; round++) {
      for (const by of each) {
        const asked = performance.now();
        queryUsage(
          database,
          {
            by: [...by],
            limit: 10_000,
            zone: 'Europe/Berlin',
            prices: { regionalFactor: 1.1, given: {}, models: {} },
          },
          prices,
          0,
        );
        times.push(performance.now() - asked);
      }
    }
    yield {
      what: 'usage: a question about a whole year',
      figure: `p50 ${ms(median(times))}, p95 ${ms(quantile(times, 0.95))}`,
      against: `${rows} rows of the index, ${each.length} questions`,
      goal: 'p50 < 50 ms',
      met: median(times) < 50,
    };
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
