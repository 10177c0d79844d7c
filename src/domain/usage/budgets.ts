import { type Budget, type BudgetView, budgetStages, type UsageSums } from '../../contract/usage.ts';
import { periodOf } from './days.ts';

/** Sums of binary fractions fall short of what they are the sum of: ten times 0.08 is less than 0.8. */
const NEARLY = 1e-9;

/** How a budget stands with what was used in its period, which `today` lies in. */
export function budgetView(
  environment: string,
  budget: Budget,
  today: string,
  used: Pick<UsageSums, 'costUsd' | 'unpricedTokens'>,
): BudgetView {
  const spentUsd = used.costUsd ?? 0;
  const reached = budgetStages.findLast((stage) => spentUsd + NEARLY >= budget.usd * stage);
  return {
    environment,
    budget,
    spentUsd,
    unpriced: used.unpricedTokens > 0,
    ...periodOf(today, budget.period),
    stage: reached === undefined ? null : ((reached * 100) as 50 | 80 | 100),
  };
}

/**
 * Whether no further session is to be opened `today`, by what was `known` of the budget last: it may have been changed
 * since. What was used in a period that is over, or in one of another length, refuses nothing. What has no price counts
 * as nothing: nobody knows more.
 */
export function budgetRefuses(
  budget: Budget,
  known: Pick<BudgetView, 'budget' | 'spentUsd' | 'from' | 'to'>,
  today: string,
): boolean {
  const inPeriod = known.budget.period === budget.period && known.from <= today && today <= known.to;
  return budget.refuse && inPeriod && known.spentUsd + NEARLY >= budget.usd;
}
