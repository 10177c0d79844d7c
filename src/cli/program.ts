import { Command } from 'commander';
import { PRODUCT_VERSION } from '../contract/index.ts';
import { speakAsWeDo } from './commander-words.ts';
import { addAgent } from './commands/agent.ts';
import { addClaude } from './commands/claude.ts';
import { addConfigure } from './commands/configure.ts';
import { addCosts } from './commands/costs.ts';
import { addDemo } from './commands/demo.ts';
import { addDiscovery } from './commands/discovery.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEnvironments } from './commands/environments.ts';
import { addExec } from './commands/exec.ts';
import { addExportCredentials } from './commands/export-credentials.ts';
import { addHistory } from './commands/history.ts';
import { addIam } from './commands/iam.ts';
import { addIntegrate } from './commands/integrate.ts';
import { addLogin } from './commands/login.ts';
import { addMfa } from './commands/mfa.ts';
import { addModels } from './commands/models.ts';
import { addOpen } from './commands/open.ts';
import { addService } from './commands/service.ts';
import { addSessions } from './commands/sessions.ts';
import { addSettings } from './commands/settings.ts';
import { addStatus } from './commands/status.ts';
import { addSupport } from './commands/support.ts';
import { addTrail } from './commands/trail.ts';
import { addUninstall } from './commands/uninstall.ts';
import { addUsage } from './commands/usage.ts';
import { translator } from './shell.ts';

/** In the order of the help. */
const commands = [
  addStatus,
  addLogin,
  addMfa,
  addConfigure,
  addDiscovery,
  addModels,
  addEnvironments,
  addExportCredentials,
  addExec,
  addClaude,
  addSessions,
  addHistory,
  addDoctor,
  addUsage,
  addCosts,
  addTrail,
  addIam,
  addIntegrate,
  addSettings,
  addOpen,
  addAgent,
  addService,
  addSupport,
  addUninstall,
  addDemo,
];

/** Settings made on the program are not inherited by commands that stand already. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
}

/** The `bedrock-tray` command with all that is below it, in the words of this run. */
export function makeProgram(): Command {
  const { t } = translator();
  const program = new Command('bedrock-tray')
    .description(t('cli:description'))
    .version(PRODUCT_VERSION, '-V, --version', t('cli:help.version'))
    .enablePositionalOptions()
    .showHelpAfterError(t('cli:helpHint'))
    .exitOverride();
  speakAsWeDo(program);
  for (const add of commands) add(program);
  inherit(program);
  return program;
}
