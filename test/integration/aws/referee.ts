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
  // Names come as values: V8 13.6 may read the name "\u0041" as "\\" once it has read an object with that one.
  return JSON.parse(stdout, (_, value) =>
    value?.pairs === undefined ? value : Object.fromEntries(value.pairs),
  ) as T[];
}
