import type { Snapshot } from '../../contract/state.ts';
import type { BudgetView } from '../../contract/usage.ts';
import { safeText } from '../menu/menu-words.ts';
import type { Notice } from './notice.ts';
import { told } from './notice-words.ts';

/**
 * The highest stage (50, 80, 100) that was told of each budget. It outlives a tray that is started again: a month's
 * budget would else be told at every login for the rest of the month.
 */
export type ToldBudgets = Readonly<Record<string, number>>;

/** Budgets that are remembered: some years of a few environments. */
const REMEMBERED = 200;

/** One period of one budget. Another amount is another budget: whoever raises it wants to hear of the new one. */
const idOf = ({ environment, budget, from }: BudgetView): string =>
  JSON.stringify([environment, budget.period, budget.usd, from]);
const keyOf = (view: BudgetView): string => JSON.stringify(['budget', idOf(view), view.stage]);

/**
 * What there is to tell of budgets: the highest stage that is reached, unless it or a higher one was told before
 * (estimates fall when a price is corrected or transcripts are read anew). One that `shown` has stays as it is.
 */
export function budgetNotices(
  { usage, settings }: Snapshot,
  before: ToldBudgets,
  shown: ReadonlySet<string>,
): Notice[] {
  if (!settings.notifications.budget) return [];
  return usage.budgets
    .filter((b) => b.stage !== null && (b.stage > (before[idOf(b)] ?? 0) || shown.has(keyOf(b))))
    .map(notice);
}

/** What is remembered after `keys` have been told. */
export function rememberBudgets(
  before: ToldBudgets,
  { usage }: Snapshot,
  keys: ReadonlySet<string>,
): ToldBudgets {
  const fresh = usage.budgets.filter((b) => keys.has(keyOf(b)) && (b.stage ?? 0) > (before[idOf(b)] ?? 0));
  if (fresh.length === 0) return before;
  const all = new Map(Object.entries(before));
  for (const view of fresh) {
    // The newest stand last.
    all.delete(idOf(view));
    all.set(idOf(view), view.stage ?? 0);
  }
  return Object.fromEntries([...all].slice(-REMEMBERED));
}

const periods = { day: 'budgetToday', week: 'budgetThisWeek', month: 'budgetThisMonth' } as const;

function notice(view: BudgetView): Notice {
  const { environment, budget, spentUsd, stage, unpriced } = view;
  const said = {
    spent: Math.round(spentUsd * 100) / 100,
    usd: budget.usd,
    percent: stage ?? 0,
    period: told(periods[budget.period]),
    more: unpriced ? told('budgetUnpriced') : { text: '' },
  };
  const reached = budget.refuse ? 'budgetRefuses' : 'budgetReached';
  return {
    key: keyOf(view),
    title: told('budgetTitle', { environment: safeText(environment, 40) }),
    body: told(stage === 100 ? reached : 'budgetStage', said),
    action: { type: 'openWindow', place: 'usage' },
    label: told('budgetPress'),
    buttons: [],
  };
}
