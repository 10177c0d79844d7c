import { expect, test } from 'vitest';
import { mayReload } from '../../../src/tray/reload-limit.ts';

test('a page that crashes again and again is left after three loads in a minute', () => {
  const times: number[] = [];
  expect([0, 1, 2, 3].map((at) => mayReload(times, at))).toEqual([true, true, true, false]);
  expect(mayReload(times, 59_999)).toBe(false);
  expect(mayReload(times, 60_001)).toBe(true);
});

test('a clock that was set back does not hold it', () => {
  const times = [10_000_000, 10_000_001, 10_000_002];
  expect(mayReload(times, 5)).toBe(true);
});
