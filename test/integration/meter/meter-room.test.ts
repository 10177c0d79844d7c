import { appendFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MeterRoom } from '../../../src/agent/meter/meter-room.ts';
import type { MeteredSession } from '../../../src/agent/ports.ts';
import { ModelPrices } from '../../../src/agent/prices/model-prices.ts';
import { Settings } from '../../../src/contract/index.ts';
import { Happenings } from '../../support/pty-host.ts';

const id = '11111111-1111-4111-8111-111111111111';
const conversation = '22222222-2222-4222-8222-222222222222';
const arn = 'arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/team';
const fable = 'us.anthropic.claude-fable-5-2';

let folder: string;
let transcript: string;
let rooms: MeterRoom[];
const happenings = new Happenings();
const settings = Settings.parse({});
let settingsChanged: () => void;
let behind: (arn: string) => Promise<string | null>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meter-room-'));
  transcript = join(folder, '.claude', 'projects', '-home-me', `${conversation}.jsonl`);
  await mkdir(join(transcript, '..'), { recursive: true });
  await mkdir(join(folder, 'state'));
  rooms = [];
  settings.sessions.regionalPriceFactor = 1.1;
  behind = async () => null;
});
afterEach(async () => {
  for (const room of rooms) await room.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(program = 'src/agent/meter/worker.ts'): Promise<MeterRoom> {
  const silent = () => undefined;
  const room = new MeterRoom({
    context: {
      clock: { now: () => Date.now(), wakeAt: () => silent },
      log: { info: silent, warn: silent, error: silent, debug: silent },
      home: join(folder, 'state'),
      userHome: folder,
    },
    program: new URL(`../../../${program}`, import.meta.url),
    prices: new ModelPrices({
      clock: { now: () => Date.now() },
      settings: {
        get: () => settings,
        onChange: (listener) => {
          settingsChanged = listener;
          return silent;
        },
      },
      modelBehind: (of) => behind(of),
    }),
  });
  rooms.push(room);
  room.onChange(() => happenings.happened());
  await room.start();
  return room;
}

function session(more: Partial<MeteredSession> = {}): MeteredSession {
  return {
    id,
    state: 'running',
    cwd: '/home/me',
    profile: 'work',
    conversation,
    hasTranscript: true,
    cap: null,
    ...more,
  };
}

async function answer(name: string, input: number, model = fable): Promise<void> {
  const line = {
    type: 'assistant',
    timestamp: '2026-11-22T10:00:00.000Z',
    requestedModel: model,
    message: { id: name, role: 'assistant', usage: { input_tokens: input, output_tokens: 0 } },
  };
  await appendFile(transcript, `${JSON.stringify(line)}\n`);
}

const until = (room: MeterRoom, input: number) =>
  happenings.until(() => room.view(id)?.inputTokens === input, `${input} tokens`);

describe('what a session has used', () => {
  it('is kept when it has ended, known to the next agent without reading, and goes on when it is resumed', async () => {
    const room = await start();
    await answer('a', 1_000_000);
    room.session(session(), null);
    await until(room, 1_000_000);
    expect(room.view(id)?.costUsd).toBeCloseTo(8.8, 6);
    await answer('b', 500_000);
    // What is written until the end counts.
    room.session(session({ state: 'exited' }), null);
    await until(room, 1_500_000);
    await room.stop();
    const file = join(folder, 'state', 'meter.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const next = await start('there/is/no/worker.ts');
    next.session(session({ state: 'exited' }), null);
    expect(next.view(id)?.inputTokens).toBe(1_500_000);
    await next.stop();

    const third = await start();
    third.session(session(), null);
    await answer('c', 1);
    await until(third, 1_500_001);
    third.forget(id);
    expect(third.view(id)).toBeNull();
    await third.stop();
    expect(await readFile(file, 'utf8')).not.toContain(id);
  });

  it('is read once where a session had ended before anybody could read it', async () => {
    const room = await start();
    await answer('a', 7);
    room.session(session({ state: 'exited' }), null);
    await until(room, 7);
    // The reading of its end comes before this one.
    await room.fresh(id);
    await answer('b', 1);
    room.session(session({ state: 'exited' }), null);
    await room.fresh(id);
    expect(room.view(id)?.inputTokens).toBe(7);
  });

  it('has another price when the person sets another factor for regions', async () => {
    const room = await start();
    await answer('a', 1_000_000);
    room.session(session(), null);
    await until(room, 1_000_000);
    settings.sessions.regionalPriceFactor = 2;
    settingsChanged();
    await happenings.until(() => room.view(id)?.costUsd === 16, 'the price');
  });

  it('has a price as soon as the model behind its inference profile is found', async () => {
    let found: (model: string) => void = () => undefined;
    behind = () => new Promise((resolve) => (found = resolve));
    const room = await start();
    await answer('a', 1_000_000, arn);
    room.session(session(), null);
    await until(room, 1_000_000);
    expect(room.view(id)?.costUsd).toBeNull();
    found('global.anthropic.claude-fable-5-2');
    await happenings.until(() => room.view(id)?.costUsd === 8, 'the price');
  });

  it('stays as it is where it cannot be read, and nobody waits for it', async () => {
    const room = await start('there/is/no/worker.ts');
    room.session(session(), null);
    await room.fresh(id);
    expect(room.view(id)).toBeNull();
  });
});
