import * as clack from '@clack/prompts';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { exitCodes, type IntegrationFile } from '../../contract/index.ts';
import { yesOrNo } from '../prompt-words.ts';
import { answered, canAsk, Left, leavable } from '../prompting.ts';
import { note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain } from '../table.ts';
import { coloured } from './coloured-diff.ts';

interface Options {
  environment?: string;
  yes?: boolean;
  undo?: boolean;
  json?: boolean;
}

function showProblems(files: readonly IntegrationFile[]): void {
  const { error } = translator();
  for (const { problem } of files) if (problem) note(plain(error(problem)));
}

const wishOf = ({ environment }: Options) => (environment === undefined ? {} : { environment });

async function status(agent: AgentConnection, options: Options): Promise<void> {
  const preview = await agent.call('integration.preview', wishOf(options));
  if (options.json) return printJson(preview);
  const { t } = translator();
  for (const { file, state } of preview.files)
    print(t(`cli:integrate.state.${state}`, { file: plain(file) }));
  showProblems(preview.files);
}

async function undo(agent: AgentConnection, options: Options): Promise<void> {
  const result = await agent.call('integration.undo', {});
  if (options.json) return printJson(result);
  for (const file of result.files) print(plain(file));
  note(translator().t('cli:integrate.undone'));
}

/** Asks; Ctrl+C and Escape say no. */
async function isSure(): Promise<boolean> {
  try {
    const message = translator().t('cli:integrate.sure');
    return answered(await leavable(() => clack.confirm({ ...yesOrNo(), message, initialValue: false })));
  } catch (error) {
    if (error instanceof Left) return false;
    throw error;
  }
}

/** Shows what would be written, asks, writes exactly that. */
async function integrate(agent: AgentConnection, options: Options): Promise<void> {
  const { t } = translator();
  const wish = wishOf(options);
  const { digest, files } = await agent.call('integration.preview', wish);
  if (options.json && !options.yes) return printJson({ digest, files });
  const toDo = files.some((f) => f.diff !== '');
  if (!options.json) {
    for (const { diff } of files) if (diff !== '') print(`${coloured(diff)}\n`);
    showProblems(files);
    if (!toDo && files.every((f) => f.state === 'present')) return print(t('cli:integrate.nothing'));
  }
  if (!options.yes && toDo) {
    if (!canAsk()) throw new Said(t('cli:integrate.needsYes'));
    if (!(await isSure())) {
      process.exitCode = exitCodes.failed;
      return note(t('cli:integrate.left'));
    }
  }
  const result = await agent.call('integration.apply', { ...wish, digest });
  if (options.json) return printJson(result);
  for (const file of result.files) print(plain(file));
  note(t('cli:integrate.done'));
}

/** `bedrock-tray integrate`: Bedrock for plain `claude`, editors and other terminals (docs/integration.md). */
export function addIntegrate(program: Command): void {
  const { t } = translator();
  const command = program
    .command('integrate')
    .description(t('cli:integrate.description'))
    .option('--environment <name>', t('cli:integrate.environment'))
    .option('--yes', t('cli:integrate.yes'))
    .option('--undo', t('cli:integrate.undo'))
    .option('--json', t('cli:option.json'))
    .action((options: Options) =>
      withAgent((agent) => (options.undo ? undo(agent, options) : integrate(agent, options))),
    );
  command
    .command('status')
    .description(t('cli:integrate.status'))
    .option('--environment <name>', t('cli:integrate.environment'))
    .option('--json', t('cli:option.json'))
    .action((options: Options) => withAgent((agent) => status(agent, options)));
}
