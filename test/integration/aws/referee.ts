import { join } from 'node:path';
import { botocoreVersion, findBotocore } from '../../support/botocore.ts';
import { runCommand } from '../../support/run-command.ts';

/** Python with botocore; tests that need it are skipped by the name below where it is not. */
export const python = findBotocore();
export const referee = `botocore ${python === undefined ? '(not installed)' : botocoreVersion}`;

/** Asks botocore (referee.py): one process for all questions. */
export async function askBotocore<T>(
  questions: readonly object[],
  env: Readonly<Record<string, string>>,
): Promise<T[]> {
  const { code, signal, stdout, stderr } = await runCommand(
    python ?? '',
    [join(import.meta.dirname, 'referee.py')],
    {
      env: { ...env, PYTHONUTF8: '1' },
      input: JSON.stringify(questions),
      timeoutMs: 590_000,
    },
  );
  if (code !== 0) throw new Error(`referee.py ended with ${code ?? signal}: ${stderr}`);
  return JSON.parse(stdout) as T[];
}
