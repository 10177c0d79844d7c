import * as clack from '@clack/prompts';
import { Argument, type Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  BedrockTrayError,
  type ErrorView,
  exitCodes,
  type SessionView,
  sessionIsOpen,
} from '../../contract/index.ts';
import { yesOrNo } from '../prompt-words.ts';
import { canAsk } from '../prompting.ts';
import { sessionRows } from '../session-rows.ts';
import { errorView, note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain } from '../table.ts';
import { dollars, opened, showSession, terminalSize } from './claude.ts';

/** Claude Codes that are started at the same time: each takes a processor for a second or two. */
const AT_ONCE = 3;

const short = (session: Pick<SessionView, 'id'>): string => session.id.slice(0, 8);

/** A session by its id or the beginning of it, as long as only one begins so. */
async function findSession(agent: AgentConnection, id: string): Promise<SessionView> {
  const { sessions } = await agent.call('sessions.list', {});
  const found = sessions.filter((s) => s.id === id || (id.length >= 4 && s.id.startsWith(id)));
  const only = found.length === 1 ? found[0] : undefined;
  if (!only) throw new BedrockTrayError('SessionUnknown', { session: id });
  return only;
}

/** Yes or no, asked in the terminal; without one that is a usage error, which says what to add. */
async function sure(question: string, without: string): Promise<boolean> {
  if (!canAsk()) throw new Said(without);
  const answer = await clack.confirm({ ...yesOrNo(), message: question, initialValue: false });
  return !clack.isCancel(answer) && answer;
}

/** Opens every session again that nobody ended, some at a time; the exit code is 1 when one did not come back. */
async function resumeAll(agent: AgentConnection, json: boolean): Promise<void> {
  const { t, error } = translator();
  const { sessions } = await agent.call('sessions.list', {});
  const lost = sessions.filter((s) => s.state === 'lost' && s.resumable);
  const outcomes: { id: string; problem: ErrorView | null }[] = [];
  const left = [...lost];
  const work = async (): Promise<void> => {
    for (let session = left.shift(); session; session = left.shift()) {
      const { id, name, hasTranscript } = session;
      const problem = await agent
        .call('sessions.resume', { id, ...terminalSize() })
        .then(() => null, errorView);
      outcomes.push({ id, problem });
      const params = { id: short(session), name: plain(name) };
      if (problem) note(`${params.id}: ${error(problem)}`);
      else if (!json) print(t(hasTranscript ? 'cli:sessions.resumed' : 'cli:sessions.fresh', params));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (json) printJson({ sessions: lost.map(({ id }) => outcomes.find((o) => o.id === id)) });
  else if (lost.length === 0) print(t('cli:sessions.noneLost'));
  if (outcomes.some((o) => o.problem)) process.exitCode = exitCodes.failed;
}

async function killAll(agent: AgentConnection, yes: boolean): Promise<void> {
  const { t } = translator();
  const { sessions } = await agent.call('sessions.list', {});
  const open = sessions.filter(sessionIsOpen);
  if (open.length === 0) return print(t('cli:sessions.noneOpen'));
  const question = t('cli:sessions.killAllSure', { count: open.length });
  if (!yes && !(await sure(question, t('cli:sessions.killAllYes')))) return;
  await Promise.all(open.map(({ id }) => agent.call('sessions.kill', { id })));
  for (const session of open) print(t('cli:sessions.killed', { id: short(session) }));
}

/** Answers a permission question that the person has seen: the one that is named, or the one that is shown first. */
async function answer(
  agent: AgentConnection,
  session: SessionView,
  decision: 'allow' | 'deny',
  named: string | undefined,
): Promise<void> {
  const { t } = translator();
  const { request } = session.activity;
  if (!request?.answerable || (named !== undefined && named !== request.id)) {
    throw new BedrockTrayError('RequestUnknown', { session: short(session) });
  }
  if (named === undefined) {
    const asked = [request.tool, request.text].filter((part) => part !== null).join(': ');
    note(asked.split('\n').map(plain).join('\n'));
    const question = t(decision === 'allow' ? 'cli:sessions.allowSure' : 'cli:sessions.denySure');
    if (!(await sure(question, t('cli:sessions.nameRequest', { request: request.id })))) return;
  }
  await agent.call('sessions.answer', { id: session.id, request: request.id, decision });
  print(t(decision === 'allow' ? 'cli:sessions.allowed' : 'cli:sessions.denied', { id: short(session) }));
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
        const { t } = translator();
        if (result.sessions.length === 0) return print(t('cli:sessions.none'));
        print(sessionRows(result.sessions));
        const lost = result.sessions.filter((s) => s.state === 'lost' && s.resumable).length;
        if (lost > 0) note(t('cli:sessions.lost', { count: lost }));
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
    .argument('[id]')
    .option('--all', t('cli:sessions.killAll'))
    .option('--yes', t('cli:sessions.yes'))
    .action((id: string | undefined, options: { all?: boolean; yes?: boolean }) =>
      withAgent(async (agent) => {
        if (requireOne(id, options.all) === undefined) return killAll(agent, options.yes ?? false);
        const session = await findSession(agent, id as string);
        await agent.call('sessions.kill', { id: session.id });
        print(translator().t('cli:sessions.killed', { id: short(session) }));
      }),
    );

  sessions
    .command('resume')
    .description(t('cli:sessions.resume'))
    .argument('[id]')
    .option('--all', t('cli:sessions.resumeAll'))
    .option('--detach', t('cli:claude.detach'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .option('--json', t('cli:option.json'))
    .action(
      (
        id: string | undefined,
        options: { all?: boolean; detach?: boolean; browser: boolean; json?: boolean },
      ) =>
        withAgent(async (agent) => {
          if (requireOne(id, options.all) === undefined) return resumeAll(agent, options.json ?? false);
          const old = await findSession(agent, id as string);
          const session = await agent.call('sessions.resume', { id: old.id, ...terminalSize() });
          if (options.json) printJson(session);
          else if (options.detach) print(opened(session));
          else await showSession(agent, session, options.browser);
        }),
    );

  sessions
    .command('rename')
    .description(t('cli:sessions.rename'))
    .argument('<id>')
    .argument('<name>')
    .action((id: string, name: string) =>
      withAgent(async (agent) => {
        const session = await findSession(agent, id);
        const renamed = await agent.call('sessions.update', { id: session.id, name });
        print(translator().t('cli:sessions.renamed', { id: short(session), name: plain(renamed.name) }));
      }),
    );

  sessions
    .command('cap')
    .description(t('cli:sessions.cap'))
    .argument('<id>')
    .argument('[usd]', t('cli:claude.cap'), dollars)
    .option('--stop-at-cap', t('cli:claude.stopAtCap'))
    .option('--none', t('cli:sessions.capNone'))
    .action((id: string, usd: number | undefined, options: { stopAtCap?: boolean; none?: boolean }) =>
      withAgent(async (agent) => {
        const { t } = translator();
        if ((usd === undefined) === !options.none) throw new Said(t('cli:sessions.capOrNone'));
        const session = await findSession(agent, id);
        const cap = usd === undefined ? null : { usd, stop: options.stopAtCap ?? false };
        await agent.call('sessions.update', { id: session.id, cap });
        if (cap) print(t('cli:sessions.capped', { id: short(session), usd: cap.usd }));
        else print(t('cli:sessions.uncapped', { id: short(session) }));
      }),
    );

  for (const [command, pinned] of [
    ['pin', true],
    ['unpin', false],
  ] as const) {
    sessions
      .command(command)
      .description(t(pinned ? 'cli:sessions.pin' : 'cli:sessions.unpin'))
      .argument('<id>')
      .action((id: string) =>
        withAgent(async (agent) => {
          const session = await findSession(agent, id);
          await agent.call('sessions.update', { id: session.id, pinned });
          const key = pinned ? 'cli:sessions.pinned' : 'cli:sessions.unpinned';
          print(translator().t(key, { id: short(session) }));
        }),
      );
  }

  sessions
    .command('answer')
    .description(t('cli:sessions.answer'))
    .argument('<id>')
    .addArgument(new Argument('<decision>').choices(['allow', 'deny']))
    .option('--request <id>', t('cli:sessions.request'))
    .action((id: string, decision: 'allow' | 'deny', options: { request?: string }) =>
      withAgent(async (agent) => answer(agent, await findSession(agent, id), decision, options.request)),
    );
}

/** The id where one is given, undefined for all; exactly one of the two must be said. */
function requireOne(id: string | undefined, all: boolean | undefined): string | undefined {
  if ((id === undefined) === !all) throw new Said(translator().t('cli:sessions.oneOrAll'));
  return id;
}
