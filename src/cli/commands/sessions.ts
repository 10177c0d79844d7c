import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { BedrockTrayError, type SessionView } from '../../contract/index.ts';
import { print, printJson, translator, withAgent } from '../shell.ts';
import { table } from '../table.ts';
import { clockTime } from '../words.ts';
import { showSession } from './claude.ts';

/** A session by its id or the beginning of it, as long as only one begins so. */
async function findSession(agent: AgentConnection, id: string): Promise<SessionView> {
  const { sessions } = await agent.call('sessions.list', {});
  const found = sessions.filter((s) => s.id === id || (id.length >= 4 && s.id.startsWith(id)));
  const only = found.length === 1 ? found[0] : undefined;
  if (!only) throw new BedrockTrayError('SessionUnknown', { session: id });
  return only;
}

export function addSessions(program: Command): void {
  const { t } = translator();
  const sessions = program.command('sessions').description(t('cli:sessions.description'));
  sessions
    .command('list')
    .description(t('cli:sessions.list'))
    .option('--json', t('cli:option.json'))
    .action((options: { json?: boolean }) =>
      withAgent(async (agent) => {
        const result = await agent.call('sessions.list', {});
        if (options.json) return printJson(result);
        const { t: say } = translator();
        if (result.sessions.length === 0) return print(say('cli:sessions.none'));
        print(
          table(
            [
              say('cli:head.session'),
              say('cli:head.state'),
              say('cli:head.started'),
              say('cli:head.folder'),
              say('cli:head.title'),
            ],
            result.sessions.map((s) => [
              s.id.slice(0, 8),
              say(`cli:sessionState.${s.state}`),
              clockTime(s.startedAt),
              s.cwd,
              s.title,
            ]),
          ),
        );
      }),
    );
  sessions
    .command('attach')
    .description(t('cli:sessions.attach'))
    .argument('<id>')
    .option('--no-browser', t('cli:login.noBrowser'))
    .action((id: string, options: { browser: boolean }) =>
      withAgent(async (agent) => showSession(agent, await findSession(agent, id), options.browser)),
    );
  sessions
    .command('kill')
    .description(t('cli:sessions.kill'))
    .argument('<id>')
    .action((id: string) =>
      withAgent(async (agent) => {
        const session = await findSession(agent, id);
        await agent.call('sessions.kill', { id: session.id });
        print(translator().t('cli:sessions.killed', { id: session.id.slice(0, 8) }));
      }),
    );
  sessions
    .command('resume')
    .description(t('cli:sessions.resume'))
    .argument('<id>')
    .option('--detach', t('cli:claude.detach'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .action((id: string, options: { detach?: boolean; browser: boolean }) =>
      withAgent(async (agent) => {
        const old = await findSession(agent, id);
        const session = await agent.call('sessions.resume', {
          id: old.id,
          cols: process.stdout.columns || 80,
          rows: process.stdout.rows || 24,
        });
        if (options.detach) print(translator().t('cli:claude.detached', { id: session.id.slice(0, 8) }));
        else await showSession(agent, session, options.browser);
      }),
    );
}
