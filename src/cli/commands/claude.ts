import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { BedrockTrayError, type SessionView, sessionIsOpen } from '../../contract/index.ts';
import { attachTerminal } from '../attach-terminal.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { signIn } from './login.ts';

interface ClaudeOptions {
  env?: string;
  profile?: string;
  region?: string;
  model?: string;
  cwd?: string;
  detach?: boolean;
  json?: boolean;
  browser: boolean;
}

/** Waits until a session has its process; while it waits for a sign-in, the sign-in is made from this terminal. */
async function untilStarted(
  agent: AgentConnection,
  session: SessionView,
  browser: boolean,
): Promise<SessionView> {
  if (session.state === 'waiting') await signIn(agent, { profile: session.profile, browser });
  return new Promise((resolveStarted, reject) => {
    const stop = agent.watch('state.watch', {}, (snapshot) => {
      const now = snapshot.sessions.find((s) => s.id === session.id);
      if (now && (now.state === 'waiting' || now.state === 'starting')) return;
      stop();
      if (now?.state === 'running' || now?.state === 'exited') resolveStarted(now);
      else if (now?.problem) reject(new BedrockTrayError(now.problem.code, now.problem.params as never));
      else reject(new BedrockTrayError('SessionEnded', { session: session.id }));
    });
    agent.onClose(() =>
      reject(new BedrockTrayError('AgentUnavailable', { reason: 'the connection has ended' })),
    );
  });
}

/** Shows a session in this terminal until it ends or the person detaches; sets the exit code. */
export async function showSession(
  agent: AgentConnection,
  session: SessionView,
  browser: boolean,
): Promise<void> {
  const started =
    sessionIsOpen(session) && session.state !== 'running'
      ? await untilStarted(agent, session, browser)
      : session;
  const { ticket, socket } = await agent.call('sessions.attach', { id: started.id });
  const result = await attachTerminal(socket, ticket);
  if (result.kind === 'exited') {
    process.exitCode = result.exitCode ?? 1;
    return;
  }
  note(
    translator().t(result.kind === 'detached' ? 'cli:attach.detached' : 'cli:attach.lost', {
      id: started.id.slice(0, 8),
    }),
  );
  if (result.kind === 'lost') process.exitCode = 1;
}

export function addClaude(program: Command): void {
  const { t } = translator();
  program
    .command('claude')
    .description(t('cli:claude.description'))
    .option('--env <name>', t('cli:option.env'))
    .option('--profile <name>', t('cli:option.profile'))
    .option('--region <region>', t('cli:option.bedrockRegion'))
    .option('--model <id>', t('cli:option.model'))
    .option('--cwd <folder>', t('cli:claude.cwd'))
    .option('--detach', t('cli:claude.detach'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .option('--json', t('cli:option.json'))
    .argument('[args...]', t('cli:claude.args'))
    .passThroughOptions()
    .action((args: string[], options: ClaudeOptions) =>
      withAgent(async (agent) => {
        const env = Object.fromEntries(
          Object.entries(process.env).filter((e): e is [string, string] => e[1] !== undefined),
        );
        const session = await agent.call('sessions.openWith', {
          ...(options.env === undefined ? {} : { environment: options.env }),
          ...(options.profile === undefined ? {} : { profile: options.profile }),
          ...(options.region === undefined ? {} : { region: options.region }),
          ...(options.model === undefined ? {} : { model: options.model }),
          cwd: resolve(options.cwd ?? '.'),
          cols: process.stdout.columns || 80,
          rows: process.stdout.rows || 24,
          args,
          env,
        });
        if (options.detach) {
          if (options.json) printJson(session);
          else print(translator().t('cli:claude.detached', { id: session.id.slice(0, 8) }));
          return;
        }
        await showSession(agent, session, options.browser);
      }),
    );
}
