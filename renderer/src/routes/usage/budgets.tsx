import type { ReactNode } from 'react';
import type { BudgetView } from '../../../../src/contract/usage.ts';
import type { Indicator } from '../../../../src/domain/overview.ts';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import type { UsageWords } from '../../model/usage-words.ts';

const periods = {
  day: 'usage:page.budgetDay',
  week: 'usage:page.budgetWeek',
  month: 'usage:page.budgetMonth',
} as const;

/** Limits of environments and how they stand; they are changed where the environment is. */
export function Budgets({ say }: { say: UsageWords }): ReactNode {
  const words = useWords();
  const { usage, environments } = useSnapshot();
  const without = environments.filter(
    (e) => e.budget === null && !usage.budgets.some((b) => b.environment === e.name),
  );
  if (environments.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="usage-budgets">
      <div>
        <h2 id="usage-budgets">{words.t('usage:page.budgets')}</h2>
        <p className="quiet small">{words.t('usage:page.budgetsExplained')}</p>
      </div>
      {usage.budgets.length > 0 && (
        <ul className="rows">
          {usage.budgets.map((b) => (
            <BudgetRow key={b.environment} view={b} say={say} />
          ))}
        </ul>
      )}
      {without.length > 0 && (
        <p className="quiet small">
          {words.t('usage:page.budgetNone', {
            count: without.length,
            environments: without.map((e) => plainText(e.name, 40)).join(', '),
          })}{' '}
          <a href={routeHref('access')}>{words.t('usage:page.budgetSet')}</a>
        </p>
      )}
    </section>
  );
}

const tones = { 50: 'busy', 80: 'attention', 100: 'problem' } as const satisfies Record<number, Indicator>;

function BudgetRow({ view, say }: { view: BudgetView; say: UsageWords }): ReactNode {
  const words = useWords();
  const { environment, budget, spentUsd, unpriced, stage } = view;
  const share = spentUsd / budget.usd;
  const tone: Indicator = stage === null ? 'ready' : tones[stage];
  const name = plainText(environment, 60);
  const said = words.t('usage:page.budgetSpent', {
    spent: say.money(spentUsd),
    budget: say.money(budget.usd),
    percent: say.percent(share),
  });
  const atEnd = budget.refuse
    ? stage === 100
      ? 'usage:page.budgetRefuses'
      : 'usage:page.budgetWillRefuse'
    : 'usage:page.budgetTells';
  return (
    <li className={`budget tone-${tone}`}>
      <div className="budget-head">
        <strong>
          <IndicatorSign of={tone} size={15} /> {name}
        </strong>
        <span className="number">
          {said}{' '}
          <a
            className="small"
            href={routeHref('access')}
            aria-label={words.t('usage:page.budgetChangeOf', { environment: name })}
          >
            {words.t('usage:page.budgetChange')}
          </a>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter element cannot be drawn alike everywhere. */}
      <div
        className="bar budget-bar"
        role="meter"
        aria-label={words.t('usage:page.budgetOf', { environment: name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.round(share * 100))}
        aria-valuetext={said}
      >
        <span style={{ inlineSize: `${Math.min(1, share) * 100}%` }} />
        <i className="budget-stage stage-50" />
        <i className="budget-stage stage-80" />
      </div>
      <p className="quiet small">
        {words.t(periods[budget.period], { range: say.range(view) })} · {words.t(atEnd)}
        {unpriced && ` · ${words.t('usage:page.budgetUnpriced')}`}
      </p>
    </li>
  );
}
