import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MeterView, SessionView } from '../../../src/contract/index.ts';
import { capState } from '../../../src/domain/cost/session-cost.ts';
import { claudeVersion, prepareClaudeHome, realClaude } from '../../support/claude.ts';
import { typed } from '../../support/claude-script/claude-screen.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { Screen } from '../../support/screen.ts';
import { SessionRoom } from '../../support/session-room.ts';

const opus = 'us.anthropic.claude-opus-5-5';
const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
/** USD for a million tokens of a regional profile: in, out, 5-minute write, 1-hour write, cache read. */
const prices: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  [opus]: [4.4, 22, 5.5, 8.8, 0.22],
  [haiku]: [1.1, 5.5, 1.375, 2.2, 0.11],
};

interface Tokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}

/** What sessions are said to have used, with the real Claude Code, against what Bedrock says that it answered. */
describe(`what a session uses, Claude Code ${claudeVersion}`, () => {
  let sandbox: SandboxProcess;
  let claude: string;
  let own: SessionRoom;
  const screens: Screen[] = [];

  beforeAll(async () => {
    claude = realClaude();
    sandbox = await startSandbox({ region: 'us-west-2' });
  }, 300_000);
  afterAll(() => sandbox.stop());

  beforeEach(async () => {
    await sandbox.reset();
    own = await SessionRoom.start({
      claudePath: claude,
      environment: { model: opus, smallFastModel: haiku },
      env: { ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl },
      issue: async () => {
        const issued = await sandbox.issueCredentials();
        return { ...issued, expiresAt: Date.parse(issued.expiration) };
      },
    });
    await prepareClaudeHome(own.home, [own.project]);
    return async () => {
      for (const screen of screens.splice(0)) screen.dispose();
    };
  });
  afterEach(() => own[Symbol.asyncDispose]());

  const view = (id: string): SessionView => {
    const found = own.room.views().find((s) => s.id === id);
    if (!found) throw new Error('no such session');
    return found;
  };
  const meter = (id: string): MeterView => {
    const found = view(id).meter;
    if (!found) throw new Error('nothing was counted');
    return found;
  };

  async function open(more: Partial<Parameters<typeof own.room.open>[0]> = {}): Promise<string> {
    const { id } = await own.room.open({
      cwd: own.project,
      cols: 100,
      rows: 40,
      permissionMode: 'default',
      args: ['--allowedTools', 'Bash'],
      ...more,
    });
    await own.until(id, 'running');
    return id;
  }

  async function screenOf(id: string): Promise<Screen> {
    const screen = new Screen(await own.attach(id));
    screens.push(screen);
    await screen.shows(/❯/);
    return screen;
  }

  /** The line is typed, and sent when it stands there. */
  async function say(screen: Screen, text: string): Promise<void> {
    await screen.until((shown) => typed(shown) === '', 'an empty line to type into');
    screen.type(text);
    await screen.until((shown) => typed(shown) === text, `${text} typed`);
    screen.type('\r');
  }

  /** Tokens that Bedrock answered with, by model, without Claude Code's probes at its start. */
  async function answered(): Promise<Map<string, Tokens[]>> {
    const all = new Map<string, Tokens[]>();
    for (const { detail, status } of await sandbox.requests({ service: 'bedrock-runtime' })) {
      if (status !== 200 || detail?.purpose === 'probe' || detail?.input === undefined) continue;
      const { modelId, ...tokens } = detail as unknown as Tokens & { modelId: string };
      all.set(modelId, [...(all.get(modelId) ?? []), tokens]);
    }
    return all;
  }

  /** The same as a sum, priced by hand. */
  async function truth(): Promise<
    Pick<MeterView, 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens'> & { usd: number }
  > {
    const sum = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0 };
    for (const [model, answers] of await answered()) {
      const [input, output, write, hour, read] = prices[model] ?? [];
      if (
        input === undefined ||
        output === undefined ||
        write === undefined ||
        hour === undefined ||
        read === undefined
      )
        throw new Error(`no price of ${model}`);
      for (const a of answers) {
        sum.inputTokens += a.input;
        sum.outputTokens += a.output;
        sum.cacheReadTokens += a.cacheRead;
        sum.cacheWriteTokens += a.cacheWrite5m + a.cacheWrite1h;
        sum.usd +=
          (a.input * input +
            a.output * output +
            a.cacheRead * read +
            a.cacheWrite5m * write +
            a.cacheWrite1h * hour) /
          1e6;
      }
    }
    return sum;
  }

  /** Waits until the session's figures are what Bedrock has answered by then; the cost to a millionth of a dollar. */
  async function equalsTruth(id: string): Promise<void> {
    await expect
      .poll(
        async () => {
          const told = view(id).meter;
          const { usd, ...tokens } = await truth();
          const rows = Object.entries(tokens).map(([name, n]) => [
            name,
            told?.[name as keyof typeof tokens],
            n,
          ]);
          return [...rows, ['cost', told?.costUsd?.toFixed(6), usd.toFixed(6)]];
        },
        { timeout: 45_000 },
      )
      .toSatisfy((rows: [string, unknown, unknown][]) =>
        rows.every(([, told, answered]) => told === answered),
      );
    expect(meter(id).costUsd).toBeGreaterThan(0);
  }

  /** Claude Code's own estimate for each conversation, as it wrote it when it was left. */
  async function claudeTotals(): Promise<number[]> {
    const projects = join(own.home, '.claude', 'projects');
    const names = (await readdir(projects, { recursive: true })).filter((name) =>
      /^[^/]+\/[^/]+\.jsonl$/.test(name),
    );
    const texts = await Promise.all(names.map((name) => readFile(join(projects, name), 'utf8')));
    return texts.map((text) => {
      const line = text.split('\n').findLast((l) => l.includes('"type":"cost-state"'));
      return JSON.parse(line ?? '{}').totalCostUSD;
    });
  }

  it('is what Bedrock answered: cache writes of both kinds, sub-agents, two models', async () => {
    await sandbox.script('INNERTASK', [
      {
        content: [{ type: 'text', text: 'inner done' }],
        usage: { input: 700, output: 70, cacheWrite5m: 5_000 },
      },
    ]);
    await sandbox.script('OUTERTASK', [
      {
        content: [
          { type: 'text', text: 'I ask another.' },
          {
            type: 'tool_use',
            name: 'Agent',
            input: {
              description: 'look',
              prompt: 'INNERTASK please',
              subagent_type: 'general-purpose',
              model: 'haiku',
              run_in_background: false,
            },
          },
        ],
        usage: { input: 12, output: 345, cacheRead: 20_000, cacheWrite5m: 3_000, cacheWrite1h: 4_000 },
      },
      {
        content: [{ type: 'text', text: 'outer finished' }],
        usage: { input: 5, output: 9, cacheRead: 27_000 },
      },
    ]);
    const id = await open();
    expect(view(id).meter).toBeNull();
    const screen = await screenOf(id);
    await say(screen, 'OUTERTASK now');
    await screen.shows(/outer finished/);
    await equalsTruth(id);
    expect([...(await answered()).keys()].sort()).toEqual([haiku, opus].sort());
    expect(meter(id)).toMatchObject({ model: opus, contextSize: 1_000_000 });
    // The sub-agent's news may be answered after that; the context is that of the newest answer to the person's session.
    await expect
      .poll(async () => {
        const { contextTokens } = meter(id);
        const newest = (await answered()).get(opus)?.at(-1);
        const { input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0 } = newest ?? {};
        return (contextTokens ?? 0) - (input + cacheRead + cacheWrite5m + cacheWrite1h);
      })
      .toBe(0);
  });

  it('goes on through /clear, a resumption and another agent; what Claude Code asked beside is there in the end', async () => {
    await sandbox.script('FIRSTWORD', [
      {
        content: [{ type: 'text', text: 'heard the first' }],
        usage: { input: 900, output: 30, cacheWrite1h: 2_000 },
      },
    ]);
    const id = await open();
    let screen = await screenOf(id);
    await say(screen, 'FIRSTWORD');
    await screen.shows(/heard the first/);
    await equalsTruth(id);

    // A summary is no answer of the conversation: its cost comes with Claude Code's own total, when it is left.
    await say(screen, '/compact');
    await screen.shows(/Compacted/);
    expect(meter(id).inputTokens).toBe(900);
    await say(screen, '/clear');
    await screen.until((shown) => !shown.includes('Compacted'), 'an empty screen');
    await equalsTruth(id);
    expect(meter(id).inputTokens).toBeGreaterThan(900);

    await say(screen, 'the second');
    await screen.shows(/Sandbox heard: .*the second/s);
    await equalsTruth(id);
    await say(screen, '/exit');
    await own.until(id, 'exited');
    await equalsTruth(id);
    // Claude Code itself takes the global price for every profile, and its total begins anew with /clear.
    expect((await claudeTotals()).reduce((a, b) => a + b) * 1.1).toBeCloseTo(meter(id).costUsd ?? 0, 6);

    await own.room.resume(id, 100, 40);
    await own.until(id, 'running');
    screen = await screenOf(id);
    await say(screen, 'the third');
    await screen.shows(/Sandbox heard: "the third"/);
    await equalsTruth(id);

    const before = meter(id);
    await own.room.stop('keep');
    await own.meter.stop();
    own.room = own.another();
    await own.meter.start();
    await own.room.start();
    expect(meter(id)).toEqual(before);
    screen = await screenOf(id);
    await say(screen, 'the fourth');
    await screen.shows(/Sandbox heard: "the fourth"/);
    await equalsTruth(id);
  });

  it('warns at 80 % of the cap and stops Claude Code at 100 %, before a prompt and before a tool; a higher cap lets it go on', async () => {
    const cost = (input: number) => ({ input, output: 0 });
    await sandbox.script('EXPENSIVE', [
      { content: [{ type: 'text', text: 'nearly there' }], usage: cost(200_000) },
      {
        content: [{ type: 'tool_use', name: 'Bash', input: { command: 'touch ran', description: 'x' } }],
        usage: cost(50_000),
      },
      { content: [{ type: 'text', text: 'went on' }], usage: cost(1) },
    ]);
    const id = await open({ cap: { usd: 1, stop: true } });
    const screen = await screenOf(id);
    await say(screen, 'EXPENSIVE one');
    await screen.shows(/nearly there/);
    await own.happenings.until(() => capState(view(id)) === 'warned', 'the warning');

    // 0.88 and 0.22: the tool that was just asked for is not run any more.
    await say(screen, 'EXPENSIVE two');
    await screen.shows(/the cap of 1 is reached: 1\.1/);
    expect(capState(view(id))).toBe('reached');
    await screen.until((shown) => typed(shown) === '', 'an empty line to type into');
    expect(await sandbox.played('EXPENSIVE')).toHaveLength(2);

    const asked = (await answered()).get(opus)?.length;
    await say(screen, 'one more');
    await screen.until((shown) => shown.split('the cap of 1 is reached').length > 2, 'the second stop');
    expect((await answered()).get(opus)).toHaveLength(asked ?? 0);

    own.room.update({ id, cap: { usd: 5, stop: true } });
    expect(capState(view(id))).toBe('below');
    await say(screen, 'go on');
    await screen.shows(/went on/);
    own.room.update({ id, cap: { usd: 0.5, stop: false } });
    await say(screen, 'still on');
    await screen.shows(/Sandbox heard: .*still on/s);
    expect(capState(view(id))).toBe('reached');
  });

  it('has no price of a model that nobody knows, and its cap says so', async () => {
    const arn = 'arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/sbxteam00001';
    const id = await open({ model: arn, cap: { usd: 0.000001, stop: true } });
    const screen = await screenOf(id);
    await say(screen, 'hello');
    await screen.shows(/Sandbox heard: "hello"/);
    await own.happenings.until(() => view(id).meter !== null, 'the figures');
    expect(meter(id)).toMatchObject({ costUsd: null, model: arn });
    expect(capState(view(id))).toBe('unpriced');
  });
});
