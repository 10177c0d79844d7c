import { describe, expect, it } from 'vitest';
import type { Budget } from '../../../../src/contract/usage.ts';
import { besideAnswers } from '../../../../src/domain/usage/beside.ts';
import { budgetRefuses, budgetView } from '../../../../src/domain/usage/budgets.ts';
import { type UsedTokens, usageRows } from '../../../../src/domain/usage/usage-rows.ts';

const budget: Budget = { usd: 10, period: 'week', refuse: true };
const view = (costUsd: number | null, unpricedTokens = 0, of = budget) =>
  budgetView('work', of, '2026-11-25', { costUsd, unpricedTokens });

describe('a budget', () => {
  it.each([
    [null, null],
    [4.99, null],
    [5, 50],
    [7.99, 50],
    [8, 80],
    [9.999, 80],
    [10, 100],
    [400, 100],
  ])('with %s spent of 10 is at stage %s', (spent, stage) => {
    expect(view(spent)).toMatchObject({ stage, spentUsd: spent ?? 0, from: '2026-11-23', to: '2026-11-29' });
  });

  it('refuses at its end, where it is to', () => {
    const { from, to } = view(10);
    expect(budgetRefuses(budget, view(10), to)).toBe(true);
    // Ten sums of 1/10 of it, which are less.
    expect(budgetRefuses(budget, view(9.999999999999998), from)).toBe(true);
    expect(budgetRefuses(budget, view(9.99), to)).toBe(false);
    // Its period is over, though nobody has reckoned the next yet.
    expect(budgetRefuses(budget, view(10), '2999-01-01')).toBe(false);
    expect(budgetRefuses({ ...budget, refuse: false }, view(10), to)).toBe(false);
  });

  it('that was changed refuses by its new amount, before anybody has reckoned anew', () => {
    const { to } = view(10);
    expect(budgetRefuses({ ...budget, usd: 100 }, view(10), to)).toBe(false);
    expect(budgetRefuses({ ...budget, usd: 5 }, view(6), to)).toBe(true);
    // What a week has used says nothing of a day.
    expect(budgetRefuses({ ...budget, period: 'day' }, view(10), to)).toBe(false);
  });

  it('says that there is more without a known price', () => {
    expect(view(1, 5).unpriced).toBe(true);
    expect(view(1).unpriced).toBe(false);
  });
});

const none = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const input = (tokens: number) => ({ ...none, input: tokens });

describe('what was asked beside a conversation', () => {
  it('is what totals have beyond what is counted, each time as it shows, and never taken back', () => {
    const told = (at: number, all: number, counted: number) => ({
      at,
      models: new Map([['m', input(all)]]),
      counted: new Map([['m', input(counted)]]),
    });
    expect(besideAnswers([told(1, 100, 80), told(2, 150, 130), told(3, 200, 150), told(4, 10, 160)])).toEqual(
      [
        { at: 1, model: 'm', usage: input(20) },
        { at: 3, model: 'm', usage: input(30) },
      ],
    );
    expect(besideAnswers([{ at: 1, models: new Map([['new', input(5)]]), counted: new Map() }])).toHaveLength(
      1,
    );
  });
});

describe('rows', () => {
  const used = (more: Partial<UsedTokens>): UsedTokens => ({
    day: '2026-11-23',
    model: 'known',
    step: 1,
    project: '/p',
    environment: null,
    session: 's',
    title: 'first words',
    answers: 1,
    usage: input(1_000_000),
    ...more,
  });
  const price = (model: string) =>
    model === 'known'
      ? ({
          tiers: [
            { above: 0, rates: { ...none, input: 1 } },
            { above: 100_000, rates: { ...none, input: 5 } },
          ],
          scope: 'global',
          source: 'table',
        } as const)
      : null;

  it('are the newest days, then the dearest; what has no price is never zero', () => {
    const all = [
      used({ day: '2026-11-22', environment: 'a' }),
      used({ model: 'other', environment: 'b', usage: input(7) }),
      used({ environment: 'c', step: 2 }),
      used({ model: 'other', environment: 'c', usage: input(3) }),
    ];
    const { rows, total } = usageRows(all, ['environment', 'day'], price);
    expect(rows.map((r) => [r.day, r.environment, r.costUsd, r.unpricedTokens])).toEqual([
      ['2026-11-23', 'c', 5, 3],
      ['2026-11-23', 'b', null, 7],
      ['2026-11-22', 'a', 1, 0],
    ]);
    expect(total).toMatchObject({ costUsd: 6, unpricedTokens: 10, answers: 4, inputTokens: 2_000_010 });
    expect(usageRows([], [], price).total).toMatchObject({ costUsd: null, answers: 0 });
  });

  it('of sessions have their title, of others nothing that was not asked for', () => {
    expect(usageRows([used({})], ['session'], price).rows[0]).toMatchObject({
      session: 's',
      title: 'first words',
    });
    expect(Object.keys(usageRows([used({})], ['model'], price).rows[0] ?? {})).not.toContain('title');
  });
});
