import type { UsageDimension, UsageRow, UsageSums } from '../../../src/contract/usage.ts';
import type { DayRange } from './usage-range.ts';

/** What usage is measured by. */
export type Metric = 'cost' | 'tokens';
/** What bars and tables are divided by. */
export type Division = Exclude<UsageDimension, 'day'>;

export const noUsage: UsageSums = {
  answers: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  costUsd: null,
  unpricedTokens: 0,
};

export const tokensOf = (sums: UsageSums): number =>
  sums.inputTokens +
  sums.outputTokens +
  sums.cacheReadTokens +
  sums.cacheWrite5mTokens +
  sums.cacheWrite1hTokens;

/** How much of a metric; what has no price adds nothing to money, and says so elsewhere. */
export const amountOf = (sums: UsageSums, metric: Metric): number =>
  metric === 'cost' ? (sums.costUsd ?? 0) : tokensOf(sums);

/** The value of a row in a division; an environment may be nobody's (null). */
export const keyOf = (row: UsageRow, division: Division): string | null => row[division] ?? null;

/** Series that are drawn apart; what is beyond them is one more, `rest`. */
export const SERIES = 6;
export interface Series {
  /** Place among the drawings (colour and pattern); `rest` has its own. */
  drawing: number | 'rest';
  /** The division's value; null is nobody's environment. Of `rest`: all that are in it. */
  keys: readonly (string | null)[];
  total: number;
}
export interface Bar {
  range: DayRange;
  /** In the order of the series. */
  amounts: readonly number[];
  total: number;
  /** Tokens of models without a known price. */
  unpriced: number;
}

/** Rows by day and one division as stacked bars: the largest series first, beyond `SERIES` in one. */
export function barsOf(
  rows: readonly UsageRow[],
  buckets: readonly DayRange[],
  division: Division,
  metric: Metric,
): { series: Series[]; bars: Bar[] } {
  const totals = new Map<string | null, number>();
  for (const row of rows) {
    const key = keyOf(row, division);
    totals.set(key, (totals.get(key) ?? 0) + amountOf(row, metric));
  }
  const ranked = [...totals].filter(([, total]) => total > 0).sort(([, a], [, b]) => b - a);
  // One that is left alone is no rest.
  const own = ranked.length > SERIES + 1 ? SERIES : ranked.length;
  const series: Series[] = ranked
    .slice(0, own)
    .map(([key, total], n) => ({ drawing: n < SERIES ? n : 'rest', keys: [key], total }));
  const rest = ranked.slice(own);
  if (rest.length > 0)
    series.push({
      drawing: 'rest',
      keys: rest.map(([key]) => key),
      total: rest.reduce((sum, [, total]) => sum + total, 0),
    });
  const placeOf = new Map(series.flatMap((s, n) => s.keys.map((key) => [key, n] as const)));
  const bars = buckets.map((range) => ({
    range,
    amounts: series.map(() => 0),
    total: 0,
    unpriced: 0,
  }));
  for (const row of rows) {
    const bar = bars[bucketAt(buckets, row.day ?? '')];
    if (!bar) continue;
    const amount = amountOf(row, metric);
    const place = placeOf.get(keyOf(row, division));
    if (place !== undefined) bar.amounts[place] = (bar.amounts[place] ?? 0) + amount;
    bar.total += amount;
    bar.unpriced += row.unpricedTokens;
  }
  return { series, bars };
}

/** The bucket that a day lies in; -1: none. Buckets follow one another. */
function bucketAt(buckets: readonly DayRange[], day: string): number {
  let [low, high] = [0, buckets.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to } = buckets[middle] ?? { from: '', to: '' };
    if (day < from) high = middle - 1;
    else if (day > to) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** Marks of an axis from zero to at least `max`, at round figures: three to five steps. */
export function axisOf(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10) * power;
  const steps = Math.ceil(max / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

export type SortKey = 'name' | 'cost' | 'tokens' | 'answers';
export interface Sorting {
  by: SortKey;
  descending: boolean;
}

/** Rows in an order. What has no known price is neither dear nor cheap: it stands last in either direction. */
export function sorted(
  rows: readonly UsageRow[],
  { by, descending }: Sorting,
  nameOf: (row: UsageRow) => string,
  compareNames: (a: string, b: string) => number,
): UsageRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (by === 'name') return sign * compareNames(nameOf(a), nameOf(b));
    if (by === 'cost' && (a.costUsd === null || b.costUsd === null))
      return a.costUsd === b.costUsd ? tokensOf(b) - tokensOf(a) : a.costUsd === null ? 1 : -1;
    const [x, y] = by === 'answers' ? [a.answers, b.answers] : [amountOf(a, by), amountOf(b, by)];
    return sign * (x - y);
  });
}
