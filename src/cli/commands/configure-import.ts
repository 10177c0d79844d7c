import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import type { ImportCandidate } from '../../contract/index.ts';
import { promptOutput, yesOrNo } from '../prompt-words.ts';
import { answered, canAsk, Left, leavable } from '../prompting.ts';
import { note, print, printJson, translator } from '../shell.ts';
import { plain } from '../table.ts';

export interface ImportOptions {
  all?: boolean;
  id?: string[];
  json?: boolean;
}

const textOf = (text: string): string => text.trimEnd().split('\n').map(plain).join('\n');

/** A candidate with the very text that it becomes. */
function show(candidate: ImportCandidate): void {
  const { id, file, summary, writes, problem } = candidate;
  print(`${plain(id)}  (${plain(file)})`);
  print(`  ${problem === null ? plain(summary) : translator().error(problem)}`);
  if (writes !== '') print(textOf(writes).replace(/^/gm, '    '));
  print();
}

/** Which of them to take over, with the very text of each; whoever does not want it written leaves. */
export async function chooseImports(candidates: readonly ImportCandidate[]): Promise<string[]> {
  const { t, error } = translator();
  const possible = candidates.filter((c) => c.problem === null);
  for (const { id, problem } of candidates) {
    if (problem !== null) clack.log.warn(`${plain(id)}: ${error(problem)}`);
  }
  if (possible.length === 0) return [];
  const chosen = answered(
    await clack.autocompleteMultiselect({
      output: promptOutput(),
      message: t('cli:import.which'),
      maxItems: 12,
      required: true,
      placeholder: '',
      options: possible.map((c) => ({ value: c.id, label: plain(c.id), hint: plain(c.summary) })),
    }),
  );
  for (const c of possible) if (chosen.includes(c.id)) clack.note(textOf(c.writes), plain(c.id));
  const sure = answered(
    await clack.confirm({ ...yesOrNo(), message: t('cli:import.write', { count: chosen.length }) }),
  );
  if (!sure) throw new Left();
  return chosen;
}

/** `configure import`: shows what other tools left, asks which of it to take over (or takes what the options name). */
export async function configureImport(agent: AgentConnection, options: ImportOptions): Promise<void> {
  const { t } = translator();
  await leavable(async () => {
    const { candidates } = await agent.call('import.list', {});
    const isChosen = options.all || options.id !== undefined;
    if (options.json && !isChosen) return printJson({ candidates });
    if (candidates.length === 0 && !options.id) {
      return options.json ? printJson({ profiles: [] }) : print(t('cli:import.none'));
    }
    if (!isChosen && !canAsk()) {
      for (const candidate of candidates) show(candidate);
      return note(t('cli:import.hint'));
    }
    // A profile is converted in place only by name: `--all` leaves what is there as it is.
    const all = candidates.filter((c) => c.problem === null && c.how === 'add').map((c) => c.id);
    const ids = isChosen ? (options.id ?? all) : await chooseImports(candidates);
    if (ids.length === 0) return options.json ? printJson({ profiles: [] }) : print(t('cli:import.none'));
    const { profiles } = await agent.call('import.apply', { ids });
    if (options.json) return printJson({ profiles });
    for (const name of profiles) print(plain(name));
    note(t('cli:import.done', { count: profiles.length }));
    note(t('cli:configure.undoHint'));
  });
}
