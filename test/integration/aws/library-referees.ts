import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAwsCli } from '../../support/aws-cli.ts';
import { runCommand } from '../../support/run-command.ts';
import { python, referee } from './referee.ts';

/** botocore, and the AWS CLI's own copy of it: a start of the AWS CLI for each of many questions would take minutes. */
export interface LibraryReferee {
  readonly id: 'botocore' | 'cli';
  readonly name: string;
  readonly python: string | undefined;
  readonly library: string;
}

export const cli = findAwsCli();

/** The Python that the AWS CLI runs on; undefined where it is a bundle of its own. */
function cliPython(): string | undefined {
  if (!cli) return undefined;
  const first = /^#!\s*(\S+python\S*)$/m.exec(readFileSync(cli.path).subarray(0, 200).toString('latin1'));
  return first?.[1];
}

export const libraries: readonly LibraryReferee[] = [
  { id: 'botocore', name: referee, python, library: 'botocore' },
  {
    id: 'cli',
    name: `the AWS CLI ${cli?.version ?? '(not installed)'}${cli && !cliPython() ? ' (a bundle: not to be asked in one process)' : ''}`,
    python: cliPython(),
    library: 'awscli',
  },
];

/** Asks files-as-botocore.py: one process for all questions. */
export async function askLibrary<T>(
  { python: command, library }: LibraryReferee,
  questions: readonly object[],
  env: Readonly<Record<string, string>>,
): Promise<T[]> {
  const script = join(import.meta.dirname, 'files-as-botocore.py');
  const { code, signal, stdout, stderr } = await runCommand(command ?? '', [script, library], {
    env: { ...env, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
    input: JSON.stringify(questions),
    timeoutMs: 590_000,
  });
  if (code !== 0) throw new Error(`files-as-botocore.py ended with ${code ?? signal}: ${stderr}`);
  return JSON.parse(stdout) as T[];
}
