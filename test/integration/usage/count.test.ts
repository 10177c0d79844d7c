import { readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MeterWorker } from '../../../src/agent/meter/meter-worker.ts';
import type { FromMeterWorker } from '../../../src/agent/meter/worker-messages.ts';
import { SeededRandom } from '../../support/simulation/seeded-random.ts';
import {
  type CountedRow,
  countedByReferee,
  noPrices,
  type PriceTable,
  UsageHome,
} from '../../support/usage.ts';
import { type CorpusFile, usageCorpus, writePieces } from '../../support/usage-corpus.ts';

/** List prices, written down here by hand; a regional profile costs a tenth more. */
const prices: PriceTable = {
  'us.anthropic.claude-opus-5-5': [[0, 4.4, 22, 5.5, 8.8, 0.22]],
  'global.anthropic.claude-opus-5-5': [[0, 4, 20, 5, 8, 0.2]],
  'us.anthropic.claude-haiku-5-5': [
    [0, 0.11, 0.55, 0.1375, 0.22, 0.011],
    [100_000, 0.55, 2.75, 0.6875, 1.1, 0.055],
  ],
  'eu.anthropic.claude-sonnet-4-5-20250929-v1:0': [[0, 3.3, 16.5, 4.125, 6.6, 0.33]],
  'us.anthropic.claude-haiku-4-5-20251001-v1:0': [[0, 1.1, 5.5, 1.375, 2.2, 0.11]],
};

let home: UsageHome;
beforeEach(() => {
  home = new UsageHome();
});
afterEach(() => home[Symbol.dispose]());

/** The index's rows in the referee's form. Costs to a millionth of a dollar. */
async function counted(zone: string): Promise<CountedRow[]> {
  const { rows } = await home.query({ by: ['day', 'model', 'session'], zone });
  return sorted(
    rows.map((row) => ({
      day: row.day ?? '',
      model: row.model ?? '',
      session: row.session ?? '',
      answers: row.answers,
      input: row.inputTokens,
      output: row.outputTokens,
      cacheRead: row.cacheReadTokens,
      cacheWrite5m: row.cacheWrite5mTokens,
      cacheWrite1h: row.cacheWrite1hTokens,
      usd: row.costUsd,
    })),
  );
}

function sorted(rows: readonly CountedRow[]): CountedRow[] {
  const key = ({ day, model, session }: CountedRow) => `${day} ${model} ${session}`;
  return rows
    .map((row) => ({ ...row, usd: row.usd === null ? null : Number(row.usd.toFixed(6)) }))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const referee = (zone: string) => sorted(countedByReferee(home.projects, zone, prices));

/** Each file's own time: the oldest conversation was written first. */
const timeOf = (index: number) => Date.UTC(2026, 10, 1) + index * 60_000;
function writeAll(files: readonly CorpusFile[]): void {
  for (const [index, file] of files.entries()) writePieces(file, file.pieces, timeOf(index));
}

describe('what was used, against a count that shares no code', () => {
  it.each([
    [1, 'UTC'],
    [2, 'Asia/Shanghai'],
    [3, 'America/St_Johns'],
    [4, 'Asia/Kathmandu'],
    [5, 'Pacific/Chatham'],
  ])('generated transcripts %i, days of %s', async (seed, zone) => {
    const files = usageCorpus(home.projects, seed);
    writeAll(files);
    await home.look();
    const truth = referee(zone);
    expect(await counted(zone)).toEqual(truth);
    expect(truth.length).toBeGreaterThan(50);
    expect(truth.some((row) => row.usd === null)).toBe(true);

    const { rows, total } = await home.query({ by: ['model'], zone });
    const cents = (usd: number | null) => Math.round((usd ?? 0) * 100);
    expect(cents(total.costUsd)).toBe(cents(truth.reduce((sum, row) => sum + (row.usd ?? 0), 0)));
    expect(rows.find((row) => row.model === 'us.anthropic.claude-opus-9-9')).toMatchObject({ costUsd: null });
    expect(total.unpricedTokens).toBeGreaterThan(0);
  });

  it('a session’s own figure is the same to the cent, where nothing is copied', async () => {
    const files = usageCorpus(home.projects, 4);
    writeAll(files);
    await home.look();
    const unknown = { input: 3, output: 7, cacheRead: 0.5, cacheWrite5m: 4, cacheWrite1h: 5 };
    const facts = { ...noPrices, given: { 'claude-opus-9-9': unknown } };
    const { rows } = await home.query({ by: ['session'], prices: facts });
    const configFolder = join(home.folder, '.claude');
    const answers = (text: string) => [...text.matchAll(/msg_bdrk_[\w-]+/g)].map(([id]) => id);
    const texts = files.map(({ path }) => ({ path, text: readFileSync(path, 'utf8') }));
    // Copies of lines are counted where they were first; sub-agents of old versions have no folder, and no live session.
    const isPlain = (path: string) => {
      const own = answers(texts.find((each) => each.path === path)?.text ?? '');
      return texts.every(
        (other) =>
          other.path === path ||
          (!own.some((id) => other.text.includes(id)) &&
            (other.path.includes('subagents') || !other.text.includes(basename(path, '.jsonl')))),
      );
    };
    let compared = 0;
    for (const { path } of files) {
      const id = basename(path, '.jsonl');
      const row = rows.find(({ session }) => session === id);
      // Not a sub-agent's.
      if (!row || !isPlain(path)) continue;
      const said: FromMeterWorker[] = [];
      const worker = new MeterWorker((message) => said.push(message));
      worker.handle({ type: 'prices', facts });
      worker.handle({
        type: 'follow',
        session: 's',
        conversations: [{ id, configFolder, cwd: '/' }],
        shown: id,
      });
      worker.handle({ type: 'forget', session: 's' });
      const told = said.findLast((message) => message.type === 'used')?.meter;
      expect([told?.inputTokens, told?.outputTokens, told?.costUsd?.toFixed(6)]).toEqual([
        row.inputTokens,
        row.outputTokens,
        row.costUsd?.toFixed(6),
      ]);
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });

  it('read as they grow, in whatever pieces, they count the same', async () => {
    const random = new SeededRandom(11);
    const files = usageCorpus(home.projects, 6, { olderVersions: false });
    const left = files.map((file) => file.pieces.join(''));
    // Written in pieces that end anywhere: within lines, within characters, one file far ahead of another.
    while (left.some((text) => text !== '')) {
      for (const [index, file] of files.entries()) {
        const text = left[index] ?? '';
        if (text === '' || (random.chance(0.5) && index > 0)) continue;
        const cut = random.chance(0.4) ? text.length : Math.floor(random.next() * text.length) + 1;
        writePieces(file, [text.slice(0, cut)], timeOf(index) + cut);
        left[index] = text.slice(cut);
      }
      await home.look();
      if (random.chance(0.2)) home.close();
    }
    expect(await counted('UTC')).toEqual(referee('UTC'));
  });

  it('what Claude Code deleted, cut off or wrote anew stays counted, once', async () => {
    const files = usageCorpus(home.projects, 7);
    writeAll(files);
    await home.look();
    const before = await counted('UTC');
    expect(before).toEqual(referee('UTC'));

    for (const [index, { path }] of files.entries()) {
      if (index % 3 === 0) rmSync(path);
      else if (index % 3 === 1) truncateSync(path, Math.floor(statSync(path).size / 2));
    }
    await home.look();
    expect(await counted('UTC')).toEqual(before);

    for (const file of files) rmSync(file.path, { force: true });
    await home.look();
    expect(await counted('UTC')).toEqual(before);
    // Back from a backup: nothing of it is new.
    writeAll(files);
    for (const { path } of files) utimesSync(path, 1_900_000_000, 1_900_000_000);
    await home.look();
    expect(await counted('UTC')).toEqual(before);
  });
});
