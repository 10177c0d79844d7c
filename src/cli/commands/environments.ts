import type { Command } from 'commander';
import {
  BedrockTrayError,
  type Budget,
  Budget as BudgetSchema,
  type BudgetView,
  type Environment,
  Environment as EnvironmentSchema,
  Geography,
  plainEnvironment,
} from '../../contract/index.ts';
import { isNoModel, leavesByName } from '../../domain/bedrock/environment-models.ts';
import { usdText } from '../../domain/cost/session-cost.ts';
import { inputWord } from '../../domain/input-word.ts';
import { identityLines } from '../identity-words.ts';
import { translations } from '../model-rows.ts';
import { badInput, note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';

interface ModelOptions {
  profile?: string;
  region?: string;
  model?: string;
  smallFastModel?: string;
  pinOpus?: string;
  pinSonnet?: string;
  pinFable?: string;
  geography?: string;
  budget?: string;
  identityMode?: string;
  endpointUrl?: string;
  json?: boolean;
}

interface CreateOptions extends ModelOptions {
  profile: string;
  region: string;
  use?: boolean;
}

/** `200/month` or `200/month,refuse`. Throws BadInput. */
function budgetOf(text: string): Budget {
  const [, usd, period, refuse] = /^(\d+(?:\.\d+)?)\/(day|week|month)(,refuse)?$/.exec(text) ?? [];
  const parsed = BudgetSchema.safeParse({ usd: Number(usd), period, refuse: refuse !== undefined });
  if (!parsed.success) throw badInput('--budget', translator().t('cli:env.budgetWrong', { given: text }));
  return parsed.data;
}

/** What takes a choice back. */
const NONE = 'none';

/** An environment with what the options say of it. Throws BadInput naming the first field that cannot be used. */
function environmentOf(
  before: Omit<Environment, 'profile' | 'region'> & Partial<Environment>,
  options: ModelOptions,
): Environment {
  const given = <T>(text: string | undefined, old: T): string | T | null =>
    text === undefined ? old : text === NONE ? null : text;
  const { pinOpus, pinSonnet, pinFable, budget } = options;
  const parsed = EnvironmentSchema.safeParse({
    ...before,
    profile: options.profile ?? before.profile,
    region: options.region ?? before.region,
    model: given(options.model, before.model),
    smallFastModel: given(options.smallFastModel, before.smallFastModel),
    pins: {
      opus: given(pinOpus, before.pins.opus),
      sonnet: given(pinSonnet, before.pins.sonnet),
      fable: given(pinFable, before.pins.fable),
    },
    geography: given(options.geography, before.geography),
    budget: budget === undefined ? before.budget : budget === NONE ? null : budgetOf(budget),
    identityMode: options.identityMode ?? before.identityMode,
    endpointUrl: given(options.endpointUrl, before.endpointUrl),
  });
  if (parsed.success) return requireGeography(parsed.data);
  const issue = parsed.error.issues[0];
  const { key, params } = inputWord({
    code: issue?.code,
    path: issue?.path ?? [],
    values: issue?.code === 'invalid_value' ? issue.values : undefined,
  });
  throw badInput(issue?.path.join('.') || 'name', translator().t(key, params));
}

/** Errors: ModelLeavesGeography, where a name says by itself that it is answered elsewhere. */
function requireGeography(environment: Environment): Environment {
  const { name, geography, model, smallFastModel, pins } = environment;
  const chosen = [model, smallFastModel, ...Object.values(pins)];
  const leaving = geography === null ? null : leavesByName(geography, chosen);
  if (leaving === null || geography === null) return environment;
  throw new BedrockTrayError('ModelLeavesGeography', { model: leaving, geography, environment: name });
}

/** What is the matter with ids of older documentation, and with what is none. */
function warnOfModels({ region, model, smallFastModel, pins }: Environment): void {
  const chosen = [model, smallFastModel, ...Object.values(pins)];
  for (const line of translations(chosen, region)) note(plain(line));
  for (const given of new Set(chosen)) {
    if (given !== null && isNoModel(given)) note(plain(translator().t('cli:env.noModel', { given })));
  }
}

/** The budget as the option takes it, and how it stands. */
function budgetLine(budget: Budget, view: BudgetView | undefined): string {
  const { t, language } = translator();
  const limit = `${budget.usd}/${budget.period}${budget.refuse ? ',refuse' : ''}`;
  if (view === undefined) return limit;
  return t('cli:env.budgetStands', { limit, spent: usdText(view.spentUsd, language), from: view.from });
}

/** What else there is to know of one environment: a line each. */
function details(environment: Environment, budgets: readonly BudgetView[]): string[] {
  const { t } = translator();
  const { name, smallFastModel, pins, geography, budget, endpointUrl } = environment;
  const view = budgets.find((b) => b.environment === name);
  const lines: (readonly [string, string | null])[] = [
    [t('cli:env.smallFastModel'), smallFastModel],
    ['opus', pins.opus],
    ['sonnet', pins.sonnet],
    ['fable', pins.fable],
    [t('cli:head.geography'), geography],
    [t('cli:env.budget'), budget && budgetLine(budget, view)],
    [t('cli:env.endpointUrl'), endpointUrl],
  ];
  return lines.flatMap(([label, value]) => (value === null ? [] : [`${label}: ${value}`]));
}

/** The options about models, which creating and changing share. */
function withModelOptions(command: Command): Command {
  const { t } = translator();
  return command
    .option('--model <id>', t('cli:option.model'))
    .option('--small-fast-model <id>', t('cli:option.smallFastModel'))
    .option('--pin-opus <id>', t('cli:env.pin', { alias: 'opus' }))
    .option('--pin-sonnet <id>', t('cli:env.pin', { alias: 'sonnet' }))
    .option('--pin-fable <id>', t('cli:env.pin', { alias: 'fable' }))
    .option('--geography <geography>', t('cli:env.geography', { geographies: Geography.options.join(', ') }))
    .option('--budget <limit>', t('cli:env.budgetOption'))
    .option('--identity-mode <mode>', t('cli:option.identityMode'))
    .option('--endpoint-url <url>', t('cli:option.endpointUrl'));
}

function rows(environments: readonly Environment[], active: string | null): string {
  const { t } = translator();
  return table(
    [
      '',
      t('cli:head.environment'),
      t('cli:head.profile'),
      t('cli:head.region'),
      t('cli:head.model'),
      t('cli:head.identityMode'),
    ],
    environments.map((e) => [
      e.name === active ? '*' : '',
      e.name,
      e.profile,
      e.region,
      e.model ?? t('cli:defaultModel'),
      e.identityMode,
    ]),
  );
}

export function addEnvironments(program: Command): void {
  const { t } = translator();
  const env = program.command('env').description(t('cli:env.description'));
  env
    .command('list')
    .description(t('cli:env.list'))
    .option('--json', t('cli:option.json'))
    .action((options: { json?: boolean }) =>
      withAgent(async (agent) => {
        const s = await agent.call('state.get', {});
        if (options.json) printJson({ environments: s.environments, active: s.activeEnvironment });
        else
          print(
            s.environments.length > 0
              ? rows(s.environments, s.activeEnvironment)
              : translator().t('cli:env.none'),
          );
      }),
    );
  env
    .command('show')
    .description(t('cli:env.show'))
    .argument('[name]')
    .option('--json', t('cli:option.json'))
    .action((name: string | undefined, options: { json?: boolean }) =>
      withAgent(async (agent) => {
        const s = await agent.call('state.get', {});
        const wanted = name ?? s.activeEnvironment;
        if (wanted === null) throw new BedrockTrayError('EnvironmentMissing', {});
        const found = s.environments.find((e) => e.name === wanted);
        if (!found) throw new BedrockTrayError('EnvironmentUnknown', { environment: wanted });
        if (options.json) printJson({ ...found, active: found.name === s.activeEnvironment });
        else {
          const more = details(found, s.usage.budgets).map(plain);
          const about = [rows([found], s.activeEnvironment), ...(more.length > 0 ? ['', ...more] : [])];
          print([...about, '', ...identityLines(found.identityMode)].join('\n'));
          warnOfModels(found);
        }
      }),
    );
  withModelOptions(
    env
      .command('create')
      .description(t('cli:env.create'))
      .argument('<name>')
      .requiredOption('--profile <name>', t('cli:option.profile'))
      .requiredOption('--region <region>', t('cli:option.bedrockRegion')),
  )
    .option('--use', t('cli:env.useNow'))
    .option('--json', t('cli:option.json'))
    .action((name: string, options: CreateOptions) =>
      withAgent(async (agent) => {
        const wished = environmentOf({ ...plainEnvironment, name }, options);
        const created = await agent.call('environments.create', wished);
        if (options.use) await agent.call('environments.use', { name });
        if (options.json) printJson(created);
        else print(translator().t('cli:env.created', { name }));
        warnOfModels(created);
      }),
    );
  withModelOptions(
    env
      .command('update')
      .description(t('cli:env.update'))
      .argument('<name>')
      .option('--profile <name>', t('cli:option.profile'))
      .option('--region <region>', t('cli:option.bedrockRegion')),
  )
    .option('--json', t('cli:option.json'))
    .action((name: string, options: ModelOptions) => {
      const { json: _, ...wished } = options;
      if (Object.keys(wished).length === 0) throw new Said(translator().t('cli:env.nothingToChange'));
      return withAgent(async (agent) => {
        const { environments } = await agent.call('state.get', {});
        const before = environments.find((e) => e.name === name);
        if (!before) throw new BedrockTrayError('EnvironmentUnknown', { environment: name });
        const changed = await agent.call('environments.update', environmentOf(before, options));
        if (options.json) printJson(changed);
        else print(translator().t('cli:env.updated', { name }));
        warnOfModels(changed);
      });
    });
  env
    .command('use')
    .description(t('cli:env.use'))
    .argument('<name>')
    .action((name: string) =>
      withAgent(async (agent) => {
        await agent.call('environments.use', { name });
        print(translator().t('cli:env.used', { name }));
      }),
    );
  env
    .command('delete')
    .description(t('cli:env.delete'))
    .argument('<name>')
    .action((name: string) =>
      withAgent(async (agent) => {
        await agent.call('environments.delete', { name });
        print(translator().t('cli:env.deleted', { name }));
      }),
    );
}
