import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  BedrockTrayError,
  IdentityMode,
  PermissionMode,
  type ProcedureInput,
  type SessionView,
  sessionIsOpen,
} from '../../contract/index.ts';
import { attachTerminal } from '../attach-terminal.ts';
import { identityLines } from '../identity-words.ts';
import { note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain } from '../table.ts';
import { signIn } from './login.ts';

interface ClaudeOptions {
  env?: string;
  profile?: string;
  region?: string;
  model?: string;
  name?: string;
  permissionMode?: PermissionMode;
  addDir?: string[];
  cap?: number;
  stopAtCap?: boolean;
  cwd?: string[];
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

/** The size that a program gets when nothing says another. */
export function terminalSize(): { cols: number; rows: number } {
  return { cols: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
}

/** Sessions that are begun at the same time: each Claude Code takes a processor for a second or two. */
const AT_ONCE = 4;

const several = (value: string, before: string[] = []): string[] => [...before, value];

/** An amount of USD that was typed. */
export function dollars(text: string): number {
  const usd = Number(text);
  if (!(usd > 0)) throw new InvalidArgumentError(translator().t('cli:claude.capRange'));
  return usd;
}

/** That a session was opened without being shown, and how to show it. */
export function opened({ id, name }: Pick<SessionView, 'id' | 'name'>): string {
  return translator().t('cli:claude.detached', { id: id.slice(0, 8), name: plain(name) });
}

/** What each identity mode gives to whom in a session. */
function identityHelp(): string {
  const { t } = translator();
  const modes = IdentityMode.options.map((mode) =>
    [`  ${mode}`, ...identityLines(mode).map((line) => `    ${line}`)].join('\n'),
  );
  return `\n${t('cli:identity.title')}\n${modes.join('\n')}`;
}

/** Opens one session in each folder, some at a time; the first refusal ends it, what is open then stays open. */
async function openIn(
  agent: AgentConnection,
  folders: readonly string[],
  wish: Omit<ProcedureInput<'sessions.openWith'>, 'cwd'>,
): Promise<SessionView[]> {
  const opened: SessionView[] = [];
  const left = [...folders.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [at, folder] = next;
      opened[at] = await agent.call('sessions.openWith', { ...wish, cwd: resolve(folder) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return opened;
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
    .option('-n, --name <name>', t('cli:claude.name'))
    .addOption(
      new Option('--permission-mode <mode>', t('cli:claude.permissionMode')).choices(PermissionMode.options),
    )
    .option('--cwd <folder>', t('cli:claude.cwd'), several)
    .option('--add-dir <folder>', t('cli:claude.addDir'), several)
    .option('--cap <usd>', t('cli:claude.cap'), dollars)
    .option('--stop-at-cap', t('cli:claude.stopAtCap'))
    .option('--detach', t('cli:claude.detach'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .option('--json', t('cli:option.json'))
    .argument('[args...]', t('cli:claude.args'))
    .passThroughOptions()
    .addHelpText('after', () => identityHelp())
    .action((args: string[], options: ClaudeOptions) =>
      withAgent(async (agent) => {
        const env = Object.fromEntries(
          Object.entries(process.env).filter((e): e is [string, string] => e[1] !== undefined),
        );
        const folders = options.cwd ?? ['.'];
        if (folders.length > 1 && !options.detach) throw new Said(translator().t('cli:claude.oneHere'));
        const sessions = await openIn(agent, folders, {
          ...(options.env === undefined ? {} : { environment: options.env }),
          ...(options.profile === undefined ? {} : { profile: options.profile }),
          ...(options.region === undefined ? {} : { region: options.region }),
          ...(options.model === undefined ? {} : { model: options.model }),
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.permissionMode === undefined ? {} : { permissionMode: options.permissionMode }),
          ...(options.cap === undefined
            ? {}
            : { cap: { usd: options.cap, stop: options.stopAtCap ?? false } }),
          addDirs: (options.addDir ?? []).map((folder) => resolve(folder)),
          ...terminalSize(),
          args,
          env,
        });
        const [session] = sessions;
        if (options.detach || !session) {
          if (options.json) printJson(sessions.length === 1 ? session : { sessions });
          else for (const one of sessions) print(opened(one));
          return;
        }
        await showSession(agent, session, options.browser);
      }),
    );
}
