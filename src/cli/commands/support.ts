import type { Command } from 'commander';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { plain } from '../table.ts';

/** `bedrock-tray support bundle`: what a ticket needs (docs/support.md). */
export function addSupport(program: Command): void {
  const { t } = translator();
  program
    .command('support')
    .description(t('upkeep:support.description'))
    .command('bundle')
    .description(t('upkeep:support.bundle'))
    .option('--with-account-numbers', t('upkeep:support.withAccounts'))
    .option('--json', t('cli:option.json'))
    .action((options: { withAccountNumbers?: boolean; json?: boolean }) =>
      withAgent(async (agent) => {
        const made = await agent.call('support.bundle', { maskAccounts: !options.withAccountNumbers });
        if (options.json) return printJson(made);
        print(plain(made.file));
        note(translator().t('upkeep:support.made', { file: plain(made.file) }));
      }),
    );
}
