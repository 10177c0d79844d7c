import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageDimension, type UsageRow, type UsageSums } from '../../contract/usage.ts';
import { usdText } from '../../domain/cost/session-cost.ts';
import { addDays, isDay, type Period, periodOf } from '../../domain/usage/days.ts';
import { usageCsv, usageJson } from '../../domain/usage/usage-export.ts';
import { note, print, Said, translator, withAgent } from '../shell.ts';
import { table } from '../table.ts';

const MOST = 100_000;
const SHOWN = 200;
/** What a person waits for figures that are whole; after that they see what there is. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 100;
const DIMENSIONS = UsageDimension.options;

interface Options {
  by?: UsageDimension[];
  from?: string;
  to?: string;
  since?: string;
  env?: string;
  model?: string;
  project?: string;
  session?: string;
  csv?: boolean;
  json?: boolean;
}

/** Today, where this person is. */
function today(): string {
  const now = new Date();
  const day = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
  return day.toISOString().slice(0, 10);
}

/** `7d`, `4w`, `today`, `this-week`, `this-month` as the day that it begins with; undefined for anything else. */
function sinceDay(text: string, now: string): string | undefined {
  const [, count, unit] = /^([1-9]\d{0,3})([dw])$/.exec(text) ?? [];
  if (count !== undefined) return addDays(now, 1 - Number(count) * (unit === 'w' ? 7 : 1));
  if (text === 'today') return now;
  const [, period] = /^this-(week|month)$/.exec(text) ?? [];
  return period === undefined ? undefined : periodOf(now, period as Period).from;
}

const dayOption = (text: string): string => {
  if (isDay(text)) return text;
  throw new InvalidArgumentError(translator().t('usage:cli.dayWrong'));
};
const sinceOption = (text: string): string => {
  const day = sinceDay(text, today());
  if (day !== undefined) return day;
  throw new InvalidArgumentError(translator().t('usage:cli.sinceWrong'));
};
const byOption = (text: string): UsageDimension[] => {
  const given = text.split(',').map((name) => UsageDimension.safeParse(name.trim()).data);
  if (given.every((name) => name !== undefined)) return [...new Set(given)];
  throw new InvalidArgumentError(translator().t('usage:cli.byWrong', { names: DIMENSIONS.join(', ') }));
};

function costCell({ costUsd, unpricedTokens }: UsageSums): string {
  const { t, language } = translator();
  if (costUsd === null) return unpricedTokens > 0 ? '?' : '';
  const text = `≈${usdText(costUsd, language)}`;
  return unpricedTokens > 0 ? t('usage:cli.andMore', { cost: text }) : text;
}

function cellOf(row: UsageRow, dimension: UsageDimension): string {
  if (dimension === 'environment') return row.environment ?? translator().t('usage:cli.elsewhere');
  if (dimension === 'session')
    return `${row.session?.slice(0, 8) ?? ''}  ${row.title?.slice(0, 40) ?? ''}`.trim();
  return row[dimension] ?? '';
}

function printRows(rows: readonly UsageRow[], total: UsageSums, by: readonly UsageDimension[]): void {
  const { t, language } = translator();
  const format = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const sums = (row: UsageSums) => [
    String(row.answers),
    format.format(row.inputTokens),
    format.format(row.outputTokens),
    format.format(row.cacheReadTokens),
    format.format(row.cacheWrite5mTokens + row.cacheWrite1hTokens),
    costCell(row),
  ];
  const heads: Record<UsageDimension, string> = {
    day: t('usage:cli.day'),
    model: t('usage:cli.model'),
    project: t('usage:cli.project'),
    environment: t('usage:cli.environment'),
    session: t('usage:cli.session'),
  };
  const head = [
    ...by.map((dimension) => heads[dimension]),
    t('usage:cli.answers'),
    t('usage:cli.input'),
    t('usage:cli.output'),
    t('usage:cli.cacheRead'),
    t('usage:cli.cacheWrite'),
    t('usage:cli.cost'),
  ];
  const lines = rows.map((row) => [...by.map((dimension) => cellOf(row, dimension)), ...sums(row)]);
  const all = [...by.map((_, at) => (at === 0 ? t('usage:cli.total') : '')), ...sums(total)];
  print(table(head, [...lines, all]));
}

async function usage(options: Options): Promise<void> {
  const { by = ['day'] } = options;
  const now = today();
  const from = options.from ?? options.since ?? addDays(now, -29);
  const to = options.to ?? now;
  const { t } = translator();
  // Days as YYYY-MM-DD compare as text.
  if (from > to) throw new Said(t('usage:cli.noDays', { from, to }));
  await withAgent(async (agent) => {
    const files = options.csv || options.json;
    const { env: environment, model, project, session } = options;
    const wish = {
      from,
      to,
      by,
      limit: files ? MOST : SHOWN,
      ...(environment === undefined ? {} : { environment }),
      ...(model === undefined ? {} : { model }),
      ...(project === undefined ? {} : { project }),
      ...(session === undefined ? {} : { session }),
    };
    let answer = await agent.call('usage.query', wish);
    // An agent that has just started reads what is new.
    for (const until = Date.now() + PATIENCE_MS; answer.pending > 0 && Date.now() < until; ) {
      await sleep(LOOK_MS);
      answer = await agent.call('usage.query', wish);
    }
    const { rows, total, more, pending } = answer;
    if (options.json) process.stdout.write(usageJson({ from, to, by, rows, total, more, pending }));
    else if (options.csv) process.stdout.write(usageCsv(rows, by));
    else if (total.answers === 0 && rows.length === 0) print(t('usage:cli.nothing', { from, to }));
    else printRows(rows, total, by);
    if (total.answers === 0 && environment !== undefined) {
      // One that was deleted still has what it used: only what nobody knows is worth a word.
      const { environments } = await agent.call('state.get', {});
      if (!environments.some((e) => e.name === environment))
        note(translator().error({ code: 'EnvironmentUnknown', params: { environment } }));
    }
    if (more) note(t('usage:cli.more', { count: rows.length }));
    if (pending > 0) note(t('usage:cli.pending', { mb: Math.ceil(pending / 1e6) }));
    if (total.unpricedTokens > 0) note(t('usage:cli.unpriced', { count: total.unpricedTokens }));
  });
}

export function addUsage(program: Command): void {
  const { t } = translator();
  program
    .command('usage')
    .description(t('usage:cli.description'))
    .option('--by <names>', t('usage:cli.by', { names: DIMENSIONS.join(', ') }), byOption)
    .addOption(new Option('--since <time>', t('usage:cli.since')).argParser(sinceOption).conflicts('from'))
    .option('--from <day>', t('usage:cli.from'), dayOption)
    .option('--to <day>', t('usage:cli.to'), dayOption)
    .option('--env <name>', t('usage:cli.onlyEnvironment'))
    .option('--model <id>', t('usage:cli.onlyModel'))
    .option('--project <folder>', t('usage:cli.onlyProject'))
    .option('--session <id>', t('usage:cli.onlySession'))
    .addOption(new Option('--csv', t('usage:cli.csv')).conflicts('json'))
    .option('--json', t('cli:option.json'))
    .addHelpText('after', () => `\n${t('usage:cli.help')}`)
    .action((options: Options) => usage(options));
}
