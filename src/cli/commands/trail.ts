import { type Command, InvalidArgumentError } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import type { ProcedureOutput } from '../../contract/index.ts';
import type { TrailEvent } from '../../contract/usage.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { table } from '../table.ts';

interface Options {
  env?: string;
  since?: number;
  limit?: number;
  everyone?: boolean;
  all?: boolean;
  json?: boolean;
}

const MOST = 500;
const USUAL = 50;
/** The agent looks through some hundred events at a time; so often it is asked for older ones. */
const ROUNDS = 4;
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30m`, `6h`, `7d`, a day or an instant, as epoch ms. */
const sinceOption = (text: string): number => {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * units[unit as keyof typeof units];
  const at = /^\d{4}-\d\d-\d\d/.test(text)
    ? new Date(text.length === 10 ? `${text}T00:00` : text).getTime()
    : Number.NaN;
  if (at <= Date.now()) return at;
  throw new InvalidArgumentError(translator().t('usage:trail.sinceWrong'));
};

const limitOption = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new InvalidArgumentError(translator().t('usage:trail.limitWrong', { most: MOST }));
};

/** What tells a model's id or ARN from others, as one word. */
const modelWord = (model: string | null) => model?.split('/').at(-1) ?? '';

const timeText = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' }).format(at);

function rowOf(event: TrailEvent, everyone: boolean): string[] {
  const { language } = translator();
  const when = timeText(event.at, language);
  const place = event.answeredIn === null ? event.region : `${event.region} → ${event.answeredIn}`;
  return [
    when,
    event.name,
    modelWord(event.model),
    place,
    ...(everyone ? [event.who?.split('/').at(-1) ?? ''] : []),
    event.sourceIp ?? '',
    event.errorCode ?? '',
  ];
}

/** Among reads without end there may be few calls of models: looks on until there are as many as asked for. */
async function events(agent: AgentConnection, options: Options): Promise<ProcedureOutput<'trail.list'>> {
  const { env, since, limit = USUAL } = options;
  let answer: ProcedureOutput<'trail.list'> | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const before: ProcedureOutput<'trail.list'> | undefined = answer;
    const to = before?.lookedTo ?? undefined;
    const next = await agent.call('trail.list', {
      ...(env === undefined ? {} : { environment: env }),
      ...(since === undefined ? {} : { from: since }),
      ...(to === undefined ? {} : { to }),
      everyone: options.everyone === true,
      all: options.all === true,
      limit,
    });
    // Those of the instant where it went on are told twice.
    const known = new Set(before?.events.map(({ id }) => id));
    const fresh = next.events.filter(({ id }) => !known.has(id));
    const found = [...(before?.events ?? []), ...fresh];
    answer = { ...next, events: found.slice(0, limit), more: next.more || found.length > limit };
    const isFurther = next.lookedTo !== null && next.lookedTo !== to;
    if (!next.more || found.length >= limit || !isFurther) break;
  }
  return answer as ProcedureOutput<'trail.list'>;
}

async function trail(options: Options): Promise<void> {
  await withAgent(async (agent) => {
    const everyone = options.everyone === true;
    const answer = await events(agent, options);
    const { t, language } = translator();
    if (options.json) printJson(answer);
    else if (answer.events.length === 0 && answer.more && answer.lookedTo !== null) {
      const time = timeText(answer.lookedTo, language);
      print(t('usage:trail.nothingYet', { region: answer.region, time }));
    } else if (answer.events.length === 0) print(t('usage:trail.nothing', { region: answer.region }));
    else {
      const head = [
        t('usage:trail.when'),
        t('usage:trail.call'),
        t('usage:cli.model'),
        t('cli:head.region'),
        ...(everyone ? [t('usage:trail.who')] : []),
        t('usage:trail.from'),
        t('usage:trail.refused'),
      ];
      print(
        table(
          head,
          answer.events.map((event) => rowOf(event, everyone)),
        ),
      );
    }
    if (answer.more && answer.events.length > 0) note(t('usage:trail.more'));
  });
}

export function addTrail(program: Command): void {
  const { t } = translator();
  program
    .command('trail')
    .description(t('usage:trail.description'))
    .option('--env <name>', t('cli:option.env'))
    .option('--since <time>', t('usage:trail.since'), sinceOption)
    .option('--limit <count>', t('usage:trail.limit', { usual: USUAL, most: MOST }), limitOption)
    .option('--everyone', t('usage:trail.everyone'))
    .option('--all', t('usage:trail.all'))
    .option('--json', t('cli:option.json'))
    .addHelpText('after', () => `\n${t('usage:trail.help')}`)
    .action((options: Options) => trail(options));
}
