import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
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
  watch(onChange: () => void): () => void;
  /** The file's path, for messages. */
  pathOf(id: string): string;
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

/** ~/.aws/sso/cache, shared with the AWS CLI and every SDK. */
export function createTokenCache(userHome: string): TokenCache {
  const dir = ssoCacheDir(userHome);
  return {
    read: (id) => readToken(dir, id),
    write: (id, token) => writeToken(dir, id, token),
    remove: (id) => deleteToken(dir, id),
    removeRole: (key) => rm(join(userHome, '.aws', 'cli', 'cache', roleCacheFileName(key)), { force: true }),
    watch: (onChange) => watchCache(dir, onChange),
    pathOf: (id) => join(dir, tokenFileName(id)),
  };
}
