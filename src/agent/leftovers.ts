import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { awsFiles } from '../aws/config-file.ts';
import { loginCacheDir } from '../aws/login-cache.ts';
import { linkTarget, removeLeftovers } from '../aws/replace-file.ts';
import { ssoCacheDir } from '../aws/sso-cache.ts';
import type { AgentContext } from './ports.ts';

/**
 * Removes the temporary files that a killed agent left wherever it writes: they may hold a token. The files
 * themselves are whole, whenever the kill came.
 */
export async function sweepLeftovers(
  context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'clock' | 'log'>,
): Promise<void> {
  const { env, userHome, home, clock, log } = context;
  const config = await linkTarget(awsFiles(env, userHome).config).catch(() => null);
  const sessions = join(home, 'sessions');
  const folders = [
    home,
    join(home, 'vault'),
    ssoCacheDir(userHome),
    loginCacheDir(env, userHome),
    ...(config === null ? [] : [dirname(config)]),
    ...(await readdir(sessions).catch(() => [])).map((name) => join(sessions, name)),
  ];
  let count = 0;
  for (const folder of new Set(folders)) count += await removeLeftovers(folder, clock.now());
  if (count > 0) log.info({ count }, 'temporary files of an agent that was killed were removed');
}
