import type { DatabaseSync } from 'node:sqlite';
import type { UsageDimension } from '../../contract/usage.ts';
import { addDays, dayOf, firstQuarter, QUARTER_MS } from '../../domain/usage/days.ts';
import { type UsedTokens, usageRows } from '../../domain/usage/usage-rows.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { UsageRequests } from './worker-messages.ts';

const QUARTERS_A_DAY = 96;
/** Days whose beginnings are remembered. */
const KNOWN_DAYS = 4_000;

/** Beginnings of days (quarters of an hour), by zone and day: reckoning them takes longer than asking for their sums. */
const beginnings = new Map<string, number>();
function beginning(day: string, zone: string): number {
  const key = `${zone} ${day}`;
  let quarter = beginnings.get(key);
  if (quarter === undefined) {
    if (beginnings.size > KNOWN_DAYS) beginnings.clear();
    quarter = firstQuarter(day, zone);
    beginnings.set(key, quarter);
  }
  return quarter;
}

/** The days of a zone, among those from `from` to `to`, that there is anything of. */
function daysUsed(database: DatabaseSync, zone: string, from?: string, to?: string): string[] {
  const found = database
    .prepare('SELECT DISTINCT quarter / ? AS day FROM used WHERE quarter >= ? AND quarter < ?')
    .all(
      QUARTERS_A_DAY,
      from === undefined ? Number.MIN_SAFE_INTEGER : beginning(from, zone),
      to === undefined ? Number.MAX_SAFE_INTEGER : beginning(addDays(to, 1), zone),
    ) as { day: number }[];
  const days = new Set<string>();
  for (const { day } of found) {
    const start = day * QUARTERS_A_DAY * QUARTER_MS;
    days.add(dayOf(start, zone));
    days.add(dayOf(start + (QUARTERS_A_DAY - 1) * QUARTER_MS, zone));
  }
  return [...days]
    .filter((day) => (from === undefined || day >= from) && (to === undefined || day <= to))
    .sort();
}

type Wish = UsageRequests['query']['wish'];
type Row = Omit<UsedTokens, 'day' | 'usage'> & UsedTokens['usage'];

/** Sums by day, model and whatever else is asked for; each day of the zone by itself. */
function* used(database: DatabaseSync, wish: Wish): Generator<UsedTokens> {
  const { by, zone, environment, model, project, session } = wish;
  const asks = (dimension: UsageDimension) => by.includes(dimension);
  const fields = [
    ...(asks('environment') ? ['stay.environment AS environment'] : []),
    ...(asks('project') ? ['coalesce(conversation.cwd, conversation.folder) AS project'] : []),
    ...(asks('session')
      ? ['conversation.id AS session', 'coalesce(given, made, summary, prompt, opening) AS title']
      : []),
  ];
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const only = (condition: string, value: string | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  if (environment === null) conditions.push('stay.environment IS NULL');
  else only('stay.environment = ?', environment);
  only('model.id = ?', model);
  only('coalesce(conversation.cwd, conversation.folder) = ?', project);
  only('conversation.id = ?', session);
  const statement = database.prepare(`
    SELECT ${['model.id AS model', 'step', ...fields].join(', ')}, sum(answers) AS answers, sum(input) AS input,
      sum(output) AS output, sum(cacheRead) AS cacheRead, sum(cacheWrite5m) AS cacheWrite5m, sum(cacheWrite1h) AS cacheWrite1h
    FROM used JOIN model ON model.key = used.model JOIN stay ON stay.key = used.stay
      JOIN conversation ON conversation.key = stay.conversation
    WHERE quarter >= ? AND quarter < ? ${conditions.map((condition) => `AND ${condition}`).join(' ')}
    GROUP BY used.model, step ${asks('environment') ? ', stay.environment' : ''}
      ${asks('project') ? ', project' : ''} ${asks('session') ? ', conversation.key' : ''}
  `);
  for (const day of daysUsed(database, zone, wish.from, wish.to)) {
    const rows = statement.all(
      beginning(day, zone),
      beginning(addDays(day, 1), zone),
      ...values,
    ) as unknown as Row[];
    for (const row of rows) {
      const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, ...of } = row;
      yield { ...of, day, usage: { input, output, cacheRead, cacheWrite5m, cacheWrite1h } };
    }
  }
}

/** Answers a question; `prices` are those that the wish names. */
export function queryUsage(
  database: DatabaseSync,
  wish: Wish,
  prices: PriceList,
  pending: number,
): UsageRequests['query']['answer'] {
  const { zone, limit } = wish;
  const unnamed = new Set<string>();
  const { rows, total } = usageRows(used(database, wish), wish.by, (model, day) => {
    if (prices.isUnnamed(model)) unnamed.add(model);
    return prices.of(model, Date.parse(day));
  });
  const { first, last } = database
    .prepare('SELECT min(quarter) AS first, max(quarter) AS last FROM used')
    .get() as { first: number | null; last: number | null };
  const asDay = (quarter: number | null) => (quarter === null ? null : dayOf(quarter * QUARTER_MS, zone));
  return {
    rows: rows.slice(0, limit),
    total,
    more: rows.length > limit,
    first: asDay(first),
    last: asDay(last),
    pending,
    unnamed: [...unnamed].flatMap((model) => environmentsOf(database, model)),
  };
}

/** Environments in which a model was used: with their profiles it can be found out what its name stands for. */
function environmentsOf(database: DatabaseSync, model: string): { model: string; environment: string }[] {
  const found = database
    .prepare(`
      SELECT DISTINCT stay.environment FROM used JOIN model ON model.key = used.model JOIN stay ON stay.key = used.stay
      WHERE model.id = ? AND stay.environment IS NOT NULL
    `)
    .all(model) as { environment: string }[];
  return found.map(({ environment }) => ({ model, environment }));
}
