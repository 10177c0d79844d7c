import { describe, expect, it } from 'vitest';
import type { MeterView } from '../../../../src/contract/state.ts';
import { capState, capStops, costText, usdText } from '../../../../src/domain/cost/session-cost.ts';

const meter = (costUsd: number | null): MeterView => ({
  costUsd,
  model: 'm',
  contextTokens: 1,
  contextSize: null,
  inputTokens: 1,
  outputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  at: 1,
});

describe('a cost cap', () => {
  const at = (costUsd: number | null, stop = true) => ({ cap: { usd: 5, stop }, meter: meter(costUsd) });

  it('warns at 80 %, is reached at 100 %, and says so where no price is known', () => {
    expect(capState(at(0))).toBe('below');
    expect(capState(at(3.99))).toBe('below');
    expect(capState(at(4))).toBe('warned');
    expect(capState(at(4.99))).toBe('warned');
    expect(capState(at(5))).toBe('reached');
    expect(capState(at(null))).toBe('unpriced');
    expect(capState({ cap: { usd: 5, stop: true }, meter: null })).toBe('below');
    expect(capState({ cap: null, meter: meter(100) })).toBe('none');
  });

  it('stops only where it is reached and meant to', () => {
    expect(capStops(at(5))).toBe(true);
    expect(capStops(at(5, false))).toBe(false);
    expect(capStops(at(4.99))).toBe(false);
    expect(capStops(at(null))).toBe(false);
    expect(capStops({ cap: null, meter: meter(5) })).toBe(false);
  });
});

describe('a cost in words', () => {
  it('is an estimate, to the cent', () => {
    expect(usdText(1.234, 'en')).toBe('$1.23');
    expect(usdText(0, 'en')).toBe('$0.00');
    expect(usdText(0.001, 'en')).toBe('<$0.01');
    expect(usdText(1234.5, 'zh-CN')).toBe('$1,234.50');
    expect(costText({ cap: null, meter: meter(0.42) }, 'en')).toBe('≈$0.42');
    expect(costText({ cap: { usd: 5, stop: true }, meter: meter(0.42) }, 'en')).toBe('≈$0.42 / $5.00');
    expect(costText({ cap: { usd: 5, stop: true }, meter: meter(null) }, 'en')).toBe('? / $5.00');
    expect(costText({ cap: { usd: 5, stop: true }, meter: null }, 'en')).toBe('');
  });
});
