import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MeterWorker } from '../../../src/agent/meter/meter-worker.ts';
import { TranscriptTail } from '../../../src/agent/meter/transcript-tail.ts';
import type { FromMeterWorker, MeteredConversation } from '../../../src/agent/meter/worker-messages.ts';
import type { MeterView } from '../../../src/contract/state.ts';
import { Happenings } from '../../support/pty-host.ts';

const opus = 'global.anthropic.claude-opus-5-5';
const arn = 'arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/team';
const session = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

let folder: string;
let said: FromMeterWorker[];
let worker: MeterWorker;
const happenings = new Happenings();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meter-'));
  said = [];
  worker = new MeterWorker((message) => {
    said.push(message);
    happenings.happened();
  });
  worker.handle({ type: 'prices', facts: { regionalFactor: 1.1, given: {}, models: {} } });
});
afterEach(async () => {
  worker.handle({ type: 'forget', session });
  await rm(folder, { recursive: true, force: true });
});

const conversation = (id = session): MeteredConversation => ({
  id,
  configFolder: folder,
  cwd: '/home/me/my project',
});
const transcript = (id = session) => join(folder, 'projects', '-home-me-my-project', `${id}.jsonl`);
const agentOf = (id = session, name = 'agent-1') =>
  join(folder, 'projects', '-home-me-my-project', id, 'subagents', `${name}.jsonl`);

function line(id: string, input: number, model = opus): string {
  return `${JSON.stringify({
    type: 'assistant',
    timestamp: '2026-11-22T10:00:00.000Z',
    requestedModel: model,
    message: { id, role: 'assistant', usage: { input_tokens: input, output_tokens: 10 } },
  })}\n`;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, text);
}

function follow(...ids: string[]): void {
  const conversations = (ids.length > 0 ? ids : [session]).map((id) => conversation(id));
  worker.handle({ type: 'follow', session, conversations, shown: ids.at(-1) ?? session });
}

const last = (): MeterView | undefined =>
  said.findLast((m): m is Extract<FromMeterWorker, { type: 'used' }> => m.type === 'used')?.meter;

describe('the sum of a session', () => {
  it('is said when the transcript is there, and again when it grows, nothing else', async () => {
    follow();
    expect(said).toEqual([]);
    await write(transcript(), line('a', 1000));
    follow();
    expect(last()).toEqual({
      costUsd: 0.0042,
      model: opus,
      contextTokens: 1000,
      contextSize: 1_000_000,
      inputTokens: 1000,
      outputTokens: 10,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      at: Date.UTC(2026, 10, 22, 10),
    });
    const whole = line('b', 2000);
    await write(transcript(), `{"type":"user","message":"assistant"}\n${whole.slice(0, 50)}`);
    await write(transcript(), whole.slice(50));
    await happenings.until(() => last()?.inputTokens === 3000, 'the second answer');
    expect(said.filter((m) => m.type === 'used')).toHaveLength(2);
  });

  it('has the sub-agents, those that begin later too', async () => {
    await write(transcript(), line('a', 1000));
    follow();
    await write(agentOf(), line('s', 500));
    await write(transcript(), line('b', 1));
    await happenings.until(() => last()?.inputTokens === 1501, 'the sub-agent');
    // It goes on while the conversation itself says nothing.
    await write(agentOf(), line('t', 7));
    await happenings.until(() => last()?.inputTokens === 1508, 'more of the sub-agent');
    expect(last()).toMatchObject({ contextTokens: 1 });
  });

  it('goes on through /clear, with the context of the new conversation', async () => {
    await write(transcript(), line('a', 1000));
    follow();
    await write(transcript(other), line('b', 30));
    follow(session, other);
    expect(last()).toMatchObject({ inputTokens: 1030, contextTokens: 30 });
    // The first is resumed: its context is what fills up now.
    const conversations = [conversation(), conversation(other)];
    worker.handle({ type: 'follow', session, conversations, shown: session });
    expect(last()).toMatchObject({ inputTokens: 1030, contextTokens: 1000 });
  });

  it('has what a fork begins with once, and all that either says after that', async () => {
    await write(transcript(), line('a', 1000) + line('b', 200));
    follow();
    await write(transcript(other), line('a', 1000) + line('b', 200) + line('c', 30));
    follow(session, other);
    expect(last()).toMatchObject({ inputTokens: 1230, outputTokens: 30, contextTokens: 30 });
    await write(transcript(), line('d', 4));
    follow(session, other);
    expect(last()).toMatchObject({ inputTokens: 1234, outputTokens: 40 });
  });

  it('has what a fork begins with also when its origin is deleted', async () => {
    await write(transcript(), line('a', 1000) + line('b', 200));
    await write(transcript(other), line('a', 1000) + line('b', 200) + line('c', 30));
    follow(session, other);
    expect(last()).toMatchObject({ inputTokens: 1230 });
    await rm(transcript());
    await write(transcript(other), line('d', 4));
    follow(session, other);
    expect(last()).toMatchObject({ inputTokens: 1234, outputTokens: 40 });
  });

  it('is not known while a model has no price, and is when the model behind it is found', async () => {
    await write(transcript(), line('a', 1000, arn));
    follow();
    expect(said).toMatchObject([
      { type: 'used', unnamed: [arn], meter: { costUsd: null, contextSize: null } },
    ]);
    worker.handle({
      type: 'prices',
      facts: {
        regionalFactor: 1.1,
        given: {},
        models: { [arn]: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
      },
    });
    expect(last()).toMatchObject({ model: arn, contextSize: 200_000, costUsd: expect.closeTo(0.003465, 8) });
    expect(said.at(-1)).toMatchObject({ unnamed: [] });
  });

  it('begins anew where the transcript was written anew', async () => {
    await write(transcript(), line('a', 1000) + line('b', 1000));
    follow();
    await truncate(transcript(), 0);
    await writeFile(transcript(), line('c', 5));
    worker.handle({ type: 'read', session, request: 7, tool: null, waitMs: 0 });
    expect(last()).toMatchObject({ inputTokens: 5 });
    expect(said.at(-1)).toEqual({ type: 'read', request: 7 });
  });

  it('waits for the answer that asked for a tool, which is written a moment later, and not for ever', async () => {
    await write(transcript(), line('a', 1000));
    follow();
    worker.handle({ type: 'read', session, request: 1, tool: 'toolu_1', waitMs: 20_000 });
    expect(said.some((m) => m.type === 'read')).toBe(false);
    const content = '"content":[{"type":"text"},null,{"type":"tool_use","id":"toolu_1"}],"role"';
    await write(transcript(), line('b', 1).replace('"role"', content));
    await happenings.until(() => said.some((m) => m.type === 'read'), 'the answer');
    expect(last()).toMatchObject({ inputTokens: 1001 });
    worker.handle({ type: 'read', session, request: 2, tool: 'toolu_2', waitMs: 60 });
    await happenings.until(
      () => said.some((m) => m.type === 'read' && m.request === 2),
      'the end of patience',
    );
  });

  it('finds a transcript in a folder that it did not expect', async () => {
    await write(join(folder, 'projects', '-somewhere-cut-1a2b3c', `${session}.jsonl`), line('a', 9));
    follow();
    expect(last()).toMatchObject({ inputTokens: 9 });
  });
});

describe('the tail of a file', () => {
  it('passes over a line that is too long, and goes on behind it', async () => {
    const path = join(folder, 'big.jsonl');
    await writeFile(path, `first\n${'x'.repeat(9 * 1024 * 1024)}`);
    const lines: string[] = [];
    const tail = new TranscriptTail(path);
    expect(tail.read((text) => lines.push(text.slice(0, 20)))).toBe(true);
    await appendFile(path, 'xx\nlast\n');
    tail.read((text) => lines.push(text));
    expect(lines).toEqual(['first', 'last']);
  });

  it('keeps characters whole that stand across two readings', async () => {
    const path = join(folder, 'words.jsonl');
    const bytes = Buffer.from('你好，世界\n');
    const lines: string[] = [];
    const tail = new TranscriptTail(path);
    expect(tail.read(() => undefined)).toBe(true);
    for (const byte of bytes) {
      await appendFile(path, Buffer.of(byte));
      tail.read((text) => lines.push(text));
    }
    expect(lines).toEqual(['你好，世界']);
  });

  it('passes over a line of nothing but brackets: parsed, it would end the whole process', async () => {
    const path = join(folder, 'brackets.jsonl');
    await writeFile(path, `first\n${'['.repeat(250_001)}\n${'['.repeat(250_000)}\nlast\n`);
    const lengths: number[] = [];
    new TranscriptTail(path).read((text) => lengths.push(text.length));
    expect(lengths).toEqual([5, 250_000, 4]);
  });

  it.skipIf(process.platform === 'win32')('waits for no pipe', () => {
    const path = join(folder, 'pipe.jsonl');
    execFileSync('mkfifo', [path]);
    expect(new TranscriptTail(path).read(() => undefined)).toBe(true);
  });
});
