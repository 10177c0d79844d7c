import { readdir, rm } from 'node:fs/promises';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { PRODUCT_VERSION } from '../contract/version.ts';

/**
 * The compiled form of the agent's own code, kept between its starts: that saves a quarter of a start's processor
 * time. Whoever starts the agent names its folder (client/find-or-start-agent.ts); what a person names is theirs.
 */
export async function keepCodeCache(home: string): Promise<void> {
  const all = join(home, 'code-cache');
  if (!getCompileCacheDir()?.startsWith(join(all, PRODUCT_VERSION))) return;
  flushCompileCache();
  for (const version of await readdir(all)) {
    if (version !== PRODUCT_VERSION) await rm(join(all, version), { recursive: true, force: true });
  }
}
