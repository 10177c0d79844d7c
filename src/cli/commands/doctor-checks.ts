import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  type DoctorCheck,
  type DoctorLink,
  ErrorCode,
  type ErrorView,
  exitCodeOf,
  exitCodes,
  type ProcedureArguments,
} from '../../contract/index.ts';
import { print, translator } from '../shell.ts';
import { cellWidth, plain } from '../table.ts';

export type Checks = readonly DoctorCheck[];

const marks: Readonly<Record<DoctorCheck['state'], string>> = {
  waiting: '·',
  running: '…',
  ok: '✓',
  warning: '!',
  failed: '✗',
  skipped: '–',
};

/** One row of a terminal: mark, link, and its evidence or state in words. */
function row({ link, state, evidence }: DoctorCheck, columns: number): string {
  const { t } = translator();
  const name = t(`doctor:link.${link}`);
  const said = state === 'ok' && evidence !== null ? plain(evidence) : t(`doctor:state.${state}`);
  let text = `${marks[state]} ${name}: ${said}`;
  // What wraps cannot be written over.
  while (text.length > 1 && cellWidth(text) > columns - 4) text = `${text.slice(0, -2)}…`;
  return text;
}

/** The links as lines in their order: on a terminal written over at each change, else each once when it and all before it have settled. */
class CheckLines {
  readonly #settled = new Set<DoctorLink>();
  #rows = 0;

  show(checks: Checks): void {
    // What has scrolled away cannot be written over either.
    const isLive = process.stdout.isTTY === true && process.stdout.rows > checks.length;
    const columns = isLive ? process.stdout.columns : Number.POSITIVE_INFINITY;
    if (!isLive) {
      for (const check of checks) {
        if (check.state === 'waiting' || check.state === 'running') break;
        if (this.#settled.has(check.link)) continue;
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

/** Runs links to their end; `lines`: told as it goes. Whoever leaves ends it. */
export async function runChecks(
  agent: AgentConnection,
  input: ProcedureArguments<'doctor.run'>,
  { lines, step }: { lines: boolean; step: <T>(work: Promise<T>) => Promise<T> },
): Promise<Checks> {
  const shown = lines ? new CheckLines() : null;
  let last: Checks = [];
  let stop = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    stop = agent.watch(
      'doctor.run',
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

/** The error that a check failed with, where it is one of the contract's. */
export function errorOfCheck(check: DoctorCheck | undefined): ErrorView | null {
  const found = check?.findings.find((f) => f.level === 'failed');
  const code = ErrorCode.safeParse(found?.code);
  return found && code.success ? { code: code.data, params: found.params } : null;
}

/** The exit code of the first link that failed: a sign-in that is needed has its own. */
export function exitCodeOfChecks(checks: Checks): number {
  const failed = checks.filter((c) => c.state === 'failed');
  if (failed.length === 0) return exitCodes.ok;
  const codes = failed.map((c) => exitCodeOf(errorOfCheck(c)?.code ?? 'Internal'));
  return codes.includes(exitCodes.signInNeeded) ? exitCodes.signInNeeded : exitCodes.failed;
}
