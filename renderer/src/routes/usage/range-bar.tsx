import type { ReactNode } from 'react';
import type { ProcedureOutput } from '../../../../src/contract/procedures.ts';
import { isDay } from '../../../../src/domain/usage/days.ts';
import { Choice, TextInput } from '../../components/fields.tsx';
import { Segments } from '../../components/segments.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { type RangeName, rangeNames } from '../../model/usage-range.ts';
import type { Division } from '../../model/usage-series.ts';
import { divisionName } from '../../model/usage-words.ts';
import type { Filters } from './wish.ts';

const rangeWords = {
  today: 'usage:page.today',
  days7: 'usage:page.days7',
  month: 'usage:page.month',
  lastMonth: 'usage:page.lastMonth',
  days90: 'usage:page.days90',
  own: 'usage:page.own',
} as const satisfies Record<RangeName, string>;
const filtered = ['environment', 'model', 'project'] as const;
const filterWords = {
  environment: 'page:environment',
  model: 'page:model',
  project: 'usage:page.byProject',
} as const;

/** Ids of choices: a value of its own may be anything, so it is marked. */
const ALL = 'all';
const NOBODY = 'nobody';
const idOf = (value: string | null | undefined): string =>
  value === undefined ? ALL : value === null ? NOBODY : `=${value}`;
const chosenIn = (id: string): string | null | undefined =>
  id === ALL ? undefined : id === NOBODY ? null : id.slice(1);

/** Which days, and of what. */
export function RangeBar({
  name,
  onName,
  typed,
  onTyped,
  filters,
  onFilters,
  found,
}: {
  name: RangeName;
  onName: (name: RangeName) => void;
  /** Days of `own`, as typed. */
  typed: { from: string; to: string };
  onTyped: (typed: { from: string; to: string }) => void;
  filters: Filters;
  onFilters: (filters: Filters) => void;
  /** What was used in the range, unfiltered. */
  found: ProcedureOutput<'usage.query'> | null;
}): ReactNode {
  const words = useWords();
  const { agent } = useSnapshot();
  const wrong =
    isDay(typed.from) && isDay(typed.to) && typed.from > typed.to ? words.t('usage:page.daysTurned') : null;
  const options = (division: Exclude<Division, 'session'>) => {
    const values = new Set(found?.rows.map((row) => row[division] ?? null) ?? []);
    // What is chosen stays among them, also where nothing of it is in this range.
    const chosen = filters[division];
    if (chosen !== undefined) values.add(chosen);
    return [
      { id: ALL, label: words.t('usage:page.all') },
      ...[...values].map((value) => ({
        id: idOf(value),
        label: divisionName(words, division, value, agent.userHome),
      })),
    ];
  };
  return (
    <section className="panel usage-range" aria-label={words.t('usage:page.rangeAndFilters')}>
      <Segments
        label={words.t('usage:page.range')}
        value={name}
        options={rangeNames.map((id) => ({ id, label: words.t(rangeWords[id]) }))}
        onChange={onName}
      />
      {name === 'own' && (
        <div className="form-pair usage-own">
          {(['from', 'to'] as const).map((end) => (
            <TextInput
              key={end}
              type="date"
              label={words.t(end === 'from' ? 'usage:page.from' : 'usage:page.to')}
              value={typed[end]}
              onChange={(day) => onTyped({ ...typed, [end]: day })}
              error={end === 'to' ? wrong : null}
            />
          ))}
        </div>
      )}
      <div className="usage-filters">
        {filtered.map((division) => (
          <Choice
            key={division}
            label={words.t(filterWords[division])}
            value={idOf(filters[division])}
            options={options(division)}
            onChange={(id) => {
              const { [division]: _, ...rest } = filters;
              const value = chosenIn(id);
              onFilters(value === undefined ? rest : { ...rest, [division]: value });
            }}
          />
        ))}
      </div>
    </section>
  );
}
