import type { UsageDimension, UsageRow, UsageSums } from '../../contract/usage.ts';
import {
  addTokens,
  costOf,
  type ModelPrice,
  noTokens,
  PROMPT_STEP,
  type TokenUsage,
} from '../cost/prices.ts';

/** Answers of one model with prompts of one class, of one day; and what they are of. */
export interface UsedTokens {
  day: string;
  model: string;
  /** Class of prompt length (cost/prices). */
  step: number;
  project: string;
  environment: string | null;
  session: string;
  title: string | null;
  answers: number;
  usage: TokenUsage;
}

const FIELDS = ['day', 'model', 'project', 'environment', 'session'] as const satisfies UsageDimension[];

interface Sum {
  answers: number;
  usage: TokenUsage;
  usd: number;
  priced: boolean;
  unpriced: number;
}

function add(sum: Sum, { answers, usage, step }: UsedTokens, price: ModelPrice | null): void {
  sum.answers += answers;
  sum.usage = addTokens(sum.usage, usage);
  if (price) {
    sum.priced = true;
    sum.usd += costOf(usage, price, step * PROMPT_STEP);
  } else sum.unpriced += Object.values(usage).reduce((all, tokens) => all + tokens, 0);
}

function sums({ answers, usage, usd, priced, unpriced }: Sum): UsageSums {
  return {
    answers,
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheReadTokens: usage.cacheRead,
    cacheWrite5mTokens: usage.cacheWrite5m,
    cacheWrite1hTokens: usage.cacheWrite1h,
    costUsd: priced ? usd : null,
    unpricedTokens: unpriced,
  };
}

const none = (): Sum => ({ answers: 0, usage: noTokens, usd: 0, priced: false, unpriced: 0 });

/**
 * Rows by the dimensions that are asked for, priced: the newest days first, else the dearest first (those without a
 * price behind them, by their tokens). `priceOf` answers the price of a model on a day.
 */
export function usageRows(
  used: Iterable<UsedTokens>,
  by: readonly UsageDimension[],
  priceOf: (model: string, day: string) => ModelPrice | null,
): { rows: UsageRow[]; total: UsageSums } {
  const asked = FIELDS.filter((field) => by.includes(field));
  const groups = new Map<string, { row: Partial<UsageRow>; sum: Sum }>();
  const total = none();
  for (const each of used) {
    const price = priceOf(each.model, each.day);
    add(total, each, price);
    if (asked.length === 0) continue;
    const key = JSON.stringify(asked.map((field) => each[field]));
    let group = groups.get(key);
    if (!group) {
      group = { row: Object.fromEntries(asked.map((field) => [field, each[field]])), sum: none() };
      if (asked.includes('session') && each.title !== null) group.row.title = each.title;
      groups.set(key, group);
    }
    add(group.sum, each, price);
  }
  const rows = [...groups.values()]
    .map(({ row, sum }): UsageRow => ({ ...row, ...sums(sum) }))
    .sort(
      (a, b) =>
        order(b.day ?? '', a.day ?? '') ||
        (b.costUsd ?? -1) - (a.costUsd ?? -1) ||
        b.unpricedTokens - a.unpricedTokens ||
        b.answers - a.answers ||
        order(JSON.stringify(a), JSON.stringify(b)),
    );
  return { rows, total: sums(total) };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
