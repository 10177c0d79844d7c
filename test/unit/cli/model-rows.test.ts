import { expect, test } from 'vitest';
import { modelRows } from '../../../src/cli/model-rows.ts';
import { cellWidth } from '../../../src/cli/table.ts';
import { modelView } from '../../support/model-view.ts';

test('a terminal of 80 columns holds a row: what one can do without is left out', () => {
  const rates = { input: 3, output: 15, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  const id = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const views = [
    modelView({ id, name: 'x', rates }),
    modelView({ id: 'us.anthropic.claude-opus-5', name: 'y' }),
  ];
  const wide = modelRows({ models: views, source: 'live' }, false, Number.POSITIVE_INFINITY);
  expect(wide).toContain('200k     $3.00 / $15.00');
  const narrow = modelRows({ models: views, source: 'live' }, false, 80).split('\n');
  expect(Math.max(...narrow.map(cellWidth))).toBeLessThanOrEqual(80);
  expect(narrow[2]).toMatch(/^Sonnet 4\.5 +us\.\S+ +access granted$/);
});

test('of a list that is not AWS’s own nothing is claimed', () => {
  const views = [modelView({ id: 'us.anthropic.claude-opus-5', name: 'x', access: 'unknown' })];
  const state = (source: 'live' | 'shipped') =>
    modelRows({ models: views, source }, false, 80).split('\n').at(-1);
  expect(state('live')).toMatch(/offered$/);
  expect(state('shipped')).toMatch(/not known$/);
});
