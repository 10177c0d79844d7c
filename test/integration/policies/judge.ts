import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { BOTOCORE_FOLDER, CFN_LINT, MOTO } from '../../../scripts/install-test-parts.ts';
import { runCommand } from '../../support/run-command.ts';

export interface JudgedCall {
  action: string;
  resource: string;
  context: Record<string, string>;
}
interface Asked {
  evaluate?: { policy: unknown; calls: readonly JudgedCall[] }[];
  validate?: string[];
  templates?: string[];
}
interface Judged {
  evaluate: boolean[][];
  validate: (string | null)[];
  templates: string[][];
}

const python = join(BOTOCORE_FOLDER, 'bin', 'python');
export const judges = `moto ${MOTO} and cfn-lint ${CFN_LINT}`;

/** Whether the judges are installed here, in the pinned versions. */
export function hasJudges(): boolean {
  try {
    const script = 'from importlib.metadata import version as v; print(v("moto"), v("cfn-lint"))';
    const told = execFileSync(python, ['-c', script], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
    return told.trim() === `${MOTO} ${CFN_LINT}`;
  } catch {
    return false;
  }
}

/** Asks moto and cfn-lint (judge.py). */
export async function judge(asked: Asked): Promise<Judged> {
  const { code, stdout, stderr } = await runCommand(python, [join(import.meta.dirname, 'judge.py')], {
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' },
    input: JSON.stringify(asked),
    timeoutMs: 150_000,
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Judged;
}
