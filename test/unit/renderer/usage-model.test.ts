/** Ranges, bars and figures of the page Usage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketsOf,
  daysIn,
  localDay,
  localStart,
  rangeBefore,
  rangeOf,
  unitOf,
} from '../../../renderer/src/model/usage-range.ts';
import {
  axisOf,
  barsOf,
  noUsage,
  SERIES,
  sorted,
  tokensOf,
} from '../../../renderer/src/model/usage-series.ts';
import { modelName, usageWords } from '../../../renderer/src/model/usage-words.ts';
import type { UsageRow } from '../../../src/contract/usage.ts';
import { addDays, isDay } from '../../../src/domain/usage/days.ts';

const row = (more: Partial<UsageRow>): UsageRow => ({ ...noUsage, answers: 1, ...more });
const anyDay = fc
  .date({ min: new Date('2001-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));

describe('ranges', () => {
  test('each name means whole days, also over months and leap years', () => {
    expect(rangeOf('today', '2026-11-23')).toEqual({ from: '2026-11-23', to: '2026-11-23' });
    expect(rangeOf('days7', '2026-03-02')).toEqual({ from: '2026-02-24', to: '2026-03-02' });
    expect(rangeOf('days90', '2024-03-01')).toEqual({ from: '2023-12-03', to: '2024-03-01' });
    expect(rangeOf('month', '2026-11-01')).toEqual({ from: '2026-11-01', to: '2026-11-01' });
    expect(rangeOf('lastMonth', '2024-03-31')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(rangeOf('lastMonth', '2026-01-05')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
  });

  test('is compared with what it can be compared with', () => {
    const comparedTo = (name: Parameters<typeof rangeOf>[0], today: string) =>
      rangeBefore(rangeOf(name, today), name);
    expect(comparedTo('today', '2026-03-01')).toEqual({ from: '2026-02-28', to: '2026-02-28' });
    expect(comparedTo('days7', '2026-11-23')).toEqual({ from: '2026-11-10', to: '2026-11-16' });
    // The same part of the month before, and not beyond it.
    expect(comparedTo('month', '2026-11-23')).toEqual({ from: '2026-10-01', to: '2026-10-23' });
    expect(comparedTo('month', '2026-03-31')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(comparedTo('lastMonth', '2026-03-15')).toEqual({ from: '2026-01-01', to: '2026-01-31' });
    expect(rangeBefore({ from: '2026-01-10', to: '2026-01-12' }, 'own')).toEqual({
      from: '2026-01-07',
      to: '2026-01-09',
    });
  });

  test('bars cover every day of a range once, and are not too many', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(2000), (from, days) => {
        const range = { from, to: addDays(from, days) };
        const buckets = bucketsOf(range, unitOf(range));
        expect(buckets[0]?.from).toBe(range.from);
        expect(buckets.at(-1)?.to).toBe(range.to);
        expect(buckets.reduce((sum, b) => sum + daysIn(b), 0)).toBe(days + 1);
        for (const [n, b] of buckets.slice(1).entries())
          expect(b.from).toBe(addDays(buckets[n]?.to ?? '', 1));
        expect(buckets.length).toBeLessThanOrEqual(92);
      }),
      { numRuns: 60 },
    );
  });

  test('days of the calendar and of the person', () => {
    expect(['2026-02-29', '2026-13-01', '2026-1-1', 'x', ''].filter(isDay)).toEqual([]);
    expect(isDay('2024-02-29')).toBe(true);
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(localDay(localStart(day))).toBe(day);
        expect(localDay(localStart(day) - 1)).toBe(addDays(day, -1));
      }),
      { numRuns: 60 },
    );
  });
});

describe('bars', () => {
  const range = { from: '2026-11-01', to: '2026-11-03' };
  test('are stacked by the largest first, days without usage included; what has no price costs nothing and is told', () => {
    const { series, bars } = barsOf(
      [
        row({ day: '2026-11-01', model: 'b', costUsd: 1 }),
        row({ day: '2026-11-03', model: 'a', costUsd: 5 }),
        row({ day: '2026-11-03', model: 'new', costUsd: null, unpricedTokens: 70, inputTokens: 70 }),
        row({ day: '2026-10-01', model: 'b', costUsd: 1 }),
      ],
      bucketsOf(range, 'day'),
      'model',
      'cost',
    );
    expect(series.map((s) => s.keys)).toEqual([['a'], ['b']]);
    expect(bars.map((b) => b.amounts)).toEqual([
      [0, 1],
      [0, 0],
      [5, 0],
    ]);
    expect(bars.map((b) => b.unpriced)).toEqual([0, 0, 70]);
  });

  test('beyond a number they are one, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(12), fc.nat(2), fc.nat(1000)), { maxLength: 80 }), (given) => {
        const rows = given.map(([m, d, tokens]) =>
          row({ day: addDays(range.from, d), project: `p${m}`, inputTokens: tokens }),
        );
        const { series, bars } = barsOf(rows, bucketsOf(range, 'day'), 'project', 'tokens');
        const all = rows.reduce((sum, r) => sum + tokensOf(r), 0);
        expect(series.reduce((sum, s) => sum + s.total, 0)).toBe(all);
        expect(bars.reduce((sum, b) => sum + b.amounts.reduce((x, y) => x + y, 0), 0)).toBe(all);
        expect(series.length).toBeLessThanOrEqual(SERIES + 1);
        expect(series.flatMap((s) => s.keys).length).toBe(
          new Set(rows.filter((r) => r.inputTokens > 0).map((r) => r.project)).size,
        );
      }),
    );
  });

  test('an axis has round marks and room for the highest bar', () => {
    expect(axisOf(0)).toEqual([0, 1]);
    expect(axisOf(9.4)).toEqual([0, 2.5, 5, 7.5, 10]);
    expect(axisOf(0.031)).toEqual([0, 0.01, 0.02, 0.03, 0.04]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (max) => {
        const marks = axisOf(max);
        expect(marks.at(-1)).toBeGreaterThanOrEqual(max * 0.999);
        expect(marks.length).toBeGreaterThanOrEqual(3);
        expect(marks.length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

test('what has no known price stands last in either direction', () => {
  const rows = [
    row({ model: 'new', costUsd: null, inputTokens: 9 }),
    row({ model: 'a', costUsd: 1 }),
    row({ model: 'b', costUsd: 2 }),
  ];
  const order = (descending: boolean) =>
    sorted(
      rows,
      { by: 'cost', descending },
      (r) => r.model ?? '',
      (a, b) => a.localeCompare(b),
    ).map((r) => r.model);
  expect(order(true)).toEqual(['b', 'a', 'new']);
  expect(order(false)).toEqual(['a', 'b', 'new']);
});

test('money, tokens and days as each language writes them', () => {
  const en = usageWords('en', 2026);
  const zh = usageWords('zh-CN', 2026);
  expect([en.money(1234.5), en.money(0.001), en.money(0)]).toEqual(['$1,234.50', '< $0.01', '$0.00']);
  expect(zh.money(1234.5)).toBe('$1,234.50');
  expect([en.tokens(1_234_567), zh.tokens(1_234_567)]).toEqual(['1.2M', '123.5万']);
  expect([en.day('2026-11-22'), en.day('2025-11-22'), zh.day('2026-11-22')]).toEqual([
    'Nov 22',
    'Nov 22, 2025',
    '11月22日',
  ]);
  expect(en.range({ from: '2026-11-01', to: '2026-11-22' }).replace(/\s/g, ' ')).toBe('Nov 1 – 22');
  expect([en.bytes(10), en.bytes(312_000_000), en.bytes(2.34e9)]).toEqual(['1 kB', '312 MB', '2.3 GB']);
});

test('two profiles of one model are told apart', () => {
  expect(modelName('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe('Sonnet 4.5 · us');
  expect(modelName('global.anthropic.claude-opus-5-5')).toBe('Opus 5.5 · global');
  expect(modelName('anthropic.claude-haiku-4-5-20251001-v1:0')).toBe('Haiku 4.5');
  expect(modelName('arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/x7k2')).toBe('x7k2');
});
