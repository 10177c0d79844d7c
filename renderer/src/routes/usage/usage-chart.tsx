import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useWords } from '../../model/app-context.tsx';
import type { BucketUnit, DayRange } from '../../model/usage-range.ts';
import { axisOf, type Bar, type Metric, type Series } from '../../model/usage-series.ts';
import type { UsageWords } from '../../model/usage-words.ts';
import { fillingOf, Swatch } from './drawing.tsx';

interface Given {
  label: string;
  metric: Metric;
  unit: BucketUnit;
  series: readonly Series[];
  bars: readonly Bar[];
  nameOf: (series: Series) => string;
  say: UsageWords;
  /** A bar was pressed: its days. */
  onChoose: (range: DayRange) => void;
}

/**
 * Stacked bars over time. Drawn as SVG, which screen readers do not see; over each bar lies a button with its values for
 * keyboard and screen reader, one stop of the Tab key for all of them (arrow keys, Home, End). Beneath it stand legend
 * and, on request, the same as a table.
 */
export function UsageChart(given: Given): ReactNode {
  const { label, bars, series, metric, unit, say, nameOf, onChoose } = given;
  const words = useWords();
  const caption = useId();
  const [at, setAt] = useState<number | null>(null);
  /** The bar that Tab comes to: the last one, unless another was left. */
  const [stop, setStop] = useState<number | null>(null);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const reachable = Math.min(stop ?? bars.length - 1, bars.length - 1);
  const axis = axisOf(Math.max(0, ...bars.map((b) => b.total)));
  const top = axis.at(-1) ?? 1;
  const amount = metric === 'cost' ? say.money : say.tokens;
  const go = (event: KeyboardEvent, from: number): void => {
    const next = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      Home: 0,
      End: bars.length - 1,
      PageUp: from - 7,
      PageDown: from + 7,
    }[event.key];
    if (event.key === 'Escape') setAt(null);
    if (next === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(bars.length - 1, next));
    setStop(to);
    buttons.current[to]?.focus();
  };
  return (
    <figure className="chart" aria-labelledby={caption}>
      <figcaption id={caption} className="unseen">
        {label} {words.t('usage:page.chartKeys')}
      </figcaption>
      <div className="chart-plot" onPointerLeave={() => setAt(null)}>
        <div className="chart-axis number" aria-hidden="true">
          {axis.map((mark) => (
            <span key={mark} style={{ insetBlockEnd: `${(mark / top) * 100}%` }}>
              {metric === 'cost' ? say.moneyShort(mark) : say.tokens(mark)}
            </span>
          ))}
        </div>
        <div className="chart-bars">
          <Drawing {...given} axis={axis} top={top} at={at} />
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as columns everywhere. */}
          <div className="chart-buttons" role="group" aria-labelledby={caption}>
            {bars.map((bar, n) => (
              <button
                key={bar.range.from}
                ref={(button) => {
                  buttons.current[n] = button;
                }}
                type="button"
                tabIndex={n === reachable ? 0 : -1}
                aria-label={barWords(bar)}
                onClick={() => onChoose(bar.range)}
                onKeyDown={(event) => go(event, n)}
                onFocus={(event) => {
                  setStop(n);
                  if (event.currentTarget.matches(':focus-visible')) setAt(n);
                }}
                onBlur={() => setAt(null)}
                onPointerEnter={() => setAt(n)}
              />
            ))}
          </div>
          {at !== null && bars[at] && <Tip {...given} bar={bars[at]} place={(at + 0.5) / bars.length} />}
        </div>
        <TimeAxis bars={bars} unit={unit} say={say} />
      </div>
    </figure>
  );

  function barWords(bar: Bar): string {
    const parts = series.flatMap((s, n) => {
      const value = bar.amounts[n] ?? 0;
      return value > 0 ? [`${nameOf(s)} ${amount(value)}`] : [];
    });
    return [
      `${bucketName(bar.range, unit, say)}: ${bar.total > 0 || bar.unpriced === 0 ? amount(bar.total) : words.t('usage:page.noPrice')}`,
      ...parts,
      ...(metric === 'cost' && bar.unpriced > 0
        ? [words.t('usage:page.unpricedTokens', { tokens: say.tokens(bar.unpriced) })]
        : []),
    ].join('; ');
  }
}

const bucketName = (range: DayRange, unit: BucketUnit, say: UsageWords): string =>
  unit === 'month'
    ? say.month(range.from)
    : range.from === range.to
      ? say.dayLong(range.from)
      : say.range(range);

/** Lines and bars, all in percent: nothing is measured, and nothing is drawn again when the window changes. */
function Drawing({
  bars,
  series,
  metric,
  axis,
  top,
  at,
}: Given & { axis: readonly number[]; top: number; at: number | null }): ReactNode {
  const width = 100 / Math.max(1, bars.length);
  const gap = bars.length > 45 ? 0.16 : 0.24;
  const percent = (value: number): string => `${Math.round(value * 1000) / 1000}%`;
  return (
    <svg className="chart-drawing" width="100%" height="100%" aria-hidden="true">
      {axis.map((mark) => (
        <line
          key={mark}
          className={mark === 0 ? 'chart-base' : 'chart-line'}
          x1="0"
          x2="100%"
          y1={percent(100 - (mark / top) * 100)}
          y2={percent(100 - (mark / top) * 100)}
        />
      ))}
      {bars.map((bar, n) => {
        const x = percent((n + gap / 2) * width);
        const inner = percent(width * (1 - gap));
        let under = 0;
        return (
          <g key={bar.range.from} className={at === null || at === n ? undefined : 'chart-behind'}>
            {series.map((s, i) => {
              const share = (bar.amounts[i] ?? 0) / top;
              if (share <= 0) return null;
              under += share;
              return (
                <rect
                  key={s.drawing}
                  className="chart-part"
                  x={x}
                  width={inner}
                  y={percent((1 - under) * 100)}
                  height={percent(share * 100)}
                  fill={fillingOf(s.drawing)}
                />
              );
            })}
            {metric === 'cost' && bar.unpriced > 0 && (
              <rect
                className="chart-unpriced"
                x={x}
                width={inner}
                y={percent((1 - under) * 100)}
                height="5"
                transform="translate(0 -6.5)"
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** One day has no course: its parts beside one another. The legend says the same in words. */
export function OneBar({ series }: { series: readonly Series[] }): ReactNode {
  const sum = series.reduce((all, s) => all + s.total, 0);
  let before = 0;
  return (
    <svg className="one-bar" width="100%" height="22" aria-hidden="true">
      {series.map((s) => {
        const x = before;
        before += s.total / sum;
        return (
          <rect
            key={s.drawing}
            className="chart-part"
            x={`${x * 100}%`}
            width={`${(s.total / sum) * 100}%`}
            height="22"
            fill={fillingOf(s.drawing)}
          />
        );
      })}
    </svg>
  );
}

/** Names beneath some of the bars: as many as stand beside one another in a narrow window too. */
function TimeAxis({
  bars,
  unit,
  say,
}: {
  bars: readonly Bar[];
  unit: BucketUnit;
  say: UsageWords;
}): ReactNode {
  const every = Math.max(1, Math.ceil(bars.length / 5));
  const shown = bars.flatMap((bar, n) =>
    // Counted from the last: it is the one that everybody looks for.
    (bars.length - 1 - n) % every === 0 ? [{ bar, n }] : [],
  );
  return (
    <div className="chart-days number" aria-hidden="true">
      {shown.map(({ bar, n }) => (
        <span
          key={bar.range.from}
          style={{ insetInlineStart: `min(${((n + 0.5) / bars.length) * 100}%, 100% - 1.4rem)` }}
        >
          {unit === 'month' ? say.month(bar.range.from) : say.day(bar.range.from)}
        </span>
      ))}
    </div>
  );
}

/** The values of the bar that is pointed at or has the keyboard; its button says the same. */
function Tip({
  bar,
  place,
  series,
  metric,
  unit,
  nameOf,
  say,
}: Given & { bar: Bar; place: number }): ReactNode {
  const words = useWords();
  const amount = metric === 'cost' ? say.money : say.tokens;
  return (
    <div
      className="chart-tip"
      aria-hidden="true"
      data-side={place > 0.5 ? 'start' : 'end'}
      style={{ insetInlineStart: `${place * 100}%` }}
    >
      <p className="chart-tip-head">
        <strong>{bucketName(bar.range, unit, say)}</strong>
        <span className="number">{amount(bar.total)}</span>
      </p>
      <ul>
        {series.map((s, n) => {
          const value = bar.amounts[n] ?? 0;
          return value > 0 ? (
            <li key={s.drawing}>
              <Swatch drawing={s.drawing} />
              <span>{nameOf(s)}</span>
              <span className="number">{amount(value)}</span>
            </li>
          ) : null;
        })}
      </ul>
      {metric === 'cost' && bar.unpriced > 0 && (
        <p className="small">{words.t('usage:page.unpricedTokens', { tokens: say.tokens(bar.unpriced) })}</p>
      )}
    </div>
  );
}

/** The same figures as a table: for screen readers, and for whoever wants to read or copy them. */
export function ChartTable({
  label,
  bars,
  series,
  metric,
  unit,
  nameOf,
  say,
}: Omit<Given, 'onChoose'>): ReactNode {
  const words = useWords();
  const amount = metric === 'cost' ? say.money : say.tokens;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="table-scroll" aria-label={label} tabIndex={0}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{words.t('usage:page.day')}</th>
            {series.map((s) => (
              <th key={s.drawing} scope="col" className="figure">
                {nameOf(s)}
              </th>
            ))}
            <th scope="col" className="figure">
              {words.t('usage:page.sum')}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...bars].reverse().map((bar) => (
            <tr key={bar.range.from}>
              <th scope="row">{bucketName(bar.range, unit, say)}</th>
              {series.map((s, n) => (
                <td key={s.drawing} className="figure number">
                  {(bar.amounts[n] ?? 0) > 0 ? amount(bar.amounts[n] ?? 0) : '–'}
                </td>
              ))}
              <td className="figure number">
                {amount(bar.total)}
                {metric === 'cost' && bar.unpriced > 0 && (
                  <span className="quiet">
                    {' '}
                    {words.t('usage:page.andUnpriced', { tokens: say.tokens(bar.unpriced) })}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
