import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationClock, durationMessage } from '../../../src/domain/duration.ts';
import { createTranslator } from '../../../src/locales/index.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

const said = (ms: number, language: 'en' | 'zh-CN' = 'en'): string => {
  const m = durationMessage(ms);
  return createTranslator(language).t(`page:${m.key}`, m.params);
};

describe('time left in words', () => {
  test.for([
    [0, 'no time', '无剩余时间'],
    [-5 * M, 'no time', '无剩余时间'],
    [Number.NaN, 'no time', '无剩余时间'],
    [45.9 * S, '45 s', '45 秒'],
    [2 * M - 1, '119 s', '119 秒'],
    [2 * M, '2 min', '2 分钟'],
    [H - 1, '59 min', '59 分钟'],
    [H, '1 h 00 min', '1 小时 00 分'],
    [3 * H + 7.99 * M, '3 h 07 min', '3 小时 07 分'],
    [2 * D + 3.5 * H, '2 d 3 h', '2 天 3 小时'],
  ] as const)('%d ms', ([ms, en, zh]) => {
    expect(said(ms)).toBe(en);
    expect(said(ms, 'zh-CN')).toBe(zh);
  });

  test('never promises more than there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * D }), (ms) => {
        const m = durationMessage(ms);
        const p = m.params as Record<string, number | string>;
        const shown =
          Number(p.days ?? 0) * D +
          Number(p.hours ?? 0) * H +
          Number(p.minutes ?? 0) * M +
          Number(p.seconds ?? 0) * S;
        expect(shown).toBeLessThanOrEqual(ms);
        expect(ms - shown).toBeLessThan(ms >= D ? H : M);
      }),
    );
  });
});

test.for([
  [-1, '0:00'],
  [9 * S, '0:09'],
  [42 * M + 7 * S, '42:07'],
  [H + 2 * M + 3 * S, '1:02:03'],
  [30 * H, '30:00:00'],
] as const)('clock of %d ms', ([ms, shown]) => expect(durationClock(ms)).toBe(shown));
