import type { ReactNode } from 'react';
import type { UsageSums } from '../../../../src/contract/usage.ts';
import { useWords } from '../../model/app-context.tsx';
import type { DayRange } from '../../model/usage-range.ts';
import { tokensOf } from '../../model/usage-series.ts';
import type { UsageWords } from '../../model/usage-words.ts';
import { ShareBar } from './drawing.tsx';

const kinds = [
  ['inputTokens', 'usage:page.kindInput'],
  ['outputTokens', 'usage:page.kindOutput'],
  ['cacheReadTokens', 'usage:page.kindCacheRead'],
  ['cacheWrite5mTokens', 'usage:page.kindCacheWrite5m'],
  ['cacheWrite1hTokens', 'usage:page.kindCacheWrite1h'],
] as const;

/** What all of it comes to: money, beside the range before, and tokens by kind. */
export function Summary({
  total,
  before,
  compared,
  say,
}: {
  total: UsageSums;
  /** Sums of the range before; null: not known yet. */
  before: UsageSums | null;
  compared: DayRange;
  say: UsageWords;
}): ReactNode {
  const words = useWords();
  const tokens = tokensOf(total);
  return (
    <div className="usage-summary">
      <div className="usage-total">
        <p className="usage-sum number">
          {total.costUsd === null
            ? tokens > 0
              ? words.t('usage:page.noPrice')
              : say.money(0)
            : say.money(total.costUsd)}
        </p>
        <p className="quiet">{words.t('usage:page.estimate')}</p>
        {/* Its line is there before the answer. */}
        <p className="small">
          {before === null ? (
            '\u00a0'
          ) : (
            <Comparison now={total} before={before} compared={compared} say={say} />
          )}
        </p>
        <p className="quiet small">
          {words.t('usage:page.answersAndTokens', {
            count: total.answers,
            answers: say.count(total.answers),
            tokens: say.tokens(tokens),
          })}
        </p>
      </div>
      <table className="kinds">
        <caption className="unseen">{words.t('usage:page.tokensByKind')}</caption>
        <tbody>
          {kinds.map(([kind, name]) => (
            <tr key={kind}>
              <th scope="row">{words.t(name)}</th>
              <td className="figure number" title={say.count(total[kind])}>
                {say.tokens(total[kind])}
              </td>
              <td className="kind-share">
                <ShareBar share={tokens === 0 ? 0 : total[kind] / tokens} />
              </td>
              <td className="figure number quiet">{say.percent(tokens === 0 ? 0 : total[kind] / tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How the range stands beside the one before it: more or less by a sign and a word, not by colour. */
function Comparison({
  now,
  before,
  compared,
  say,
}: {
  now: UsageSums;
  before: UsageSums;
  compared: DayRange;
  say: UsageWords;
}): ReactNode {
  const words = useWords();
  const range = say.range(compared);
  const [a, b] = [now.costUsd ?? 0, before.costUsd ?? 0];
  if (b === 0)
    return (
      <span className="quiet">
        {words.t(before.answers === 0 ? 'usage:page.beforeNothing' : 'usage:page.beforeUnpriced', { range })}
      </span>
    );
  const share = Math.abs(a - b) / b;
  const params = { percent: say.percent(share), range, usd: say.money(b) };
  const key =
    share < 0.005 ? 'usage:page.beforeSame' : a > b ? 'usage:page.beforeMore' : 'usage:page.beforeLess';
  return (
    <>
      <span aria-hidden="true">{share < 0.005 ? '=' : a > b ? '▲' : '▼'} </span>
      {words.t(key, params)}
    </>
  );
}
