import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UsageHome } from '../../support/usage.ts';
import { usageCorpus, writePieces } from '../../support/usage-corpus.ts';

let home: UsageHome;
beforeEach(() => {
  home = new UsageHome();
});
afterEach(() => home[Symbol.dispose]());

const model = 'us.anthropic.claude-opus-5-5';
const conversation = '11111111-2222-4333-8444-555555555555';

/** An answer of a million prompt tokens: 4.40 USD. */
function answer(id: string, at: string, of = model): string {
  return `${JSON.stringify({
    message: { id, model: 'claude-opus-5-5', content: [], usage: { input_tokens: 1_000_000 } },
    requestedModel: of,
    type: 'assistant',
    timestamp: at,
    sessionId: conversation,
    cwd: '/home/我/项目',
  })}\n`;
}

function transcript(...lines: string[]): string {
  const folder = join(home.projects, '-home-----');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${conversation}.jsonl`);
  writeFileSync(path, lines.join(''));
  return path;
}
const prompt = `${JSON.stringify({
  type: 'user',
  message: { role: 'user', content: '账单在哪里 secret-words' },
  timestamp: '2026-11-01T10:00:00.000Z',
  cwd: '/home/我/项目',
  sessionId: conversation,
})}\n`;

it('days move with the person: the same answers in another zone', async () => {
  transcript(answer('a', '2026-11-01T20:00:00.000Z'), answer('b', '2026-11-02T03:00:00.000Z'));
  await home.look();
  const days = async (zone: string) =>
    (await home.query({ by: ['day'], zone })).rows.map((r) => [r.day, r.answers]);
  expect(await days('UTC')).toEqual([
    ['2026-11-02', 1],
    ['2026-11-01', 1],
  ]);
  expect(await days('Asia/Shanghai')).toEqual([['2026-11-02', 2]]);
  expect(await days('America/Los_Angeles')).toEqual([['2026-11-01', 2]]);
  expect(await home.query({ zone: 'Asia/Shanghai', to: '2026-11-01' })).toMatchObject({
    total: { answers: 0 },
    first: '2026-11-02',
    last: '2026-11-02',
  });
  // What comes after that is filed under the zone's days too.
  appendFileSync(transcriptPath(), answer('c', '2026-11-02T17:00:00.000Z'));
  await home.look();
  expect(await days('Asia/Shanghai')).toEqual([
    ['2026-11-03', 1],
    ['2026-11-02', 2],
  ]);
});
const transcriptPath = () => join(home.projects, '-home-----', `${conversation}.jsonl`);

it('an answer is counted where its conversation was held at that time, for good', async () => {
  transcript(
    answer('a', '2026-11-01T10:00:00.000Z'),
    answer('b', '2026-11-01T11:00:00.000Z'),
    answer('c', '2026-11-01T11:01:00.000Z'),
  );
  await home.look();
  const at = (time: string) => Date.parse(`2026-11-01T${time}:00.000Z`);
  const by = async () =>
    (await home.query({ by: ['environment'] })).rows.map((r) => `${r.environment} ${r.answers}`).sort();
  expect(await by()).toEqual(['null 3']);
  await home.ask('opened', [{ conversation, environment: 'work', since: at('10:30') }]);
  expect(await by()).toEqual(['null 1', 'work 2']);
  // Within one quarter of an hour.
  await home.ask('opened', [{ conversation, environment: 'other', since: at('11:00') + 30_000 }]);
  expect(await by()).toEqual(['null 1', 'other 1', 'work 1']);
  await home.ask('opened', [{ conversation, environment: 'work', since: at('10:30') }]);
  appendFileSync(transcriptPath(), answer('d', '2026-11-01T12:00:00.000Z'));
  rmSync(transcriptPath());
  transcript(answer('a', '2026-11-01T10:00:00.000Z'), answer('d', '2026-11-01T12:00:00.000Z'));
  await home.look();
  home.close();
  expect(await by()).toEqual(['null 1', 'other 2', 'work 1']);
  expect((await home.query({ environment: 'other' })).total).toMatchObject({
    answers: 2,
    costUsd: expect.closeTo(8.8, 6),
  });
  expect((await home.query({ environment: null })).total.answers).toBe(1);
});

it('one that was held in an environment before anything stood in its transcript is counted there', async () => {
  await home.ask('opened', [
    { conversation, environment: 'work', since: Date.parse('2026-11-01T09:00:00Z') },
  ]);
  transcript(prompt, answer('a', '2026-11-01T10:00:00.000Z'));
  await home.look();
  expect((await home.query({ by: ['environment', 'project', 'session'] })).rows).toMatchObject([
    {
      environment: 'work',
      project: '/home/我/项目',
      session: conversation,
      title: '账单在哪里 secret-words',
    },
  ]);
});

it('prices are of the moment of the question: a table or a person that knows more prices the past too', async () => {
  const arn = 'arn:aws:bedrock:us-west-2:1:application-inference-profile/x';
  await home.ask('opened', [{ conversation, environment: 'work', since: 0 }]);
  transcript(answer('a', '2026-11-01T10:00:00.000Z', arn));
  await home.look();
  const first = await home.query();
  expect(first.total).toMatchObject({ costUsd: null, unpricedTokens: 1_000_000 });
  expect(first.unnamed).toEqual([{ model: arn, environment: 'work' }]);
  const behind = { regionalFactor: 1.1, given: {}, models: { [arn]: model } };
  expect((await home.query({ prices: behind })).total).toMatchObject({
    costUsd: expect.closeTo(4.4, 6),
    unpricedTokens: 0,
  });
  const own = { input: 7, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  expect((await home.query({ prices: { ...behind, given: { 'claude-opus-5-5': own } } })).total.costUsd).toBe(
    7,
  );
});

it('is for its owner alone; what was said in a conversation goes with its transcript, what it used stays', async () => {
  const path = transcript(prompt, answer('a', '2026-11-01T10:00:00.000Z'));
  await home.look();
  rmSync(path);
  await home.look();
  const { rows } = await home.query({ by: ['session'] });
  expect(rows).toMatchObject([{ session: conversation, answers: 1 }]);
  expect(rows[0]?.title).toBeUndefined();
  home.close();
  if (process.platform !== 'win32') expect(statSync(home.file).mode & 0o777).toBe(0o600);
  const database = new DatabaseSync(home.file);
  const words = database.prepare('SELECT prompt, opening FROM conversation').get();
  database.close();
  expect(words).toEqual({ prompt: null, opening: null });
});

it('a damaged index is made anew; what is gone from disk is taken over from it, as far as it can be read', async () => {
  const files = usageCorpus(home.projects, 21);
  for (const [index, file] of files.entries())
    writePieces(file, file.pieces, Date.UTC(2026, 10, 1) + index * 60_000);
  await home.ask('opened', [{ conversation: conversationOf(files[0]?.path), environment: 'work', since: 0 }]);
  await home.look();
  const before = await home.query({ by: ['day', 'session', 'environment', 'model'] });
  for (const { path } of files) rmSync(path);
  home.close();

  const database = new DatabaseSync(home.file);
  const { rootpage } = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'daily'").get() as {
    rootpage: number;
  };
  database.close();
  const descriptor = openSync(home.file, 'r+');
  writeSync(descriptor, Buffer.alloc(4096, 0x55), 0, 4096, (rootpage - 1) * 4096);
  closeSync(descriptor);

  const after = await home.query({ by: ['day', 'session', 'environment', 'model'] });
  expect(home.troubles).toEqual(['the index of usage was damaged and is made anew']);
  const plain = (answer: typeof before) =>
    answer.rows.map(({ title: _, ...row }) => JSON.stringify(row)).sort();
  expect(plain(after)).toEqual(plain(before));

  // Nothing at all can be read.
  home.close();
  writeFileSync(home.file, Buffer.alloc(20_000, 0x33));
  expect((await home.query()).total.answers).toBe(0);
});
const conversationOf = (path = '') => /([0-9a-f-]{36})/.exec(path)?.[1] ?? conversation;

it('on a full disk nothing is counted twice or lost', async () => {
  const files = usageCorpus(home.projects, 22);
  for (const [index, file] of files.entries())
    writePieces(file, file.pieces, Date.UTC(2026, 10, 1) + index * 60_000);
  await home.ask('look', null, { maxPages: 20 });
  expect(home.troubles).toContain('no room for the index of usage');
  // What needs room is refused by name, never answered with nothing.
  const stays = Array.from({ length: 2_000 }, (_, n) => ({
    conversation: `11111111-2222-4333-8444-${String(n).padStart(12, '0')}`,
    environment: 'dev',
    since: 1,
  }));
  await expect(home.ask('opened', stays)).rejects.toThrow('StorageFailed');
  home.close();
  await home.look();
  const whole = await home.query({ by: ['day', 'model'] });
  home.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${home.file}${suffix}`, { force: true });
  await home.look();
  expect((await home.query({ by: ['day', 'model'] })).rows).toEqual(whole.rows);
});

it('lines that lie take nothing with them: times, counts and names of any kind', async () => {
  const line = (id: unknown, over: object, usage: object = {}) =>
    `${JSON.stringify({
      message: { id, content: 7, usage: { input_tokens: 1, ...usage } },
      requestedModel: model,
      type: 'assistant',
      timestamp: '2026-11-01T10:00:00.000Z',
      ...over,
    })}\n`;
  const times = [
    { toString: 1, valueOf: 1 },
    [['2026']],
    1e300,
    null,
    '+275760-09-13T00:00:00Z',
    '-000400-01-01T00:00:00Z',
    'NaN',
  ];
  const huge = { input_tokens: Number.MAX_SAFE_INTEGER, cache_read_input_tokens: 1e308, output_tokens: -5 };
  transcript(
    ...times.map((timestamp, n) => line(`time-${n}`, { timestamp })),
    line({ toString: 1 }, {}),
    line('huge', {}, huge),
    line('more', {}, { ...huge, input_tokens: 5e10, output_tokens: 1.9 }),
    line('much', {}, { input_tokens: 99_999_999_999, cache_creation: 'x', __proto__: { output_tokens: 9 } }),
    line('name', { requestedModel: `__proto__\u0000\u001b]0;x\u0007\ud800${'m'.repeat(9_000)}` }),
    '{"type":"assistant","__proto__":{"timestamp":"2026-11-01"},"message":{"__proto__":{"id":"p"}}}\n',
    `{"type":"cost-state","modelUsage":{"__proto__":{"inputTokens":1e300},"constructor":null,"x":[9]}}\n`,
    answer('last', '2026-11-01T10:01:00.000Z'),
  );
  await home.look();
  const { rows, total, first, last } = await home.query({ by: ['day', 'model'] });
  expect([total.answers, total.inputTokens, total.outputTokens, first, last]).toEqual([
    5,
    50_000_000_000 + 99_999_999_999 + 1 + 1_000_000,
    1,
    '2026-11-01',
    '2026-11-01',
  ]);
  expect(rows.map((row) => row.answers).sort()).toEqual([1, 4]);
});

it('lines of 20 MB, brackets without end and bytes that are no text take nothing with them', async () => {
  const path = transcript(answer('a', '2026-11-01T10:00:00.000Z'));
  appendFileSync(path, `{"type":"assistant","x":"${'y'.repeat(20_000_000)}"}\n`);
  appendFileSync(path, `{"type":"assistant","x":${'['.repeat(2_000_000)}\n`);
  appendFileSync(path, Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0xc3]), Buffer.from('\n')]));
  appendFileSync(path, answer('b', '2026-11-01T10:01:00.000Z').trimEnd());
  await home.look();
  // The last line is whole, though its end is still to come.
  expect((await home.query()).total.answers).toBe(2);
  appendFileSync(path, `\n${answer('c', '2026-11-01T10:02:00.000Z').slice(0, 90)}`);
  await home.look();
  expect((await home.query()).total.answers).toBe(2);
  appendFileSync(path, answer('c', '2026-11-01T10:02:00.000Z').slice(90));
  await home.look();
  expect((await home.query()).total.answers).toBe(3);
  expect(readFileSync(path).length).toBeGreaterThan(20_000_000);
});
