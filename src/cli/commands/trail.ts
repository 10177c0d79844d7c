import { type Command, InvalidArgumentError } from 'commander';
import type { TrailEvent } from '../../contract/usage.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { table } from '../table.ts';

interface Options {
  env?: string;
  since?: number;
  limit?: number;
  everyone?: boolean;
  json?: boolean;
}

const MOST = 500;
const USUAL = 50;
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

function rowOf(event: TrailEvent, everyone: boolean): string[] {
  const { language } = translator();
  const when = new Date(event.at).toLocaleString(language, { dateStyle: 'short', timeStyle: 'medium' });
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

async function trail(options: Options): Promise<void> {
  await withAgent(async (agent) => {
    const { env, since, limit = USUAL } = options;
    const everyone = options.everyone === true;
    const answer = await agent.call('trail.list', {
      ...(env === undefined ? {} : { environment: env }),
      ...(since === undefined ? {} : { from: since }),
      everyone,
      limit,
    });
    const { t } = translator();
    if (options.json) printJson(answer);
    else if (answer.events.length === 0) print(t('usage:trail.nothing', { region: answer.region }));
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
    if (answer.more) note(t('usage:trail.more'));
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
    .option('--json', t('cli:option.json'))
    .addHelpText('after', () => `\n${t('usage:trail.help')}`)
    .action((options: Options) => trail(options));
}
