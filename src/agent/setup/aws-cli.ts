import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { SetupFindings } from '../../contract/state.ts';

/** ms: a cold start of the AWS CLI takes seconds on a busy machine. */
const VERSION_MS = 5_000;

type Environment = Readonly<Record<string, string | undefined>>;

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** By path and time of the file: a page that waits for Claude Code looks every few seconds. */
const known = new Map<string, string>();

async function knownVersion(path: string, env: Environment): Promise<string | null> {
  const { mtimeMs } = await stat(path);
  const key = `${path} ${mtimeMs}`;
  const version = known.get(key) ?? (await versionOf(path, env));
  if (version !== null) known.set(key, version);
  return version;
}

/** Its version; null where it does not say within some seconds. */
function versionOf(path: string, env: Environment): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env, timeout: VERSION_MS, windowsHide: true, killSignal: 'SIGKILL' as const };
    execFile(path, ['--version'], options, (error, stdout, stderr) => {
      // Version 1 says it on stderr.
      const said = /aws-cli\/(\d+\.\d+\.\d+)/.exec(`${stdout} ${stderr}`)?.[1];
      resolve(error ? null : (said ?? null));
    });
  });
}

/** The AWS CLI on the PATH of the person's login environment, which nothing here needs. */
export async function findAwsCli(
  env: Environment,
  platform: string = process.platform,
): Promise<SetupFindings['awsCli']> {
  const name = platform === 'win32' ? 'aws.exe' : 'aws';
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (isAbsolute(folder) && (await isProgram(path)))
      return { path, version: await knownVersion(path, env) };
  }
  return null;
}
