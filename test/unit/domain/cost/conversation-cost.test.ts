import { describe, expect, it } from 'vitest';
import { ConversationCost, readCostLine } from '../../../../src/domain/cost/conversation-cost.ts';
import { priceOf } from '../../../../src/domain/cost/price-table.ts';

const opus = 'global.anthropic.claude-opus-5-5';
const haiku = 'global.anthropic.claude-haiku-5-5';
const prices = (id: string) => priceOf(id, { regionalFactor: 1.1, at: Date.UTC(2026, 10, 22) });

interface Figures {
  input?: number;
  output?: number;
  read?: number;
  write?: number;
  hour?: number;
}

/** A line as Claude Code 2.1.330 writes it; `second` is its time. */
function answer(id: string, second: number, figures: Figures, model = opus): string {
  return JSON.stringify({
    isSidechain: false,
    message: {
      id,
      role: 'assistant',
      model: 'claude-opus-5-5',
      content: [{ type: 'text', text: 'hello' }],
      usage: {
        input_tokens: figures.input ?? 0,
        output_tokens: figures.output ?? 0,
        cache_read_input_tokens: figures.read ?? 0,
        cache_creation_input_tokens: (figures.write ?? 0) + (figures.hour ?? 0),
        cache_creation: {
          ephemeral_5m_input_tokens: figures.write ?? 0,
          ephemeral_1h_input_tokens: figures.hour ?? 0,
        },
      },
    },
    requestedModel: model,
    type: 'assistant',
    timestamp: new Date(Date.UTC(2026, 10, 22) + second * 1000).toISOString(),
  });
}

function total(models: Record<string, Figures>): string {
  const modelUsage = Object.fromEntries(
    Object.entries(models).map(([model, f]) => [
      model,
      {
        inputTokens: f.input ?? 0,
        outputTokens: f.output ?? 0,
        cacheReadInputTokens: f.read ?? 0,
        cacheCreationInputTokens: (f.write ?? 0) + (f.hour ?? 0),
        cacheCreationEphemeral5mInputTokens: f.write ?? 0,
        cacheCreationEphemeral1hInputTokens: f.hour ?? 0,
        costUSD: 1,
      },
    ]),
  );
  return JSON.stringify({ type: 'cost-state', totalCostUSD: 1, modelUsage });
}

function costOf(main: string[], subAgents: string[] = []): ConversationCost {
  const cost = new ConversationCost();
  for (const line of subAgents) {
    const fact = readCostLine(line);
    if (fact) cost.subAgent(fact);
  }
  for (const line of main) {
    const fact = readCostLine(line);
    if (fact) cost.main(fact);
  }
  cost.settle();
  return cost;
}

const usd = (cost: ConversationCost) => Number(cost.cost(prices)?.toFixed(8));

describe('the cost of a conversation', () => {
  it('counts each answer once, however many lines it has, with its last figures', () => {
    const cost = costOf([
      answer('a', 1, { input: 1000, output: 1 }),
      answer('a', 2, { input: 1000, output: 500 }),
      answer('b', 3, { input: 10, read: 2000, write: 300, hour: 400, output: 50 }),
      answer('a', 4, { input: 1000, output: 500 }),
    ]);
    expect(cost.usage()).toEqual(
      new Map([[opus, { input: 1010, output: 550, cacheRead: 2000, cacheWrite5m: 300, cacheWrite1h: 400 }]]),
    );
    // 1010 x 4 + 550 x 20 + 2000 x 0.2 + 300 x 5 + 400 x 8, for a million
    expect(usd(cost)).toBe(0.02014);
    expect(cost.at).toBe(Date.UTC(2026, 10, 22) + 4000);
  });

  it('prices each model at its own price, and each prompt by its length', () => {
    const cost = costOf([
      answer('a', 1, { input: 1_000_000 }),
      answer('b', 2, { input: 100_000 }, haiku),
      answer('c', 3, { input: 50_000, read: 50_001 }, haiku),
    ]);
    expect(usd(cost)).toBe(Number((4 + 0.01 + (50_000 * 0.5 + 50_001 * 0.05) / 1e6).toFixed(8)));
  });

  it('has no price where one model has none, unless nothing was used of it', () => {
    expect(
      costOf([answer('a', 1, { input: 1 }), answer('b', 2, { input: 1 }, 'arn:x')]).cost(prices),
    ).toBeNull();
    expect(costOf([answer('a', 1, { input: 1 }), answer('b', 2, {}, 'arn:x')]).cost(prices)).not.toBeNull();
    expect(costOf([total({ 'arn:x': { output: 3 } })]).cost(prices)).toBeNull();
    expect(costOf([]).cost(prices)).toBe(0);
  });

  it("adds what Claude Code's own total knows beyond the answers: a summary, an answer that was broken off", () => {
    const cost = costOf([
      answer('a', 1, { input: 100, output: 1 }),
      total({ [opus]: { input: 5100, output: 900 }, [haiku]: { input: 70 } }),
    ]);
    expect(cost.usage().get(opus)).toMatchObject({ input: 5100, output: 900 });
    expect(cost.usage().get(haiku)).toMatchObject({ input: 70 });
  });

  it('goes on from that total when the conversation is resumed, and takes the next one in its place', () => {
    const lines = [
      answer('a', 1, { input: 100, output: 10 }),
      total({ [opus]: { input: 150, output: 10 } }),
      total({ [opus]: { input: 150, output: 10 } }),
      answer('b', 5, { input: 1000, output: 20 }),
    ];
    expect(costOf(lines).usage().get(opus)).toMatchObject({ input: 1150, output: 30 });
    const later = costOf([...lines, total({ [opus]: { input: 1200, output: 30 } })]);
    expect(later.usage().get(opus)).toMatchObject({ input: 1200, output: 30 });
    // A total of less, as of a process that began to count anew, takes nothing away.
    const less = costOf([...lines, total({ [opus]: { input: 7 } })]);
    expect(less.usage().get(opus)).toMatchObject({ input: 1150, output: 30 });
  });

  it('counts sub-agents once: before or after a total that has them, and copies of their parent not again', () => {
    const main = [
      answer('a', 1, { input: 100 }),
      total({ [opus]: { input: 150 } }),
      answer('b', 10, { input: 1000 }),
    ];
    const inner = [
      answer('a', 1, { input: 100 }),
      answer('sub-1', 2, { input: 50 }),
      answer('sub-2', 11, { input: 7 }),
    ];
    expect(costOf(main, inner).usage().get(opus)).toMatchObject({ input: 1157 });
  });

  it('knows the context of the conversation itself, also after it was summed up', () => {
    const lines = [answer('a', 1, { input: 10, read: 2000, write: 300, output: 50 })];
    expect(costOf(lines, [answer('s', 2, { input: 9 }, haiku)]).last).toEqual({
      model: opus,
      contextTokens: 2310,
    });
    const compacted =
      '{"type":"system","subtype":"compact_boundary","compactMetadata":{"preTokens":9,"postTokens":7}}';
    expect(costOf([...lines, compacted]).last).toEqual({ model: opus, contextTokens: 7 });
  });

  it('remembers a bounded number of answers', () => {
    const cost = new ConversationCost();
    for (let n = 0; n < 60_000; n++) {
      cost.main({
        kind: 'answer',
        id: `m${n}`,
        model: opus,
        at: n,
        tools: [],
        conversation: null,
        origin: null,
        usage: { input: 1, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
      });
    }
    expect(cost.usage().get(opus)?.input).toBe(60_000);
  });
});

describe('a line of a transcript', () => {
  it('is left aside where it says nothing of cost or is not understood', () => {
    for (const line of [
      '',
      '{',
      'null',
      '{"type":"user","message":{"content":"\\"type\\":\\"assistant\\""}}',
      '{"type":"assistant"}',
      '{"type":"assistant","message":null,"timestamp":"2026-11-22T00:00:00Z"}',
      '{"type":"assistant","message":{"id":"a","model":"m","usage":{}},"timestamp":"yesterday"}',
      '{"type":"assistant","message":{"id":"a","model":"<synthetic>","usage":{}},"timestamp":"2026-11-22T00:00:00Z"}',
      '{"type":"system","subtype":"compact_boundary"}',
    ]) {
      expect(readCostLine(line), line).toBeNull();
    }
  });

  it('counts only numbers that can be counts', () => {
    const line = answer('a', 1, {}).replace('"input_tokens":0', '"input_tokens":-5,"output_tokens":"9"');
    expect(readCostLine(line)).toMatchObject({ usage: { input: 0, output: 0 } });
    expect(readCostLine('{"type":"cost-state","modelUsage":{"m":7}}')).toEqual({
      kind: 'total',
      models: new Map([['m', { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }]]),
    });
  });
});

describe('what a fork begins with is counted in its origin', () => {
  /** Lines in their order; those of sub-agents are read first, as the meter does. */
  const read = (into: ConversationCost, lines: readonly string[], subAgents: readonly string[] = []) => {
    for (const line of subAgents) {
      const fact = readCostLine(line);
      if (fact) into.subAgent(fact);
    }
    for (const line of lines) {
      const fact = readCostLine(line);
      if (fact) into.main(fact);
    }
    into.settle();
  };
  const sum = (...costs: ConversationCost[]) =>
    costs.reduce((input, cost) => input + (cost.usage().get(opus)?.input ?? 0), 0);
  const common = [answer('a', 1, { input: 100 }), answer('b', 5, { input: 20 })];
  const told = (input: number) => total({ [opus]: { input } });

  it('in answers and in totals', () => {
    const origin = new ConversationCost();
    // 5 were asked beside it.
    read(origin, [...common, told(125)]);
    const fork = new ConversationCost([origin]);
    read(fork, common);
    expect(sum(fork)).toBe(0);
    // Its total goes on from its origin's; 3 were asked beside the fork.
    read(fork, [answer('c', 7, { input: 7 }), told(135)]);
    expect(sum(fork)).toBe(10);
    expect(sum(origin, fork)).toBe(135);
    // Alone it has all of it.
    const alone = new ConversationCost();
    read(alone, [...common, answer('c', 7, { input: 7 }), told(135)]);
    expect(sum(alone)).toBe(135);
  });

  it.each([true, false])('with sub-agents, of which it has no lines; total copied along: %s', (copied) => {
    const origin = new ConversationCost();
    read(origin, [...common, told(175)], [answer('s', 3, { input: 50 })]);
    const fork = new ConversationCost([origin]);
    read(fork, copied ? [...common, told(175)] : common);
    expect(sum(origin, fork)).toBe(175);
    read(fork, [answer('c', 7, { input: 7 }), told(182)]);
    expect(sum(origin, fork)).toBe(182);
  });

  it('as it grew, and all at once afterwards, gives the same', () => {
    // 5 beside the origin before the fork, 3 beside the fork; then the origin goes on with 4 and has 10 more beside it.
    const first = [...common, told(125)];
    const second = [...common, answer('c', 7, { input: 7 }), told(135)];
    const later = [answer('d', 9, { input: 4 }), told(139)];

    const origin = new ConversationCost();
    read(origin, first);
    const fork = new ConversationCost([origin]);
    read(fork, second);
    read(origin, later);
    expect(sum(origin, fork)).toBe(149);

    const whole = new ConversationCost();
    read(whole, [...first, ...later]);
    const afterwards = new ConversationCost([whole]);
    read(afterwards, second);
    expect(sum(whole, afterwards)).toBe(149);
  });
});
