import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { exitCodeOf, isBedrockTrayError, type RegionOffer } from '../../contract/index.ts';
import { geographyOf } from '../../domain/bedrock/geography.ts';
import { modelRows, offerLine, resolvedRows, translations } from '../model-rows.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';

interface ModelsOptions {
  env?: string;
  region?: string;
  all?: boolean;
  refresh?: boolean;
  resolve?: boolean;
  json?: boolean;
}

interface RegionsOptions {
  env?: string;
  model?: string;
  json?: boolean;
}

/** What Bedrock offers to an identity: models in one region, and regions side by side. */
export function addModels(program: Command): void {
  const { t } = translator();
  program
    .command('models')
    .description(t('cli:models.description'))
    .argument('[model]', t('cli:models.which'))
    .option('--env <name>', t('cli:option.env'))
    .option('--region <region>', t('cli:option.bedrockRegion'))
    .option('--all', t('cli:models.all'))
    .option('--refresh', t('cli:models.refresh'))
    .option('--resolve', t('cli:models.resolve'))
    .option('--json', t('cli:option.json'))
    .action((wanted: string | undefined, options: ModelsOptions) =>
      withAgent(async (agent) => {
        const place = {
          ...(options.env === undefined ? {} : { environment: options.env }),
          ...(options.region === undefined ? {} : { region: options.region }),
        };
        if (options.resolve) return resolve(agent, place, options.json === true);
        const offer = await agent.call('models.list', { ...place, refresh: options.refresh === true });
        const wish = wanted?.toLowerCase() ?? '';
        const models = offer.models.filter((view) =>
          [view.id, view.name, view.model ?? ''].some((text) => text.toLowerCase().includes(wish)),
        );
        if (options.json) return printJson({ ...offer, models });
        const explained = translations([wanted], offer.region);
        for (const line of explained) print(plain(line));
        if (models.length > 0) print(modelRows({ ...offer, models }, options.all === true, columnsOf()));
        else if (explained.length === 0) print(translator().t('cli:models.none', { region: offer.region }));
        note(plain(offerLine(offer, Date.now())));
      }),
    );
  program
    .command('regions')
    .description(t('cli:regions.description'))
    .option('--env <name>', t('cli:option.env'))
    .option('--model <id>', t('cli:regions.model'))
    .option('--json', t('cli:option.json'))
    .action((options: RegionsOptions) =>
      withAgent(async (agent) => {
        const regions = await survey(agent, options);
        if (options.json) printJson({ regions });
        else print(regionRows(regions, options.model));
        const answered = regions.filter(({ state }) => state === 'live');
        if (options.model !== undefined && answered.length > 0 && answered.every(({ id }) => id === null))
          note(plain(translator().t('cli:regions.nowhere', { model: options.model })));
        const failed = regions.filter(({ state }) => state === 'failed');
        const problem = failed[0]?.problem;
        if (failed.length === regions.length && problem) {
          note(`bedrock-tray: ${plain(translator().error(problem))}`);
          process.exitCode = exitCodeOf(problem.code);
        }
      }),
    );
}

/** Of the terminal; a file or a pipe is as wide as it needs to be. */
const columnsOf = (): number =>
  process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : Number.POSITIVE_INFINITY;

async function resolve(
  agent: AgentConnection,
  place: { environment?: string; region?: string },
  json: boolean,
): Promise<void> {
  const result = await agent.call('models.resolve', place);
  if (json) return printJson(result);
  print(resolvedRows(result.resolved));
  const ids = result.resolved.map(({ id }) => id);
  for (const line of translations(ids, result.region)) note(plain(line));
}

/** Asks all regions; on a terminal it is told how far that is. */
async function survey(agent: AgentConnection, { env, model }: RegionsOptions): Promise<RegionOffer[]> {
  const { t } = translator();
  const wish = {
    ...(env === undefined ? {} : { environment: env }),
    ...(model === undefined ? {} : { model }),
  };
  const shows = process.stderr.isTTY === true;
  const clear = (): void => void (shows && process.stderr.write('\r\x1b[K'));
  return new Promise<RegionOffer[]>((done, reject) => {
    let latest: RegionOffer[] = [];
    const stop = agent.watch(
      'regions.survey',
      wish,
      (news) => {
        latest = news.regions;
        const answered = latest.filter(({ state }) => state === 'live' || state === 'failed').length;
        clear();
        if (news.done) {
          stop();
          done(latest);
        } else if (shows) {
          process.stderr.write(t('cli:regions.progress', { answered, all: latest.length }));
        }
      },
      (error) => {
        clear();
        if (error) reject(error);
        else done(latest);
      },
    );
  }).catch(async (error: unknown) => {
    if (!isBedrockTrayError(error) || error.code !== 'EnvironmentMissing' || env !== undefined) throw error;
    // Before there is an environment there is nobody who could ask: their names alone.
    const { regions } = await agent.call('regions.list', {});
    note(`bedrock-tray: ${translator().error(error.view())}`);
    const unknown = {
      geography: null,
      state: 'waiting',
      models: null,
      id: null,
      askedAt: null,
      problem: null,
    } as const;
    return regions.map((region): RegionOffer => ({ region, ...unknown, geography: geographyOf(region) }));
  });
}

function regionRows(regions: readonly RegionOffer[], model: string | undefined): string {
  const { t, error } = translator();
  return table(
    [
      t('cli:head.region'),
      t('cli:head.geography'),
      t('cli:head.models'),
      ...(model === undefined ? [] : [t('cli:head.modelId')]),
      '',
    ],
    regions.map((row) => [
      row.region,
      row.geography ?? '-',
      row.models === null ? '-' : String(row.models),
      ...(model === undefined ? [] : [row.id ?? '-']),
      // One reason for all is told once, below.
      row.state === 'failed' && row.problem && regions.some(({ state }) => state === 'live')
        ? error(row.problem)
        : '',
    ]),
  );
}
