import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FromAskedWorker } from '../../../src/agent/asked-worker.ts';
import { HistoryWorker } from '../../../src/agent/history/history-worker.ts';
import { openIndex } from '../../../src/agent/history/index-file.ts';
import { TranscriptIndex } from '../../../src/agent/history/transcript-index.ts';
import type { HistoryRequests } from '../../../src/agent/history/worker-messages.ts';
import { HistoryHome } from '../../support/history.ts';
import { generateTranscripts } from '../../support/transcripts.ts';

let home: HistoryHome;
beforeEach(() => {
  home = new HistoryHome();
});
afterEach(() => home[Symbol.dispose]());

/** The worker's doing, on this thread. */
function started(options: { maxPages?: number; unusedMs?: number } = {}) {
  const said: FromAskedWorker[] = [];
  let heard = () => {};
  let over: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const worker = new HistoryWorker(
    {
      file: join(home.state, 'history.db'),
      projects: home.projects,
      managedSettings: join(home.folder, 'none'),
      settings: home.settings,
      unusedMs: 60_000,
      ...options,
    },
    (message) => {
      said.push(message);
      heard();
    },
    over,
  );
  let asked = 0;
  const ask = async <A extends 'list' | 'look'>(
    name: A,
    wish: HistoryRequests[A]['wish'],
  ): Promise<HistoryRequests[A]['answer']> => {
    const id = ++asked;
    worker.handle({ type: 'ask', id, ask: name, wish } as never);
    for (;;) {
      const answer = said.find((m) => (m.type === 'answer' || m.type === 'refused') && m.id === id);
      if (answer?.type === 'answer') return answer.value as never;
      if (answer?.type === 'refused') throw new Error(answer.error.code);
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const troubles = () => said.flatMap((m) => (m.type === 'trouble' ? [m.what] : []));
  return { worker, said, ask, ended, troubles };
}
const all = { limit: 200, now: Date.now() };

it('a full disk: what is indexed stays, and the rest comes when there is room', async () => {
  generateTranscripts(home.projects, { bytes: 4_000_000, conversations: 8, seed: 3 });
  const full = started({ maxPages: 40 });
  await full.ask('look', null);
  expect(full.troubles()).toEqual(['no room for the index of conversations']);
  const before = await full.ask('list', all);
  expect(before.conversations.length).toBeLessThan(8);
  full.worker.stop();
  await full.ended;
  const roomy = started();
  await roomy.ask('look', null);
  expect((await roomy.ask('list', all)).conversations).toHaveLength(8);
  expect(roomy.troubles()).toEqual([]);
  roomy.worker.stop();
});

it('stopped where there is no room for its last words, it lets go of the file', async () => {
  generateTranscripts(home.projects, { bytes: 4_000_000, conversations: 8, seed: 3 });
  const file = join(home.state, 'history.db');
  // Somewhere among these the words are gathered in memory, and it is COMMIT that finds no room for them.
  for (let maxPages = 14; maxPages < 44; maxPages += 3) {
    const { worker, ask, ended } = started({ maxPages });
    await ask('list', all);
    worker.stop();
    await ended;
    const other = new DatabaseSync(file, { timeout: 0 });
    other.exec('BEGIN EXCLUSIVE; ROLLBACK');
    other.close();
    rmSync(file);
  }
});

/** Overwrites pages of the index, none of which is the first. */
function spoil(pages: (database: DatabaseSync) => number[]): void {
  const file = join(home.state, 'history.db');
  const database = new DatabaseSync(file);
  const spoilt = pages(database);
  database.close();
  const descriptor = openSync(file, 'r+');
  for (const page of spoilt) writeSync(descriptor, Buffer.alloc(4096, 0x55), 0, 4096, (page - 1) * 4096);
  closeSync(descriptor);
}

async function indexed() {
  const made = generateTranscripts(home.projects, { bytes: 2_000_000, conversations: 4, seed: 4 });
  const first = started();
  await first.ask('look', null);
  first.worker.stop();
  await first.ended;
  return made.rare;
}

it('an index whose damage shows while it is used is made anew', async () => {
  const rare = await indexed();
  spoil((database) => {
    const { rootpage } = database
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'conversation'")
      .get() as { rootpage: number };
    return [rootpage];
  });
  const { worker, ask, troubles } = started();
  await ask('look', null);
  const { conversations } = await ask('list', { ...all, query: rare.chinese });
  expect(conversations.map((c) => c.id)).toEqual([rare.id]);
  expect(troubles()).toEqual(['the index of conversations was damaged and is made anew']);
  worker.stop();
});

it('after a crash the index is checked: damage that would only hide words is found', async () => {
  const rare = await indexed();
  spoil((database) => {
    const { page_count: count } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    return Array.from({ length: Math.floor((count - 14) / 2) }, (_, i) => 14 + 2 * i);
  });
  // What a process that was killed leaves.
  writeFileSync(join(home.state, 'history.db-wal'), '');
  const { worker, ask } = started();
  await ask('look', null);
  const { conversations } = await ask('list', { ...all, query: rare.chinese });
  expect(conversations.map((c) => c.id)).toEqual([rare.id]);
  worker.stop();
});

it('only new bytes are read', () => {
  const conversation = home.conversation(['one', 'two']);
  const other = home.conversation(['other']);
  const index = new TranscriptIndex(openIndex(join(home.state, 'history.db')), home.projects);
  index.look();
  expect(index.work(() => false)).toEqual({ finished: true, changed: true });
  index.look();
  expect(index.pending).toBe(0);
  const added = conversation.say('three');
  index.look();
  expect(index.pending).toBe(added);
  index.work(() => false);
  expect(index.pending).toBe(0);
  // One that is only touched is looked at, not read.
  other.append('');
  index.look();
  expect([index.pending, index.finished]).toEqual([0, false]);
  expect(index.work(() => false)).toEqual({ finished: true, changed: false });
});

it('indexing is done in pieces that questions come between', async () => {
  generateTranscripts(home.projects, { bytes: 8_000_000, conversations: 4, seed: 5 });
  const { worker, said, ask } = started();
  const looked = ask('look', null);
  await ask('list', all);
  const answers = said.flatMap((m) => (m.type === 'answer' ? [m.id] : []));
  expect(answers).toEqual([2]);
  await looked;
  expect(said.findLast((m) => m.type === 'status')).toMatchObject({ pending: 0 });
  worker.stop();
});

it('ends by itself when nobody asks', async () => {
  home.conversation(['hello']);
  const { ask, ended } = started({ unusedMs: 50 });
  await ask('look', null);
  await ended;
});
