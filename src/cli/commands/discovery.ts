import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { exitCodes } from '../../contract/index.ts';
import { note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';

/** The SSO session that was named, else the active environment's, else the only one that is configured. */
async function chosenSsoSession(agent: AgentConnection, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const { ssoSessions, environments, activeEnvironment } = await agent.call('state.get', {});
  const active = environments.find((e) => e.name === activeEnvironment);
  if (active) {
    const { profiles } = await agent.call('profiles.list', {});
    const found = profiles.find((p) => p.name === active.profile)?.ssoSession;
    if (found) return found;
  }
  // A legacy profile's start URL counts only where there is no [sso-session].
  const sections = ssoSessions.filter((s) => s.kind === 'sso-session');
  const candidates = sections.length > 0 ? sections : ssoSessions;
  const only = candidates.length === 1 ? candidates[0] : undefined;
  if (only) return only.id;
  const { t } = translator();
  const names = candidates.map((s) => s.id).join(', ');
  throw new Said(names === '' ? t('cli:status.noSsoSession') : t('cli:chooseSsoSession', { names }));
}

/** What is configured, and what the access portal offers. */
export function addDiscovery(program: Command): void {
  const { t } = translator();
  program
    .command('profiles')
    .description(t('cli:profiles.description'))
    .option('--json', t('cli:option.json'))
    .action((options: { json?: boolean }) =>
      withAgent(async (agent) => {
        const { profiles } = await agent.call('profiles.list', {});
        const { configProblem } = await agent.call('state.get', {});
        const { t: say, error, note: sentence } = translator();
        if (configProblem) {
          // What the files said last is shown all the same; with nothing to show, the command has failed.
          note(plain(error(configProblem)));
          if (profiles.length === 0) process.exitCode = exitCodes.failed;
        }
        if (options.json) return printJson({ profiles });
        if (profiles.length === 0) return configProblem ? undefined : print(say('cli:profiles.none'));
        print(
          table(
            [
              say('cli:head.profile'),
              say('cli:head.kind'),
              say('cli:head.ssoSession'),
              say('cli:head.account'),
              say('cli:head.role'),
              say('cli:head.region'),
              '',
            ],
            profiles.map((p) => [
              p.name,
              p.kind,
              p.ssoSession ?? '-',
              p.accountId ?? '-',
              p.roleName ?? '-',
              p.region ?? '-',
              // A section without credentials, such as a [default] with a region, is no mistake.
              p.problem && p.kind !== 'none' ? error(p.problem) : '',
            ]),
          ),
        );
        const warned = new Map<string, string[]>();
        for (const { name, notes } of profiles) {
          for (const n of notes) {
            if (n.level !== 'warning') continue;
            const said = sentence(n);
            warned.set(said, [...(warned.get(said) ?? []), name]);
          }
        }
        for (const [said, names] of warned) note(plain(`${names.join(', ')}: ${said}`));
      }),
    );
  program
    .command('accounts')
    .description(t('cli:accounts.description'))
    .option('--sso-session <name>', t('cli:option.ssoSession'))
    .option('--json', t('cli:option.json'))
    .action((options: { ssoSession?: string; json?: boolean }) =>
      withAgent(async (agent) => {
        const ssoSession = await chosenSsoSession(agent, options.ssoSession);
        const { accounts } = await agent.call('accounts.list', { ssoSession });
        if (options.json) return printJson({ ssoSession, accounts });
        const { t: say } = translator();
        print(
          table(
            [say('cli:head.account'), say('cli:head.name'), say('cli:head.email')],
            accounts.map((a) => [a.accountId, a.name, a.email]),
          ),
        );
      }),
    );
  program
    .command('roles')
    .description(t('cli:roles.description'))
    .requiredOption('--account <id>', t('cli:option.account'))
    .option('--sso-session <name>', t('cli:option.ssoSession'))
    .option('--json', t('cli:option.json'))
    .action((options: { account: string; ssoSession?: string; json?: boolean }) =>
      withAgent(async (agent) => {
        const ssoSession = await chosenSsoSession(agent, options.ssoSession);
        const { roles } = await agent.call('roles.list', { ssoSession, accountId: options.account });
        if (options.json) printJson({ ssoSession, roles });
        else for (const role of roles) print(role.roleName);
      }),
    );
}
