import type { DatabaseSync } from 'node:sqlite';
import { type UsedTokens, usageRows } from '../../domain/usage/usage-rows.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { UsageRequests } from './worker-messages.ts';

type Wish = UsageRequests['query']['wish'];

/** Day, stay, model, class of prompts, answers, and the tokens of each kind: as lists they are read in half the time. */
type Row = [string, number, number, number, number, number, number, number, number, number];

type Holder = Pick<UsedTokens, 'project' | 'environment' | 'session' | 'title'>;

/** Whose each stay is that something was used in. All at once: one by one they take longer than all the rest. */
function holders(database: DatabaseSync, from: string, to: string): Map<number, Holder> {
  const statement = database.prepare(`
    SELECT stay.key, stay.environment, coalesce(conversation.cwd, conversation.folder), conversation.id,
      coalesce(given, made, summary, prompt, opening)
    FROM stay JOIN conversation ON conversation.key = stay.conversation
    WHERE stay.key IN (SELECT stay FROM daily WHERE day >= ? AND day <= ?)
  `);
  statement.setReturnArrays(true);
  const rows = statement.all(from, to) as unknown as [number, string | null, string, string, string | null][];
  return new Map(
    rows.map(([key, environment, project, session, title]) => [
      key,
      { project, environment, session, title },
    ]),
  );
}

/**
 * Sums by day, model and stay. Names are put to keys here, which is quicker than a query over all tables.
 */
function* used(database: DatabaseSync, wish: Wish): Generator<UsedTokens> {
  const { environment, project, session, from = '', to = '~' } = wish;
  const models = database.prepare('SELECT key, id FROM model').all() as { key: number; id: string }[];
  const modelOf = new Map(models.map(({ key, id }) => [key, id]));
  const nobody: Holder = { project: '', environment: null, session: '', title: null };
  const holderMatters =
    environment !== undefined ||
    project !== undefined ||
    session !== undefined ||
    wish.by.some((dimension) => dimension !== 'day' && dimension !== 'model');
  const holderOf = holderMatters ? holders(database, from, to) : null;
  const statement = database.prepare(
    holderMatters
      ? `SELECT day, stay, model, step, answers, input, output, cacheRead, cacheWrite5m, cacheWrite1h
          FROM daily WHERE day >= ? AND day <= ?`
      : `SELECT day, 0, model, step, sum(answers), sum(input), sum(output), sum(cacheRead), sum(cacheWrite5m),
            sum(cacheWrite1h)
          FROM daily WHERE day >= ? AND day <= ? GROUP BY day, model, step`,
  );
  statement.setReturnArrays(true);
  for (const row of statement.all(from, to) as unknown as Row[]) {
    const [day, stay, key, step, answers, input, output, cacheRead, cacheWrite5m, cacheWrite1h] = row;
    const model = modelOf.get(key) ?? '';
    const holder = holderOf?.get(stay) ?? nobody;
    if (wish.model !== undefined && model !== wish.model) continue;
    if (environment !== undefined && holder.environment !== environment) continue;
    if (project !== undefined && holder.project !== project) continue;
    if (session !== undefined && holder.session !== session) continue;
    const usage = { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
    yield { ...holder, day, model, step, answers, usage };
  }
}

/** Answers a question, in days of the zone that the index reckons in; `prices` are those that the wish names. */
export function queryUsage(
  database: DatabaseSync,
  wish: Wish,
  prices: PriceList,
  pending: number,
): UsageRequests['query']['answer'] {
  const { limit } = wish;
  const models = new Set<string>();
  const { rows, total } = usageRows(used(database, wish), wish.by, (model, day) => {
    models.add(model);
    return prices.of(model, Date.parse(day));
  });
  const { first, last } = database.prepare('SELECT min(day) AS first, max(day) AS last FROM daily').get() as {
    first: string | null;
    last: string | null;
  };
  return {
    rows: rows.slice(0, limit),
    total,
    more: rows.length > limit,
    first,
    last,
    pending,
    unnamed: [...models]
      .filter((model) => prices.isUnnamed(model))
      .flatMap((model) => environmentsOf(database, model)),
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
