import * as clack from '@clack/prompts';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { type DoctorCheck, exitCodes, type FixPreview, type Remedy } from '../../contract/index.ts';
import { yesOrNo } from '../prompt-words.ts';
import { answered, canAsk, Left, leavable } from '../prompting.ts';
import { note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain } from '../table.ts';
import { coloured } from './coloured-diff.ts';
import { type Checks, exitCodeOfChecks, runChecks } from './doctor-checks.ts';

interface Options {
  env?: string;
  ask?: boolean;
  fix?: boolean;
  yes?: boolean;
  undo?: boolean;
  report?: boolean;
  mask: boolean;
  json?: boolean;
}

const wishOf = ({ env }: Options) => (env === undefined ? {} : { environment: env });

/** Asks; Ctrl+C and Escape say no. */
async function isSure(message: string): Promise<boolean> {
  try {
    return answered(await leavable(() => clack.confirm({ ...yesOrNo(), message, initialValue: false })));
  } catch (error) {
    if (error instanceof Left) return false;
    throw error;
  }
}

/** What was found of a link, and what to do about it. */
function findingLines(check: DoctorCheck): string[] {
  const { t, finding } = translator();
  const told = check.findings.filter(
    (f) => f.level !== 'info' || check.state !== 'skipped' || f.code === 'notAsked',
  );
  if (told.length === 0) return [];
  return [
    `${t(`doctor:link.${check.link}`)}`,
    ...told.flatMap((f) => {
      const { cause, advice } = finding(f);
      const remedy: Remedy | null = f.remedies.find((r) => r.kind === 'command') ?? null;
      return [
        `  ${plain(cause)}`,
        ...(advice === null ? [] : [`  ${plain(advice)}`]),
        ...(remedy?.text ? [`  $ ${plain(remedy.text)}`] : []),
      ];
    }),
  ];
}

function resultOf({ failed, warned, skipped }: { failed: number; warned: number; skipped: number }): string {
  const { t } = translator();
  if (failed + warned > 0) return t('doctor:cli.result', { failed, warned });
  return skipped === 0 ? t('doctor:cli.allWell') : t('doctor:cli.checkedWell', { count: skipped });
}

function summary(checks: Checks): void {
  const { t } = translator();
  const ranks = { failed: 0, warning: 1, skipped: 2, ok: 3, waiting: 4, running: 4 };
  const blocks = checks
    .toSorted((a, b) => ranks[a.state] - ranks[b.state])
    .map(findingLines)
    .filter((lines) => lines.length > 0);
  for (const lines of blocks) print(`\n${lines.join('\n')}`);
  const failed = checks.filter((c) => c.state === 'failed').length;
  const warned = checks.filter((c) => c.state === 'warning').length;
  const skipped = checks.filter((c) => c.state === 'skipped').length;
  print(`\n${resultOf({ failed, warned, skipped })}`);
  const mendable = checks.some((c) => c.findings.some((f) => f.remedies.some((r) => r.kind === 'fix')));
  if (mendable) note(t('doctor:cli.canFix'));
}

/** Whether the model is asked: by option, or by a person who was told that it costs. */
async function mayAsk(options: Options): Promise<boolean> {
  if (options.ask !== undefined) return options.ask;
  return !options.json && canAsk() ? isSure(translator().t('doctor:cli.askCosts')) : false;
}

async function check(agent: AgentConnection, options: Options): Promise<Checks> {
  const ask = await mayAsk(options);
  return leavable((step) =>
    runChecks(agent, { ...wishOf(options), ask }, { lines: !options.json && !options.report, step }),
  );
}

function showChanges(changes: readonly FixPreview[]): void {
  const { t } = translator();
  for (const { fix, file, diff } of changes) {
    print(`${t(`doctor:page.fix.${fix}`)}${file === null ? '' : `: ${plain(file)}`}`);
    print(`${coloured(diff)}\n`);
  }
}

/** Shows what would be done, asks, does exactly that. */
async function repair(agent: AgentConnection, options: Options): Promise<void> {
  const { t, error } = translator();
  const wish = wishOf(options);
  const { digest, changes } = await agent.call('doctor.preview', wish);
  if (options.json && !options.yes) return printJson({ digest, changes });
  if (!options.json) {
    if (changes.length === 0) return print(t('doctor:cli.nothingToFix'));
    showChanges(changes);
  }
  if (!options.yes && changes.length > 0) {
    if (!canAsk()) throw new Said(t('doctor:cli.needsYes'));
    if (!(await isSure(t('doctor:cli.sure')))) {
      process.exitCode = exitCodes.failed;
      return note(t('doctor:cli.left'));
    }
  }
  const result = await agent.call('doctor.fix', { ...wish, digest });
  if (result.failed.length > 0) process.exitCode = exitCodes.failed;
  if (options.json) return printJson(result);
  for (const fix of result.done) print(`✓ ${t(`doctor:page.fix.${fix}`)}`);
  for (const { fix, problem } of result.failed)
    note(`✗ ${t(`doctor:page.fix.${fix}`)}: ${plain(error(problem))}`);
  if (result.done.length > 0) note(t('doctor:cli.canUndo'));
}

async function undo(agent: AgentConnection, options: Options): Promise<void> {
  const { t } = translator();
  const result = await agent.call('doctor.undo', {});
  if (options.json) return printJson(result);
  for (const fix of result.undone) print(t(`doctor:page.fix.${fix}`));
  note(t('doctor:cli.undone'));
}

async function run(agent: AgentConnection, options: Options): Promise<void> {
  if (options.undo) return undo(agent, options);
  if (options.fix) return repair(agent, options);
  const checks = await check(agent, options);
  process.exitCode = exitCodeOfChecks(checks);
  if (options.report) {
    const { text } = await agent.call('doctor.report', { maskAccounts: options.mask });
    return options.json ? printJson({ text }) : print(text.trimEnd());
  }
  if (options.json) return printJson({ checks });
  summary(checks);
}

/** `bedrock-tray doctor`: every link of the chain, with cause and remedy (docs/doctor.md). */
export function addDoctor(program: Command): void {
  const { t } = translator();
  program
    .command('doctor')
    .description(t('doctor:cli.description'))
    .option('--env <name>', t('cli:option.env'))
    .option('--ask', t('doctor:cli.ask'))
    .option('--no-ask', t('doctor:cli.noAsk'))
    .option('--fix', t('doctor:cli.fix'))
    .option('--yes', t('doctor:cli.yes'))
    .option('--undo', t('doctor:cli.undo'))
    .option('--report', t('doctor:cli.report'))
    .option('--no-mask', t('doctor:cli.noMask'))
    .option('--json', t('cli:option.json'))
    .action((options: Options) => withAgent((agent) => run(agent, options)));
}
