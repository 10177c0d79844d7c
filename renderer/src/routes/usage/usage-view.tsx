import { type ReactNode, useState } from 'react';
import { isDay } from '../../../../src/domain/usage/days.ts';
import { usageCsv, usageJson } from '../../../../src/domain/usage/usage-export.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icons.tsx';
import { MenuButton } from '../../components/menu.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Segments } from '../../components/segments.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { useCoarseNow } from '../../model/coarse-clock.ts';
import { download } from '../../model/download.ts';
import { routeHref } from '../../model/route.ts';
import {
  bucketsOf,
  type DayRange,
  daysIn,
  localDay,
  type RangeName,
  rangeBefore,
  rangeOf,
  unitOf,
} from '../../model/usage-range.ts';
import { barsOf, type Division, type Metric, type Series } from '../../model/usage-series.ts';
import { divisionName, usageWords } from '../../model/usage-words.ts';
import { useCalm, useKept } from '../../model/use-kept.ts';
import { NEW } from '../sessions/desk.tsx';
import { Bill } from './bill.tsx';
import { Breakdown } from './breakdown.tsx';
import { Budgets } from './budgets.tsx';
import { Fillings, Swatch } from './drawing.tsx';
import { PriceDialog } from './price-dialog.tsx';
import { RangeBar } from './range-bar.tsx';
import { Summary } from './summary.tsx';
import { Trail } from './trail.tsx';
import { ChartTable, OneBar, UsageChart } from './usage-chart.tsx';
import { type Filters, usageWish } from './wish.ts';

/** Rows of a table at most, and of a file. */
const TABLE_LIMIT = 1000;
const FILE_LIMIT = 100_000;
const ASK_AGAIN_MS = 5 * 60_000;
const everything = ['day', 'environment', 'project', 'model', 'session'] as const;
const chartDivisions = ['model', 'environment', 'project'] as const;

/** What Claude Code used, by its transcripts: how much, when, by what; budgets; the bill and the trail beside it. */
export function UsageView(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { usage, agent: about } = useSnapshot();
  const now = useCoarseNow();
  const today = localDay(now);
  const say = usageWords(words.language, Number(today.slice(0, 4)));
  const [name, setName] = useState<RangeName>('month');
  const [typed, setTyped] = useState(() => rangeOf('days7', today));
  const [filters, setFilters] = useState<Filters>({});
  const [chartBy, setChartBy] = useState<(typeof chartDivisions)[number]>('model');
  const [metric, setMetric] = useState<Metric>('cost');
  const [division, setDivision] = useState<Division>('model');
  const [asTable, setAsTable] = useState(false);
  const [priced, setPriced] = useState<string | null>(null);
  const saving = useAct();
  // The last days that were typed whole, while others are being typed.
  const own = isDay(typed.from) && isDay(typed.to) && typed.from <= typed.to ? typed : null;
  const [lastOwn, setLastOwn] = useState<DayRange>(typed);
  if (own !== null && (own.from !== lastOwn.from || own.to !== lastOwn.to)) setLastOwn(own);
  const range = name === 'own' ? lastOwn : rangeOf(name, today);
  const compared = rangeBefore(range, name);

  // Asked again now and then: the agent looks at transcripts more often while somebody wants to know.
  const revision = `${useCalm(usage.revision)} ${Math.floor(now / ASK_AGAIN_MS)}`;
  const daily = useKept(useAsk('usage.query', usageWish(range, filters, ['day', chartBy]), revision));
  const table = useKept(useAsk('usage.query', usageWish(range, filters, [division], TABLE_LIMIT), revision));
  const before = useKept(useAsk('usage.query', usageWish(compared, filters, []), revision));
  const found = useKept(
    useAsk('usage.query', usageWish(range, {}, ['environment', 'model', 'project'], TABLE_LIMIT), revision),
  );

  const chooseDays = (days: DayRange): void => {
    setTyped(days);
    setName('own');
  };
  const save = (type: 'text/csv' | 'application/json'): void =>
    void saving.run(async () => {
      const answer = await agent.call('usage.query', usageWish(range, filters, everything, FILE_LIMIT));
      const file = `bedrock-usage-${range.from}-${range.to}`;
      if (type === 'text/csv') download(`${file}.csv`, type, usageCsv(answer.rows, everything));
      else download(`${file}.json`, type, usageJson({ ...range, by: everything, ...answer }));
    });

  const showUnpriced = (): void => {
    const models = new Set(
      found.data?.rows.flatMap((row) => (row.unpricedTokens > 0 && row.model ? [row.model] : [])),
    );
    setDivision('model');
    // Of several the table says which.
    if (models.size === 1) setPriced([...models][0] ?? null);
    else document.getElementById('usage-breakdown')?.scrollIntoView({ block: 'start' });
  };

  const { data } = daily;
  const isNew = data !== null && data.first === null;
  return (
    <div className="main-scroll">
      <div className="page wide usage">
        <Fillings />
        <div className="page-head">
          <h1>{words.t('usage:page.title')}</h1>
          <Pending bytes={usage.pending} size={say.bytes(usage.pending)} />
          {!isNew && (
            <MenuButton
              label={words.t('usage:page.download')}
              entries={[
                { id: 'csv', label: words.t('usage:page.downloadCsv'), run: () => save('text/csv') },
                {
                  id: 'json',
                  label: words.t('usage:page.downloadJson'),
                  run: () => save('application/json'),
                },
              ]}
            >
              {words.t('usage:page.download')}
              <Icon name="down" size={14} />
            </MenuButton>
          )}
        </div>
        <ErrorNotice error={saving.error} />
        {isNew ? (
          <section className="panel">
            <div className="empty">
              <p>{words.t(usage.pending > 0 ? 'usage:page.emptyReading' : 'usage:page.empty')}</p>
              <a className="button" href={routeHref('sessions', NEW)}>
                {words.t('page:openClaude')}
              </a>
            </div>
          </section>
        ) : (
          <>
            <RangeBar
              name={name}
              onName={(next) => {
                // Begins with the days that are on show.
                if (next === 'own') setTyped(range);
                setName(next);
              }}
              typed={typed}
              onTyped={setTyped}
              filters={filters}
              onFilters={setFilters}
              found={found.data}
            />
            <ErrorNotice
              error={daily.error}
              action={<Button onPress={daily.again}>{words.t('page:tryAgain')}</Button>}
            />
            <section
              className="panel usage-main"
              aria-label={words.t('usage:page.totals')}
              data-stale={daily.stale || undefined}
              aria-busy={daily.stale}
            >
              {data === null ? (
                daily.error === null && <Skeleton lines={12} />
              ) : (
                <>
                  <Summary
                    total={data.total}
                    before={before.stale ? null : (before.data?.total ?? null)}
                    compared={compared}
                    say={say}
                  />
                  {data.total.unpricedTokens > 0 && (
                    <Notice
                      tone="attention"
                      action={<Button onPress={showUnpriced}>{words.t('usage:page.showModels')}</Button>}
                    >
                      {words.t('usage:page.unpricedTotal', { tokens: say.tokens(data.total.unpricedTokens) })}
                    </Notice>
                  )}
                  {chart()}
                </>
              )}
            </section>
            <Breakdown
              division={division}
              onDivision={setDivision}
              rows={table.data?.rows ?? null}
              total={data?.total.costUsd ?? null}
              stale={table.stale}
              error={table.error}
              again={table.again}
              say={say}
              onPrice={setPriced}
              onFilter={(by, value) => setFilters({ ...filters, [by]: value })}
            />
          </>
        )}
        <Budgets say={say} />
        <Bill range={range} say={say} />
        <Trail range={range} say={say} />
        {priced !== null && <PriceDialog model={priced} onClose={() => setPriced(null)} />}
      </div>
    </div>
  );

  function chart(): ReactNode {
    if (data === null) return null;
    const unit = unitOf(range);
    // While another division is asked for, the rows on show are still those of the one before.
    const by = chartDivisions.find((d) => data.rows[0] !== undefined && d in data.rows[0]) ?? chartBy;
    const { series, bars } = barsOf(data.rows, bucketsOf(range, unit), by, metric);
    const nameOf = (s: Series): string =>
      s.keys.length === 1
        ? divisionName(words, by, s.keys[0] ?? null, about.userHome)
        : words.t('usage:page.others', { count: s.keys.length });
    const label = words.t(metric === 'cost' ? 'usage:page.chartCost' : 'usage:page.chartTokens', {
      range: say.range(range),
    });
    const amount = metric === 'cost' ? say.money : say.tokens;
    const given = { label, metric, unit, series, bars, nameOf, say };
    const sum = series.reduce((all, s) => all + s.total, 0);
    return (
      <div className="usage-chart">
        <div className="usage-chart-head">
          <Segments
            label={words.t('usage:page.chartShows')}
            value={metric}
            options={[
              { id: 'cost', label: words.t('usage:page.cost') },
              { id: 'tokens', label: words.t('usage:page.tokens') },
            ]}
            onChange={setMetric}
          />
          <Segments
            label={words.t('usage:page.divideBy')}
            value={chartBy}
            options={[
              { id: 'model', label: words.t('usage:page.byModel') },
              { id: 'environment', label: words.t('usage:page.byEnvironment') },
              { id: 'project', label: words.t('usage:page.byProject') },
            ]}
            onChange={setChartBy}
          />
        </div>
        {data.rows.length === 0 ? (
          <div className="chart-nothing quiet">
            <p>{words.t('usage:page.nothingInRange')}</p>
            {data.first !== null && data.last !== null && (
              <Button onPress={() => chooseDays({ from: data.first ?? today, to: data.last ?? today })}>
                {words.t('usage:page.showAll', {
                  range: say.range({ from: data.first, to: data.last }),
                })}
              </Button>
            )}
          </div>
        ) : daysIn(range) > 1 ? (
          <UsageChart {...given} onChoose={chooseDays} />
        ) : (
          sum > 0 && <OneBar series={series} />
        )}
        {series.length > 0 && (
          <ul className="legend small" aria-label={words.t('usage:page.legend')}>
            {series.map((s) => (
              <li key={s.drawing}>
                <Swatch drawing={s.drawing} />
                <span>{nameOf(s)}</span>
                <span className="number quiet">
                  {amount(s.total)} · {say.percent(s.total / sum)}
                </span>
              </li>
            ))}
            {metric === 'cost' && bars.some((b) => b.unpriced > 0) && (
              <li>
                <svg className="swatch" width="14" height="14" aria-hidden="true">
                  <rect className="chart-unpriced" x="1" y="4" width="12" height="6" />
                </svg>
                <span>{words.t('usage:page.noPrice')}</span>
              </li>
            )}
          </ul>
        )}
        {data.rows.length > 0 && daysIn(range) > 1 && (
          <>
            <div className="as-table">
              <Button look={['plain']} aria-expanded={asTable} onPress={() => setAsTable(!asTable)}>
                {words.t(asTable ? 'usage:page.hideTable' : 'usage:page.asTable')}
              </Button>
            </div>
            {asTable && <ChartTable {...given} />}
          </>
        )}
      </div>
    );
  }
}

/** How much is still to be read; figures grow until then. Its line is always there. */
function Pending({ bytes, size }: { bytes: number; size: string }): ReactNode {
  const words = useWords();
  const [most, setMost] = useState(bytes);
  if (bytes > most) setMost(bytes);
  else if (bytes === 0 && most !== 0) setMost(0);
  return (
    <div className="usage-pending">
      <p className="quiet small">{bytes > 0 && words.t('usage:page.pending', { size })}</p>
      {/* The figure changes all the time; that there is one is said once. */}
      <span className="unseen" role="status">
        {bytes > 0 ? words.t('usage:page.reading') : ''}
      </span>
      {bytes > 0 && (
        <progress
          className="usage-progress"
          aria-label={words.t('usage:page.reading')}
          max={most}
          value={most - bytes}
        />
      )}
    </div>
  );
}
