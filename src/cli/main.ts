import { Command, CommanderError } from 'commander';
import { exitCodes, PRODUCT_VERSION } from '../contract/index.ts';
import { addAgent } from './commands/agent.ts';
import { addClaude } from './commands/claude.ts';
import { addConfigure } from './commands/configure.ts';
import { addDemo } from './commands/demo.ts';
import { addDiscovery } from './commands/discovery.ts';
import { addEnvironments } from './commands/environments.ts';
import { addExec } from './commands/exec.ts';
import { addExportCredentials } from './commands/export-credentials.ts';
import { addHistory } from './commands/history.ts';
import { addIntegrate } from './commands/integrate.ts';
import { addLogin } from './commands/login.ts';
import { addMfa } from './commands/mfa.ts';
import { addOpen } from './commands/open.ts';
import { addService } from './commands/service.ts';
import { addSessions } from './commands/sessions.ts';
import { addSettings } from './commands/settings.ts';
import { addStatus } from './commands/status.ts';
import { addSupport } from './commands/support.ts';
import { addUninstall } from './commands/uninstall.ts';
import { report, translator } from './shell.ts';

const program = new Command('bedrock-tray')
  .description(translator().t('cli:description'))
  .version(PRODUCT_VERSION)
  .enablePositionalOptions()
  .showHelpAfterError(translator().t('cli:helpHint'))
  .exitOverride();
for (const add of [
  addStatus,
  addLogin,
  addMfa,
  addConfigure,
  addDiscovery,
  addEnvironments,
  addExportCredentials,
  addExec,
  addClaude,
  addSessions,
  addHistory,
  addIntegrate,
  addSettings,
  addOpen,
  addAgent,
  addService,
  addSupport,
  addUninstall,
  addDemo,
])
  add(program);
// Settings made on the program are not inherited by commands that stand already.
const inherit = (command: Command): void => {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
};
inherit(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else process.exitCode = report(error);
}
