import type { AgentConnection } from '../../client/rpc-client.ts';
import { exitCodeOf, exitCodes, type ProcedureOutput, type SetupCheck } from '../../contract/index.ts';
import { print, translator } from '../shell.ts';
import { cellWidth, plain } from '../table.ts';
import type { Step } from './configure-sso-questions.ts';

export type Checks = ProcedureOutput<'setup.check'>['checks'];

const marks: Readonly<Record<SetupCheck['state'], string>> = {
  waiting: '·',
  running: '…',
  ok: '✓',
  warning: '!',
  failed: '✗',
  skipped: '–',
};

/** One row of a terminal: mark, link, and its evidence or state in words. */
function row({ link, state, evidence }: SetupCheck, columns: number): string {
  const { t } = translator();
  const name = t(`firstRun:link_${link}`);
  const said = state === 'ok' && evidence !== null ? plain(evidence) : t(`firstRun:check_${state}`);
  let text = `${marks[state]} ${name}: ${said}`;
  // What wraps cannot be written over.
  while (cellWidth(text) > columns - 4) text = `${text.slice(0, -2)}…`;
  return text;
}

/** The links as lines: on a terminal written over at each change, else each once when it has settled. */
class CheckLines {
  readonly #isTerminal = process.stdout.isTTY === true;
  readonly #settled = new Set<SetupCheck['link']>();
  #rows = 0;

  show(checks: Checks): void {
    const columns = this.#isTerminal ? process.stdout.columns : Number.POSITIVE_INFINITY;
    if (!this.#isTerminal) {
      for (const check of checks) {
        if (check.state === 'waiting' || check.state === 'running' || this.#settled.has(check.link)) continue;
        this.#settled.add(check.link);
        print(row(check, columns));
      }
      return;
    }
    const up = this.#rows === 0 ? '' : `\x1b[${this.#rows}A`;
    process.stdout.write(up + checks.map((c) => `\x1b[2K\x1b[90m│\x1b[39m  ${row(c, columns)}\n`).join(''));
    this.#rows = checks.length;
  }
}

/** Runs the check to its end; `lines`: told as it goes. Whoever leaves ends it. */
export async function runCheck(
  agent: AgentConnection,
  environment: string | undefined,
  { lines, step }: { lines: boolean; step: Step },
): Promise<Checks> {
  const shown = lines ? new CheckLines() : null;
  let last: Checks = [];
  let stop = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    const input = environment === undefined ? {} : { environment };
    stop = agent.watch(
      'setup.check',
      input,
      ({ checks }) => {
        last = checks;
        shown?.show(checks);
      },
      (error) => (error ? reject(error) : resolve()),
    );
  });
  try {
    await step(ended);
    return last;
  } finally {
    stop();
  }
}

/** The sentences for what failed or deserves a look. */
export function sentencesOf(checks: Checks): { state: SetupCheck['state']; text: string }[] {
  const { error } = translator();
  return checks.flatMap(({ state, problem }) =>
    problem === null ? [] : [{ state, text: plain(error(problem)) }],
  );
}

/** The exit code of the first link that failed. */
export function exitCodeOfChecks(checks: Checks): number {
  const failed = checks.find((c) => c.state === 'failed');
  return failed ? exitCodeOf(failed.problem?.code ?? 'Internal') : exitCodes.ok;
}

/** Whether Claude Code would get an answer: all but Claude Code itself. */
export function answers(checks: Checks): boolean {
  return checks.every((c) => c.link === 'claude' || c.state === 'ok' || c.state === 'warning');
}

export const linkOf = (checks: Checks, link: SetupCheck['link']): SetupCheck | undefined =>
  checks.find((c) => c.link === link);
