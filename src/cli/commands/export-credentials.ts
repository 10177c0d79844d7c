import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CredentialFormat } from '../../contract/index.ts';
import { badInput, connect, outDir, translator } from '../shell.ts';

interface Options {
  profile?: string;
  session?: string;
  socket?: string;
  format: string;
}

/**
 * The way taken when the hand-out client could not serve the request itself: no agent runs yet, or the arguments
 * need explaining. Starts the agent, then lets the small client ask again.
 */
export function addExportCredentials(program: Command): void {
  const { t } = translator();
  program
    .command('export-credentials')
    .description(t('cli:export.description'))
    .option('--profile <name>', t('cli:option.profile'))
    .option(
      '--format <format>',
      t('cli:export.format', { formats: CredentialFormat.options.join(', ') }),
      'process',
    )
    .option('--session <id>', t('cli:export.session'))
    .option('--socket <path>', t('cli:export.socket'))
    .action(async (options: Options) => {
      if (!CredentialFormat.safeParse(options.format).success)
        throw badInput(
          '--format',
          translator().t('cli:export.format', { formats: CredentialFormat.options.join(', ') }),
        );
      const profile =
        options.profile ?? (options.session === undefined ? process.env.AWS_PROFILE : undefined);
      if ((profile === undefined) === (options.session === undefined))
        throw badInput('--profile', translator().t('cli:export.which'));
      if (process.env.BEDROCK_TRAY_HAND_OUT_RETRY)
        throw badInput('--socket', translator().t('cli:export.noAnswer'));
      (await connect()).close();
      const who = profile === undefined ? ['--session', options.session as string] : ['--profile', profile];
      const asked = spawnSync(
        process.execPath,
        [join(outDir, 'cli', 'hand-out.cjs'), ...who, '--format', options.format],
        {
          stdio: 'inherit',
          env: { ...process.env, BEDROCK_TRAY_HAND_OUT_RETRY: '1' },
        },
      );
      process.exitCode = asked.status ?? 1;
    });
}
