import { type ReactNode, useMemo, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { UsageRow } from '../../../../src/contract/usage.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icons.tsx';
import { useLimit } from '../../components/limited-list.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Segments } from '../../components/segments.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { type Division, type Sorting, type SortKey, sorted, tokensOf } from '../../model/usage-series.ts';
import { nameOfRow, type UsageWords } from '../../model/usage-words.ts';
import { ShareBar } from './drawing.tsx';
import { pricedAs } from './price-dialog.tsx';

export const divisions = [
  'model',
  'project',
  'environment',
  'session',
] as const satisfies readonly Division[];
const divisionWords = {
  model: 'usage:page.byModel',
  project: 'usage:page.byProject',
  environment: 'usage:page.byEnvironment',
  session: 'usage:page.bySession',
} as const;
const columns = [
  ['name', 'usage:page.name'],
  ['cost', 'usage:page.cost'],
  ['tokens', 'usage:page.tokens'],
  ['answers', 'usage:page.answers'],
] as const satisfies readonly (readonly [SortKey, string])[];
/** Rows that are drawn at once. */
const PAGE = 25;

/** Who or what used it: the dearest first, or by any other column. */
export function Breakdown({
  division: wanted,
  onDivision,
  rows,
  total,
  stale,
  error,
  again,
  say,
  onPrice,
  onFilter,
}: {
  division: Division;
  onDivision: (division: Division) => void;
  /** Null: not known yet. */
  rows: readonly UsageRow[] | null;
  /** USD of all, for shares. */
  total: number | null;
  stale: boolean;
  error: ErrorView | null;
  again: () => void;
  say: UsageWords;
  onPrice: (model: string) => void;
  onFilter: (division: Exclude<Division, 'session'>, value: string | null) => void;
}): ReactNode {
  const words = useWords();
  const { agent } = useSnapshot();
  const [sorting, setSorting] = useState<Sorting>({ by: 'cost', descending: true });
  // While another division is asked for, the rows on show are still those of the one before.
  const division = divisions.find((d) => rows?.[0] !== undefined && d in rows[0]) ?? wanted;
  const nameOf = (row: UsageRow): string => nameOfRow(words, division, row, agent.userHome);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names follow from rows, division and words.
  const ordered = useMemo(
    () => rows && sorted(rows, sorting, nameOf, say.compare),
    [rows, sorting, division, words, say],
  );
  const { drawn, more, reset } = useLimit(ordered ?? [], PAGE);
  return (
    <section className="panel" aria-labelledby="usage-breakdown" aria-busy={stale}>
      <div className="panel-head">
        <h2 id="usage-breakdown">{words.t('usage:page.breakdown')}</h2>
        <Segments
          label={words.t('usage:page.divideBy')}
          value={wanted}
          options={divisions.map((id) => ({ id, label: words.t(divisionWords[id]) }))}
          onChange={(next) => {
            reset();
            onDivision(next);
          }}
        />
      </div>
      <ErrorNotice error={error} action={<Button onPress={again}>{words.t('page:tryAgain')}</Button>} />
      {ordered === null && error === null && <Skeleton lines={5} />}
      {ordered?.length === 0 && <p className="quiet">{words.t('usage:page.nothingHere')}</p>}
      {ordered !== null && ordered.length > 0 && (
        <table className="figures usage-table" data-stale={stale || undefined}>
          <caption className="unseen">{words.t(divisionWords[division])}</caption>
          <thead>
            <tr>
              {columns.map(([key, name]) => (
                <SortHead
                  key={key}
                  label={key === 'name' ? words.t(divisionWords[division]) : words.t(name)}
                  column={key}
                  sorting={sorting}
                  onSort={setSorting}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {drawn.map((row) => (
              <tr key={row[division] ?? '\0nobody'}>
                <th scope="row">
                  <RowName row={row} division={division} name={nameOf(row)} onFilter={onFilter} />
                  <ShareBar share={total && row.costUsd !== null ? row.costUsd / total : 0} />
                </th>
                <td className="figure number">
                  <Cost row={row} division={division} total={total} say={say} onPrice={onPrice} />
                </td>
                <td className="figure number" title={say.count(tokensOf(row))}>
                  {say.tokens(tokensOf(row))}
                </td>
                <td className="figure number">{say.count(row.answers)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more}
    </section>
  );
}

function SortHead({
  label,
  column,
  sorting,
  onSort,
}: {
  label: string;
  column: SortKey;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
}): ReactNode {
  const isBy = sorting.by === column;
  // Figures begin with the largest, names with A.
  const press = (): void =>
    onSort({ by: column, descending: isBy ? !sorting.descending : column !== 'name' });
  return (
    <th
      scope="col"
      className={column === 'name' ? undefined : 'figure'}
      aria-sort={isBy ? (sorting.descending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className="sort" onClick={press}>
        {label}
        <span className="sort-sign">
          {isBy && <Icon name={sorting.descending ? 'down' : 'up'} size={12} />}
        </span>
      </button>
    </th>
  );
}

/** A conversation leads to where it can be read and resumed; everything else narrows the page down to it. */
function RowName({
  row,
  division,
  name,
  onFilter,
}: {
  row: UsageRow;
  division: Division;
  name: string;
  onFilter: (division: Exclude<Division, 'session'>, value: string | null) => void;
}): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  if (division === 'session') {
    const open = sessions.find((s) => s.conversation === row.session);
    return (
      <a
        className="row-link"
        href={open ? routeHref('sessions', open.id) : routeHref('history', row.session)}
        aria-label={words.t(open ? 'sessions:goToOf' : 'usage:page.showInHistory', { title: name })}
      >
        {name}
      </a>
    );
  }
  const value = row[division] ?? null;
  return (
    <button
      type="button"
      className="row-link"
      title={value === null ? undefined : plainText(value, 400)}
      aria-label={words.t('usage:page.onlyThis', { name })}
      onClick={() => onFilter(division, value)}
    >
      {name}
    </button>
  );
}

/** Money, or that nobody knows it: never zero for what has no price. */
function Cost({
  row,
  division,
  total,
  say,
  onPrice,
}: {
  row: UsageRow;
  division: Division;
  /** USD of all. */
  total: number | null;
  say: UsageWords;
  onPrice: (model: string) => void;
}): ReactNode {
  const words = useWords();
  const { prices } = useSnapshot().settings;
  const { model } = row;
  const { costUsd, unpricedTokens } = row;
  const isNothing = costUsd === null && unpricedTokens === 0;
  const own = division === 'model' && model !== undefined && Object.hasOwn(prices, pricedAs(model));
  return (
    <>
      {(costUsd !== null || isNothing) && (
        <span className="money">
          {say.money(costUsd ?? 0)}
          <span className="quiet small share">{total ? say.percent((costUsd ?? 0) / total) : ''}</span>
        </span>
      )}
      {unpricedTokens > 0 && (
        <span className="badge tone-attention">
          {costUsd === null
            ? words.t('usage:page.noPrice')
            : words.t('usage:page.andUnpriced', { tokens: say.tokens(unpricedTokens) })}
        </span>
      )}
      {division === 'model' && model !== undefined && (unpricedTokens > 0 || own) && (
        <Button
          look={['plain']}
          aria-label={`${words.t(own ? 'usage:page.ownPrice' : 'usage:page.setPrice')} ${nameOfRow(words, 'model', row, null)}`}
          onPress={() => onPrice(model)}
        >
          {words.t(own ? 'usage:page.ownPrice' : 'usage:page.setPrice')}
        </Button>
      )}
    </>
  );
}
