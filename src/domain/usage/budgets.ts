import { type Budget, type BudgetView, budgetStages, type UsageSums } from '../../contract/usage.ts';
import { periodOf } from './days.ts';

/** How a budget stands with what was used in its period, which `today` lies in. */
export function budgetView(
  environment: string,
  budget: Budget,
  today: string,
  used: Pick<UsageSums, 'costUsd' | 'unpricedTokens'>,
): BudgetView {
  const spentUsd = used.costUsd ?? 0;
  const reached = budgetStages.findLast((stage) => spentUsd >= budget.usd * stage);
  return {
    environment,
    budget,
    spentUsd,
    unpriced: used.unpricedTokens > 0,
    ...periodOf(today, budget.period),
    stage: reached === undefined ? null : ((reached * 100) as 50 | 80 | 100),
  };
}

/** Whether no further session is to be opened. What has no price counts as nothing: nobody knows more. */
export function budgetRefuses({ budget, stage }: Pick<BudgetView, 'budget' | 'stage'>): boolean {
  return budget.refuse && stage === 100;
}
