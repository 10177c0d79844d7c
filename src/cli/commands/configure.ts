import { resolve } from 'node:path';
import * as clack from '@clack/prompts';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { exitCodes } from '../../contract/index.ts';
import { Left, leavable } from '../prompting.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { configureImport, type ImportOptions } from './configure-import.ts';
import { configureSso } from './configure-sso.ts';
import type { SsoOptions } from './configure-sso-questions.ts';
import { exitCodeOfChecks } from './doctor-checks.ts';
import { runCheck, sentencesOf } from './setup-check.ts';

/** Runs a wizard; leaving it is no error, but not what was asked either. */
async function wizard(work: (agent: AgentConnection) => Promise<void>): Promise<void> {
  try {
    await withAgent(work);
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    clack.cancel(error.message || translator().t('cli:configure.left'));
    process.exitCode = exitCodes.failed;
  }
}

export function addConfigure(program: Command): void {
  const { t } = translator();
  const configure = program.command('configure').description(t('cli:configure.description'));
  configure
    .command('claude')
    .description(t('cli:configure.claude'))
    .argument('[path]')
    .action((path: string | undefined) =>
      withAgent(async (agent) => {
        const claudePath = path === undefined ? null : resolve(path);
        await agent.call('settings.set', { claudePath });
        if (claudePath === null) print(translator().t('cli:configure.claudeDefault'));
        else print(translator().t('cli:configure.claudeSet', { path: claudePath }));
      }),
    );
  configure
    .command('sso')
    .description(t('cli:configure.sso'))
    .option('--sso-session <name>', t('cli:option.ssoSession'))
    .option('--start-url <url>', t('cli:option.startUrl'))
    .option('--region <region>', t('cli:option.ssoRegion'))
    .option('--account <id...>', t('cli:option.accounts'))
    .option('--role <name...>', t('cli:option.roles'))
    .option('--all', t('cli:option.allRoles'))
    .option('--profile <name>', t('cli:option.oneProfile'))
    .option('--template <template>', t('cli:option.template'))
    .option('--bedrock-region <region>', t('cli:option.bedrockRegion'))
    .option('--use <profile>', t('cli:option.use'))
    .option('--model <id>', t('setup:optionModel'))
    .option('--check', t('setup:optionCheck'))
    .option('--no-check', t('setup:optionNoCheck'))
    .option('--use-device-code', t('cli:login.deviceCode'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .option('--json', t('cli:option.json'))
    .action((options: SsoOptions) => wizard((agent) => configureSso(agent, options)));
  configure
    .command('check')
    .description(t('setup:check'))
    .option('--env <name>', t('setup:optionEnv'))
    .option('--json', t('cli:option.json'))
    .action((options: { env?: string; json?: boolean }) =>
      wizard((agent) =>
        leavable(async (step) => {
          const checks = await runCheck(agent, options.env, { lines: !options.json, step });
          if (options.json) printJson({ checks });
          else for (const { text } of sentencesOf(checks)) note(text);
          process.exitCode = exitCodeOfChecks(checks);
        }),
      ),
    );
  configure
    .command('import')
    .description(t('cli:import.description'))
    .option('--all', t('cli:import.all'))
    .option('--id <id...>', t('cli:import.id'))
    .option('--json', t('cli:option.json'))
    .action((options: ImportOptions) => wizard((agent) => configureImport(agent, options)));
  configure
    .command('undo')
    .description(t('cli:configure.undo'))
    .option('--json', t('cli:option.json'))
    .action((options: { json?: boolean }) =>
      withAgent(async (agent) => {
        const { file } = await agent.call('config.undo', {});
        if (options.json) printJson({ file });
        else print(translator().t('cli:configure.undone', { file }));
      }),
    );
}
