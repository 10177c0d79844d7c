import type { Command } from 'commander';
import {
  BedrockTrayError,
  type Environment,
  Environment as EnvironmentSchema,
} from '../../contract/index.ts';
import { inputWord } from '../../domain/input-word.ts';
import { identityLines } from '../identity-words.ts';
import { badInput, print, printJson, translator, withAgent } from '../shell.ts';
import { table } from '../table.ts';

interface CreateOptions {
  profile: string;
  region: string;
  model?: string;
  smallFastModel?: string;
  identityMode?: string;
  endpointUrl?: string;
  use?: boolean;
  json?: boolean;
}

/** The environment that the options describe. Throws BadInput naming the first field that cannot be used. */
function environmentOf(name: string, options: CreateOptions): Environment {
  const parsed = EnvironmentSchema.safeParse({
    name,
    profile: options.profile,
    region: options.region,
    model: options.model ?? null,
    smallFastModel: options.smallFastModel ?? null,
    identityMode: options.identityMode ?? 'bedrock-only',
    endpointUrl: options.endpointUrl ?? null,
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const { key, params } = inputWord({
    code: issue?.code,
    path: issue?.path ?? [],
    values: issue?.code === 'invalid_value' ? issue.values : undefined,
  });
  throw badInput(issue?.path.join('.') || 'name', translator().t(key, params));
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
        else print([rows([found], s.activeEnvironment), '', ...identityLines(found.identityMode)].join('\n'));
      }),
    );
  env
    .command('create')
    .description(t('cli:env.create'))
    .argument('<name>')
    .requiredOption('--profile <name>', t('cli:option.profile'))
    .requiredOption('--region <region>', t('cli:option.bedrockRegion'))
    .option('--model <id>', t('cli:option.model'))
    .option('--small-fast-model <id>', t('cli:option.smallFastModel'))
    .option('--identity-mode <mode>', t('cli:option.identityMode'))
    .option('--endpoint-url <url>', t('cli:option.endpointUrl'))
    .option('--use', t('cli:env.useNow'))
    .option('--json', t('cli:option.json'))
    .action((name: string, options: CreateOptions) =>
      withAgent(async (agent) => {
        const created = await agent.call('environments.create', environmentOf(name, options));
        if (options.use) await agent.call('environments.use', { name });
        if (options.json) printJson(created);
        else print(translator().t('cli:env.created', { name }));
      }),
    );
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
