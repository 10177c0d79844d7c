/** The tray's side of what is told: what it remembers of budgets, and where a press leads. */
import { expect, test } from 'vitest';
import type { Snapshot } from '../../../src/contract/state.ts';
import type { BudgetView } from '../../../src/contract/usage.ts';
import type { MenuAction } from '../../../src/domain/menu/menu-entries.ts';
import type { ToldBudgets } from '../../../src/domain/notices/budget-notice.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { Notifications } from '../../../src/tray/notifications.ts';
import { say } from '../../../src/tray/say.ts';
import { AT, snapshot } from '../../support/tray/snapshots.ts';

const budget = (stage: BudgetView['stage']): Partial<Snapshot> => ({
  usage: {
    revision: 1,
    pending: 0,
    budgets: [
      {
        environment: 'work',
        budget: { usd: 40, period: 'month', refuse: true },
        spentUsd: 41,
        unpriced: false,
        from: '2026-11-01',
        to: '2026-11-30',
        stage,
      },
    ],
  },
});

test('a budget is told once however often the tray is started; a press shows Usage, also when all is settled', () => {
  let kept: ToldBudgets = {};
  const shown: { title: string; press: (button: number | null) => void }[] = [];
  const did: MenuAction[] = [];
  const start = (given: Partial<Snapshot>) => {
    let now = snapshot(AT, given);
    const tray = new Notifications({
      snapshot: () => now,
      clock: () => ({ now: AT, awakeMs: 0, minuteOfDay: 12 * 60 }),
      looking: () => false,
      say: (message) => say(createTranslator('en'), message),
      perform: (action) => did.push(action),
      budgets: {
        read: () => kept,
        keep: (told) => {
          kept = JSON.parse(JSON.stringify(told));
        },
      },
    });
    tray.showBy({
      show({ title }, press) {
        shown.push({ title, press });
        return { close() {} };
      },
    });
    return {
      tray,
      change(more: Partial<Snapshot>) {
        now = snapshot(AT, more);
        tray.update();
      },
    };
  };
  const first = start(budget(80));
  expect(shown.map((s) => s.title)).toEqual(['Budget of work']);
  first.tray.close();
  const second = start(budget(80));
  expect(shown).toHaveLength(1);
  second.change(budget(100));
  expect(shown).toHaveLength(2);
  shown[1]?.press(null);
  second.change({});
  shown[1]?.press(null);
  expect(did).toEqual([
    { type: 'openWindow', place: 'usage' },
    { type: 'openWindow', place: 'usage' },
  ]);
  second.tray.close();
});
