import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bytesOf } from '../../aws/config-change.ts';
import { awsFiles, parseAwsText } from '../../aws/config-file.ts';
import { loginCacheDir } from '../../aws/login-cache.ts';
import { ssoCacheDir } from '../../aws/sso-cache.ts';
import type { DoctorParts } from './doctor-parts.ts';

/** A file or folder that others may open, and the mode that closes it. */
export interface OpenFile {
  file: string;
  mode: number;
  closed: number;
}

const named = async (folder: string, pattern: RegExp): Promise<string[]> =>
  (await readdir(folder).catch(() => []))
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));

/** Whether the config file holds keys: many keep it readable for all, and that is fine without. */
async function holdsKeys(file: string): Promise<boolean> {
  try {
    const bytes = await bytesOf(file);
    if (bytes === null) return false;
    return parseAwsText(file, bytes).some(({ options }) => options.has('aws_secret_access_key'));
  } catch {
    return false;
  }
}

/** Files with secrets, and folders of ours, that others on this computer may open. Windows guards by other means: none there. */
export async function openFiles({
  context,
  platform,
}: Pick<DoctorParts, 'context' | 'platform'>): Promise<OpenFile[]> {
  if (platform === 'win32') return [];
  const { env, userHome, home } = context;
  const files = awsFiles(env, userHome);
  const aws = join(userHome, '.aws');
  const login = loginCacheDir(env, userHome);
  const secrets = [
    files.credentials,
    ...((await holdsKeys(files.config)) ? [files.config] : []),
    ...(await named(home, /\.json$/)),
    ...(await named(join(home, 'vault'), /./)),
    ...(await named(ssoCacheDir(userHome), /\.json$/)),
    ...(await named(join(aws, 'cli', 'cache'), /\.json$/)),
    ...(await named(login, /\.json$/)),
  ];
  const open: OpenFile[] = [];
  const look = async (file: string, bits: number) => {
    const facts = await lstat(file).catch(() => null);
    if (!facts || facts.isSymbolicLink()) return;
    const mode = facts.mode & 0o7777;
    if ((mode & bits) !== 0) open.push({ file, mode, closed: mode & ~bits });
  };
  await look(home, 0o077);
  // Others may see which files there are, but not put any there.
  for (const folder of new Set([dirname(files.credentials), ssoCacheDir(userHome), login]))
    await look(folder, 0o022);
  for (const file of secrets) await look(file, 0o077);
  return open;
}
