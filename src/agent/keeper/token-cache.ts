import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  deleteToken,
  readToken,
  ssoCacheDir,
  type TokenProblem,
  tokenFileName,
  watchCache,
  writeToken,
} from '../../aws/sso-cache.ts';
import type { SsoToken } from '../ports.ts';

/** Where tokens lie between two runs, and where other tools find and leave them. */
export interface TokenCache {
  /** What the file of that SSO session says now. */
  read(id: string): Promise<{ token: SsoToken | null; problem?: TokenProblem }>;
  /** In one step, 0600. Rejects with the system's error; the old file is then as it was. */
  write(id: string, token: SsoToken): Promise<void>;
  remove(id: string): Promise<void>;
  /** Removes what the AWS CLI remembers of a role's credentials, as `aws sso logout` does. */
  removeRole(key: RoleCacheKey): Promise<void>;
  /**
   * Removes what is left of SSO sessions that are not `known`, as `aws sso logout` does: their token files, and all that
   * the AWS CLI remembers of SSO roles. Answers those tokens, for the portal. Never rejects.
   */
  sweep?(known: readonly string[]): Promise<SsoToken[]>;
  watch(onChange: () => void): () => void;
  /** The file's path, for messages. */
  pathOf(id: string): string;
  /** Where that SSO session's token is kept. Default: shared with other tools. */
  storeOf?(id: string): 'shared' | 'private';
}

export interface RoleCacheKey {
  accountId: string;
  roleName: string;
  /** Name of the SSO session, or start URL of a legacy profile. */
  id: string;
  kind: 'sso-session' | 'legacy';
}

/** Name of the AWS CLI's file of role credentials: SHA-1 of minified JSON with sorted keys. */
export function roleCacheFileName(key: RoleCacheKey): string {
  const { accountId, roleName, id } = key;
  const args =
    key.kind === 'legacy' ? { accountId, roleName, startUrl: id } : { accountId, roleName, sessionName: id };
  return `${createHash('sha1').update(JSON.stringify(args)).digest('hex')}.json`;
}

/** The JSON objects in a folder; what cannot be read is none. Holds secrets. */
async function jsonFiles(folder: string) {
  const found: { name: string; path: string; content: Record<string, unknown> }[] = [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((n) => n.endsWith('.json'))) {
    const path = join(folder, name);
    try {
      const content: unknown = JSON.parse(await readFile(path, 'utf8'));
      if (typeof content === 'object' && content !== null) {
        found.push({ name, path, content: content as Record<string, unknown> });
      }
    } catch {
      // not ours to judge
    }
  }
  return found;
}

/** ~/.aws/sso/cache, shared with the AWS CLI and every SDK. */
export function createTokenCache(userHome: string): TokenCache {
  const dir = ssoCacheDir(userHome);
  return {
    read: (id) => readToken(dir, id),
    write: (id, token) => writeToken(dir, id, token),
    remove: (id) => deleteToken(dir, id),
    removeRole: (key) => rm(join(userHome, '.aws', 'cli', 'cache', roleCacheFileName(key)), { force: true }),
    async sweep(known) {
      const names = new Set(known.map(tokenFileName));
      const swept: SsoToken[] = [];
      for (const file of await jsonFiles(dir)) {
        if (names.has(file.name) || typeof file.content.accessToken !== 'string') continue;
        const { startUrl = '', region = '', accessToken } = file.content;
        await rm(file.path, { force: true }).catch(() => {});
        if (typeof startUrl === 'string' && typeof region === 'string') {
          swept.push({ startUrl, region, accessToken, expiresAt: 0 });
        }
      }
      for (const file of await jsonFiles(join(userHome, '.aws', 'cli', 'cache'))) {
        if (file.content.ProviderType === 'sso') await rm(file.path, { force: true }).catch(() => {});
      }
      return swept;
    },
    watch: (onChange) => watchCache(dir, onChange),
    pathOf: (id) => join(dir, tokenFileName(id)),
  };
}
