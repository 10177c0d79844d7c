import type { Snapshot } from '../../contract/state.ts';
import { action, type MenuEntry } from './menu-entries.ts';
import { safeText, word } from './menu-words.ts';

/**
 * Budgets that are nearly or wholly used, and what follows from it. Told by stages: figures that move with each answer
 * would close the menu under the pointer.
 */
export function budgetEntries({ usage }: Snapshot): MenuEntry[] {
  return usage.budgets
    .filter((b) => b.stage !== null && b.stage >= 80)
    .map(({ environment, budget, stage }) => {
      const reached = budget.refuse ? 'budgetRefuses' : 'budgetReached';
      return action(
        word(stage === 100 ? reached : 'budgetNear', { environment: safeText(environment, 40) }),
        {
          type: 'openWindow',
          place: 'usage',
        },
      );
    });
}
