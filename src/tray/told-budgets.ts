import Store from 'electron-store';
import type { ToldBudgets } from '../domain/notices/budget-notice.ts';

interface Kept {
  told: ToldBudgets;
}

/** What was told of budgets, kept with the window's place: nothing else needs to know what this desktop has seen. */
export function toldBudgets(): { read(): ToldBudgets; keep(told: ToldBudgets): void } {
  const store = new Store<Kept>({ name: 'told-budgets', clearInvalidConfig: true });
  return {
    read() {
      // A file that somebody edited may hold anything: what is no stage was not told.
      const told: unknown = store.get('told');
      if (typeof told !== 'object' || told === null) return {};
      return Object.fromEntries(Object.entries(told).filter(([, stage]) => typeof stage === 'number'));
    },
    keep: (told) => store.set('told', told),
  };
}
