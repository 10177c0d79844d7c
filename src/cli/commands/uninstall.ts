import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as clack from '@clack/prompts';
import type { Command } from 'commander';
import { agentPlaces } from '../../client/agent-places.ts';
import { stopAgent } from '../../client/find-or-start-agent.ts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { type ErrorView, exitCodes, sessionIsOpen, type Trace } from '../../contract/index.ts';
import { isStateName, ownNamesIn } from '../../domain/support/state-names.ts';
import { promptOutput, yesOrNo } from '../prompt-words.ts';
import { answered, canAsk, Left, leavable } from '../prompting.ts';
import { note, outDir, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';

interface Options {
  yes?: boolean;
  all?: boolean;
  keep?: string[];
  dryRun?: boolean;
  json?: boolean;
}

type Id = Trace['id'];
interface Outcome {
  removed: Id[];
  failed: { id: Id; problem: ErrorView }[];
}

const nameOf = (id: Id): string => translator().t(`upkeep:trace.${id}`);

function list(traces: readonly Trace[]): string {
  const { t } = translator();
  const rows = traces.map(({ id, where, byDefault }) => [
    id,
    nameOf(id),
    t(byDefault ? 'upkeep:uninstall.mark' : 'upkeep:uninstall.kept'),
    where,
  ]);
  const head = ['id', t('upkeep:head.what'), t('upkeep:head.default'), t('upkeep:head.where')];
  return table(head, rows);
}

/** What is taken back without any question. Errors: Said. */
function wanted(traces: readonly Trace[], { all, keep = [] }: Options): Id[] {
  const { t } = translator();
  const ids = traces.map((trace) => trace.id);
  for (const id of keep)
    if (!(Object.keys(everyTrace) as string[]).includes(id))
      throw new Said(t('upkeep:uninstall.unknown', { id: plain(id), ids: ids.join(', ') }));
  return traces.filter((x) => (all || x.byDefault) && !keep.includes(x.id)).map((x) => x.id);
}

const everyTrace = {
  'claude-settings': 0,
  'aws-config': 0,
  'start-at-login': 0,
  command: 0,
  service: 0,
  keyring: 0,
  'sign-in': 0,
  data: 0,
} satisfies Record<Id, 0>;

/** The person's own choice, starting from what is usual. Errors: Left. */
async function asked(traces: readonly Trace[], usual: readonly Id[], running: number): Promise<Id[]> {
  const { t } = translator();
  return leavable(async (step) => {
    const chosen = answered(
      await step(
        clack.multiselect({
          output: promptOutput(),
          message: t('upkeep:uninstall.choose'),
          options: traces.map(({ id, where }) => ({ value: id, label: nameOf(id), hint: plain(where) })),
          initialValues: [...usual],
          required: false,
        }),
      ),
    );
    if (running > 0) clack.log.warn(t('upkeep:uninstall.sessions', { count: running }));
    const message = t('upkeep:uninstall.sure');
    if (!answered(await step(clack.confirm({ ...yesOrNo(), message, initialValue: false }))))
      throw new Left();
    return chosen;
  });
}

async function takeBack(agent: AgentConnection, ids: readonly Id[]): Promise<Outcome> {
  // The data folder goes when nobody runs in it any more.
  const theirs = ids.filter((id) => id !== 'data');
  if (theirs.length === 0) return { removed: [], failed: [] };
  return agent.call('traces.remove', { ids: theirs });
}

/** Removes what is ours in the state folder, and the folder where nothing else is in it; what stays. */
async function removeData(home: string): Promise<string[]> {
  const remove = (path: string) =>
    rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }).catch(() => undefined);
  for (const name of await readdir(home).catch(() => [])) {
    if (!isStateName(name)) continue;
    const path = join(home, name);
    const own = ownNamesIn(name);
    const isFolder = await lstat(path).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    if (own === null || !isFolder) {
      await remove(path);
      continue;
    }
    for (const each of await readdir(path).catch(() => []))
      if (own.some((pattern) => pattern.test(each))) await remove(join(path, each));
    await rmdir(path).catch(() => undefined);
  }
  const rest = await readdir(home).catch(() => []);
  if (rest.length === 0) await rmdir(home).catch(() => undefined);
  return rest;
}

async function uninstall(options: Options): Promise<void> {
  const { home } = agentPlaces(process.env);
  const ids = await withAgent(async (agent): Promise<{ ids: Id[]; outcome: Outcome } | null> => {
    const { traces } = await agent.call('traces.list', {});
    const usual = wanted(traces, options);
    if (options.dryRun) {
      if (options.json) printJson({ traces });
      else print(list(traces));
      return null;
    }
    const { t } = translator();
    if (!options.json && traces.every(({ id }) => id === 'data')) note(t('upkeep:uninstall.none'));
    let chosen = usual;
    if (!options.yes) {
      if (!canAsk() || options.json) throw new Said(t('upkeep:uninstall.needsYes'));
      const { sessions } = await agent.call('state.get', {});
      chosen = await asked(traces, usual, sessions.filter(sessionIsOpen).length);
    }
    return { ids: chosen, outcome: await takeBack(agent, chosen) };
  });
  if (ids === null) return;
  const { outcome } = ids;
  await stopAgent({ outDir, sessions: 'end' });
  let rest: string[] = [];
  if (ids.ids.includes('data')) {
    rest = await removeData(home);
    outcome.removed.push('data');
  }
  report(outcome, home, rest, options);
}

function report(
  { removed, failed }: Outcome,
  home: string,
  rest: readonly string[],
  { json }: Options,
): void {
  if (failed.length > 0) process.exitCode = exitCodes.failed;
  if (json) {
    printJson({ removed, failed, left: rest });
    return;
  }
  const { t, error } = translator();
  for (const id of removed) print(t('upkeep:uninstall.removed', { what: nameOf(id) }));
  for (const { id, problem } of failed)
    note(t('upkeep:uninstall.failed', { what: nameOf(id), reason: plain(error(problem)) }));
  if (rest.length > 0)
    note(t('upkeep:uninstall.dataRest', { folder: plain(home), names: plain(rest.join(', ')) }));
  note(t('upkeep:uninstall.ended'));
}

/** `bedrock-tray uninstall`: every edit that we made is listed, and taken back as its person wants (docs/support.md). */
export function addUninstall(program: Command): void {
  const { t } = translator();
  program
    .command('uninstall')
    .description(t('upkeep:uninstall.description'))
    .option('--yes', t('upkeep:uninstall.yes'))
    .option('--all', t('upkeep:uninstall.all'))
    .option('--keep <what...>', t('upkeep:uninstall.keep'))
    .option('--dry-run', t('upkeep:uninstall.dryRun'))
    .option('--json', t('cli:option.json'))
    .action(async (options: Options) => {
      try {
        await uninstall(options);
      } catch (error) {
        if (!(error instanceof Left)) throw error;
        note(translator().t('upkeep:uninstall.left'));
        process.exitCode = exitCodes.failed;
      }
    });
}
