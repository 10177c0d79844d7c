import { describe, expect, it } from 'vitest';
import { priceOf } from '../../../../src/domain/cost/price-table.ts';
import {
  contextSize,
  costOf,
  modelName,
  noTokens,
  type TokenUsage,
} from '../../../../src/domain/cost/prices.ts';

const at = Date.UTC(2026, 10, 22);
const price = (id: string, regionalFactor = 1.1) => priceOf(id, { regionalFactor, at });
const usage = (part: Partial<TokenUsage>): TokenUsage => ({ ...noTokens, ...part });

/** USD for a million tokens: in, out, 5-minute write, 1-hour write, cache read. */
function rates(id: string, tier = 0): number[] | undefined {
  const of = price(id)?.tiers[tier]?.rates;
  return (
    of &&
    [of.input, of.output, of.cacheWrite5m, of.cacheWrite1h, of.cacheRead].map((n) => Number(n.toFixed(6)))
  );
}

describe('the price of a model', () => {
  it.each([
    ['global.anthropic.claude-opus-5-5', 4, 20, 5, 8, 0.2],
    ['us.anthropic.claude-opus-5-5', 4.4, 22, 5.5, 8.8, 0.22],
    ['global.anthropic.claude-opus-5', 5, 25, 6.25, 10, 0.5],
    ['global.anthropic.claude-opus-4-8', 5, 25, 6.25, 10, 0.5],
    ['eu.anthropic.claude-opus-4-8', 5.5, 27.5, 6.875, 11, 0.55],
    ['us.anthropic.claude-opus-4-6-v1', 5.5, 27.5, 6.875, 11, 0.55],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 5.5, 27.5, 6.875, 11, 0.55],
    // Before the 4.5 models a region cost no more than the world.
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 15, 75, 18.75, 30, 1.5],
    ['apac.anthropic.claude-sonnet-4-20250514-v1:0', 3, 15, 3.75, 6, 0.3],
    ['global.anthropic.claude-sonnet-5-5', 2, 10, 2.5, 4, 0.1],
    ['us.anthropic.claude-sonnet-5-5', 2.2, 11, 2.75, 4.4, 0.11],
    ['global.anthropic.claude-sonnet-5', 2, 10, 2.5, 4, 0.2],
    ['us.anthropic.claude-sonnet-4-6[1m]', 3.3, 16.5, 4.125, 6.6, 0.33],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3, 15, 3.75, 6, 0.3],
    ['jp.anthropic.claude-sonnet-4-5-20250929-v1:0', 3.3, 16.5, 4.125, 6.6, 0.33],
    ['global.anthropic.claude-haiku-5-5', 0.1, 0.5, 0.125, 0.2, 0.01],
    ['global.anthropic.claude-haiku-4-5-20251001-v1:0', 1, 5, 1.25, 2, 0.1],
    ['global.anthropic.claude-fable-5-2', 8, 40, 10, 16, 0.2],
    ['global.anthropic.claude-fable-5', 10, 50, 12.5, 20, 1],
    ['us.anthropic.claude-fable-5-1', 11, 55, 13.75, 22, 0.275],
    ['anthropic.claude-3-haiku-20240307-v1:0', 0.25, 1.25, 0.3125, 0.5, 0.025],
  ])('%s', (id, ...expected) => {
    expect(rates(id)).toEqual(expected);
  });

  it('is that of the model behind an ARN that names it', () => {
    const arn = 'arn:aws:bedrock:us-west-2';
    expect(price(`${arn}::foundation-model/anthropic.claude-opus-5`)).toEqual(
      price('us.anthropic.claude-opus-5'),
    );
    expect(price(`${arn}:111122223333:inference-profile/global.anthropic.claude-opus-5`)).toEqual(
      price('global.anthropic.claude-opus-5'),
    );
  });

  it('is not known where it is not known: never zero', () => {
    for (const id of [
      'us.anthropic.claude-opus-9',
      'us.anthropic.claude-sonnet-5-6',
      'arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/abc123',
      'arn:aws:bedrock:us-west-2:111122223333:provisioned-model/abc123',
      'amazon.nova-lite-v1:0',
      'claude-opus-5-5',
      '<synthetic>',
      '',
    ]) {
      expect(price(id), id).toBeNull();
    }
  });

  it('takes the regional factor only where no regional price is known', () => {
    expect(price('us.anthropic.claude-opus-5-5', 3)).toEqual(price('us.anthropic.claude-opus-5-5', 1));
    expect(price('us.anthropic.claude-fable-5-2', 1.5)).toMatchObject({
      source: 'list',
      scope: 'regional',
      tiers: [{ rates: { input: 12, output: 60 } }],
    });
    expect(price('global.anthropic.claude-fable-5-2', 1.5)?.tiers[0].rates.input).toBe(8);
  });

  it('stands in our own list only while the table lacks it', () => {
    for (const base of ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-fable-5-2']) {
      expect(price(`global.anthropic.${base}`)?.source, base).toBe('list');
    }
    expect(price('us.anthropic.claude-opus-5-5')?.source).toBe('table');
  });
});

describe('the cost of an answer', () => {
  const cost = (id: string, part: Partial<TokenUsage>): number => {
    const of = price(id);
    if (!of) throw new Error(`no price of ${id}`);
    return Number(costOf(usage(part), of).toFixed(8));
  };

  it('adds up each kind of token at its own price, to the cent and below', () => {
    expect(cost('global.anthropic.claude-opus-5-5', { input: 4373, output: 21 })).toBe(0.017912);
    expect(
      cost('us.anthropic.claude-opus-5-5', {
        input: 1_000,
        output: 2_000,
        cacheRead: 300_000,
        cacheWrite5m: 40_000,
        cacheWrite1h: 50_000,
      }),
    ).toBe(0.7744);
    expect(cost('us.anthropic.claude-opus-5-5', {})).toBe(0);
  });

  it('takes the tier of the whole prompt, cached or not', () => {
    const haiku = 'global.anthropic.claude-haiku-5-5';
    expect(cost(haiku, { input: 100_000, output: 1_000 })).toBe(0.0105);
    expect(cost(haiku, { input: 100_001, output: 1_000 })).toBe(0.0525005);
    expect(cost(haiku, { input: 1, cacheRead: 90_000, cacheWrite5m: 10_000, output: 1_000 })).toBe(0.0132505);
  });
});

describe('prices that a person knows better', () => {
  const own = { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 };
  const with_ = (given: Record<string, typeof own>, id: string) =>
    priceOf(id, { regionalFactor: 1.1, at, given })?.tiers[0].rates;

  it('hold for each profile of the model as they are, or for one id alone', () => {
    const given = { 'claude-opus-5-5': own, 'us.anthropic.claude-opus-5-5': { ...own, input: 9 } };
    expect(with_(given, 'global.anthropic.claude-opus-5-5')).toEqual(own);
    expect(with_(given, 'eu.anthropic.claude-opus-5-5')).toEqual(own);
    expect(with_(given, 'us.anthropic.claude-opus-5-5')?.input).toBe(9);
    expect(with_(given, 'us.anthropic.claude-sonnet-4-6')?.input).toBeCloseTo(3.3);
  });

  it('give one to what no table has, also under a name that says nothing', () => {
    const arn = 'arn:aws:bedrock:us-west-2:1:application-inference-profile/x';
    expect(with_({ 'claude-opus-9-9': own }, 'us.anthropic.claude-opus-9-9')).toEqual(own);
    expect(with_({ [arn]: own }, arn)).toEqual(own);
    expect(with_({}, 'constructor')).toBeUndefined();
  });
});

describe('a model id', () => {
  it.each([
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5', 'regional', false],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet', 'regional', false],
    ['anthropic.claude-3-haiku-20240307-v1:0:200k', 'claude-3-haiku', 'regional', false],
    ['global.anthropic.claude-sonnet-4-6[1m]', 'claude-sonnet-4-6', 'global', true],
  ])('%s', (id, base, scope, wide) => {
    expect(modelName(id)).toEqual({ base, scope, wide });
  });

  it('tells how much fits into the context', () => {
    expect(contextSize('us.anthropic.claude-opus-5-5')).toBe(1_000_000);
    expect(contextSize('us.anthropic.claude-haiku-5-5')).toBe(1_000_000);
    expect(contextSize('us.anthropic.claude-opus-4-6-v1')).toBe(200_000);
    expect(contextSize('us.anthropic.claude-sonnet-4-6')).toBe(200_000);
    expect(contextSize('us.anthropic.claude-sonnet-4-6[1m]')).toBe(1_000_000);
    expect(contextSize('us.anthropic.claude-haiku-4-5-20251001-v1:0')).toBe(200_000);
    expect(contextSize('us.anthropic.claude-opus-9')).toBeNull();
    expect(contextSize('arn:aws:bedrock:us-west-2:1:application-inference-profile/x')).toBeNull();
  });
});
