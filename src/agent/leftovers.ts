import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { awsFiles } from '../aws/config-file.ts';
import { loginCacheDir } from '../aws/login-cache.ts';
import { leftoversIn, linkTarget, removeLeftovers } from '../aws/replace-file.ts';
import { ssoCacheDir } from '../aws/sso-cache.ts';
import type { AgentContext } from './ports.ts';

/** Folders that we write into. */
async function written({
  env,
  userHome,
  home,
}: Pick<AgentContext, 'env' | 'userHome' | 'home'>): Promise<Set<string>> {
  const config = await linkTarget(awsFiles(env, userHome).config).catch(() => null);
  const sessions = join(home, 'sessions');
  return new Set([
    home,
    join(home, 'vault'),
    ssoCacheDir(userHome),
    loginCacheDir(env, userHome),
    ...(config === null ? [] : [dirname(config)]),
    ...(await readdir(sessions).catch(() => [])).map((name) => join(sessions, name)),
  ]);
}

/** Temporary files that a killed agent left wherever it writes. */
export async function findLeftovers(
  context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'clock'>,
): Promise<string[]> {
  const found: string[] = [];
  for (const folder of await written(context))
    found.push(...(await leftoversIn(folder, context.clock.now())));
  return found;
}

/** Removes them: they may hold a token. The files themselves are whole, whenever the kill came. */
export async function sweepLeftovers(
  context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'clock' | 'log'>,
): Promise<void> {
  const { clock, log } = context;
  let count = 0;
  for (const folder of await written(context)) count += await removeLeftovers(folder, clock.now());
  if (count > 0) log.info({ count }, 'temporary files of an agent that was killed were removed');
}
