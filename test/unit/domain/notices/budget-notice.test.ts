/** Budgets: each stage of each period once, in quiet hours afterwards, never a lower one after a higher. */
import { expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/contract/state.ts';
import type { BudgetView } from '../../../../src/contract/usage.ts';
import { type NoticeState, nextNotices, nothingTold } from '../../../../src/domain/notices/notices.ts';
import { createTranslator } from '../../../../src/locales/index.ts';
import { say } from '../../../../src/tray/say.ts';
import { AT, snapshot } from '../../../support/tray/snapshots.ts';

const en = createTranslator('en');
const zh = createTranslator('zh-CN');
const view = (stage: BudgetView['stage'], more: Partial<BudgetView> = {}): BudgetView => ({
  environment: 'work',
  budget: { usd: 40, period: 'month', refuse: false },
  spentUsd: 33.456,
  unpriced: false,
  from: '2026-11-01',
  to: '2026-11-30',
  stage,
  ...more,
});

/** A tray that looks again and again; what newly came on the screen is in `came`. */
class Tray {
  state: NoticeState;
  came: string[] = [];
  screen: string[] = [];
  settings = snapshot(AT).settings;
  minuteOfDay = 12 * 60;

  constructor(budgets: NoticeState['budgets'] = {}) {
    this.state = { ...nothingTold, budgets };
  }
  look(...budgets: BudgetView[]) {
    const given: Snapshot = snapshot(AT, {
      usage: { revision: 1, pending: 0, budgets },
      settings: this.settings,
    });
    const clock = { now: AT, awakeMs: 0, minuteOfDay: this.minuteOfDay };
    const next = nextNotices(this.state, given, clock, false);
    this.came = next.notices.filter((n) => !this.state.told.has(n.key)).map((n) => say(en, n.title));
    this.screen = next.notices.map((n) => n.key);
    this.state = next.state;
    return next;
  }
  notify(more: Partial<Snapshot['settings']['notifications']>): void {
    const { notifications } = this.settings;
    this.settings = { ...this.settings, notifications: { ...notifications, ...more } };
  }
}

test('says how much of what, and leads to Usage', () => {
  const body = (v: BudgetView, language = en): string => {
    const [notice] = new Tray().look(v).notices;
    expect(notice?.action).toEqual({ type: 'openWindow', place: 'usage' });
    return notice ? say(language, notice.body) : '';
  };
  expect(body(view(80))).toBe('More than 80 % is used: about 33.46 of 40 USD this month, by list prices.');
  expect(body(view(50, { unpriced: true }))).toBe(
    'More than 50 % is used: about 33.46 of 40 USD this month, by list prices. Models without a known price are not in it.',
  );
  expect(body(view(100, { budget: { usd: 40, period: 'day', refuse: true } }))).toContain(
    'about 33.46 of 40 USD today, by list prices. No further session is opened with it',
  );
  expect(body(view(100), zh)).toBe('预算已用完：本月约 33.46 / 40 美元（按标价估算）。');
  // A name is one harmless line.
  const [notice] = new Tray().look(view(50, { environment: 'a\u202eb\nc' })).notices;
  expect(notice && say(en, notice.title)).toBe('Budget of a b c');
});

test('each stage once; the higher one takes the place of the lower', () => {
  const tray = new Tray();
  tray.look(view(null));
  expect(tray.came).toEqual([]);
  for (const stage of [50, 80, 100] as const) {
    tray.look(view(stage));
    expect(tray.came).toEqual(['Budget of work']);
    expect(tray.screen).toHaveLength(1);
    tray.look(view(stage, { spentUsd: 39 }));
    expect(tray.came).toEqual([]);
  }
});

test('what falls and rises again was told already', () => {
  const tray = new Tray();
  tray.look(view(80));
  tray.look();
  expect(tray.screen).toEqual([]);
  for (const stage of [80, 50, null, 80] as const) {
    tray.look(view(stage));
    expect(tray.came).toEqual([]);
  }
  tray.look(view(100));
  expect(tray.came).toEqual(['Budget of work']);
});

test('another environment, period or amount is another budget', () => {
  const tray = new Tray();
  tray.look(view(80));
  for (const other of [
    view(80, { environment: 'research' }),
    view(50, { from: '2026-12-01', to: '2026-12-31' }),
    view(50, { budget: { usd: 60, period: 'month', refuse: false } }),
    view(50, { budget: { usd: 40, period: 'week', refuse: false } }),
  ]) {
    tray.look(other);
    expect(tray.came).toEqual([`Budget of ${other.environment}`]);
  }
  // Two of one machine at once.
  new Tray().look(view(80), view(80, { environment: 'research' }));
});

test('a tray that is started again tells nothing twice', () => {
  const tray = new Tray();
  tray.look(view(80));
  const next = new Tray(JSON.parse(JSON.stringify(tray.state.budgets)));
  next.look(view(80));
  expect(next.came).toEqual([]);
  next.look(view(100));
  expect(next.came).toEqual(['Budget of work']);
});

test('quiet hours hold it back and its switch keeps it away; what was not told is told afterwards', () => {
  const tray = new Tray();
  tray.notify({ quiet: { from: 22 * 60, to: 7 * 60 } });
  tray.minuteOfDay = 23 * 60;
  const { lookAgainMs } = tray.look(view(80));
  expect(tray.came).toEqual([]);
  expect(lookAgainMs).toBeGreaterThan(0);
  tray.minuteOfDay = 7 * 60;
  tray.notify({ budget: false });
  tray.look(view(80));
  expect(tray.came).toEqual([]);
  tray.notify({ budget: true });
  tray.look(view(80));
  expect(tray.came).toEqual(['Budget of work']);
  // What stands on the screen stays there in quiet hours.
  tray.minuteOfDay = 23 * 60;
  tray.look(view(80));
  expect(tray.screen).toHaveLength(1);
});

test('what is remembered is bounded', () => {
  const tray = new Tray();
  for (let n = 0; n < 300; n++) tray.look(view(80, { environment: `e${n}` }));
  expect(Object.keys(tray.state.budgets)).toHaveLength(200);
  tray.look(view(80, { environment: 'e299' }));
  expect(tray.came).toEqual([]);
});
