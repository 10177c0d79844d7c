import { realpath, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import type { Platform } from '../../domain/desktop/program-places.ts';

/** A file system that does not answer (a server that is gone) is not waited for. */
const LOOK_MS = 2_000;

export interface ResolvedFile {
  file: string;
  /** Where links lead. */
  real: string;
  mode: number;
}

/**
 * The regular file that a text names (symbolic links are followed), or null. `cwd`: what relative paths start from; `~`
 * is the person's home. Windows' network paths are not looked at: asking for one signs in to a stranger's server.
 */
export async function resolveFile(
  path: string,
  { cwd, userHome, platform }: { cwd: string; userHome: string; platform: Platform },
): Promise<ResolvedFile | null> {
  if (path === '' || path.includes('\0')) return null;
  if (platform === 'win32' && /^[\\/]{2}/.test(path)) return null;
  const { resolve } = platform === 'win32' ? win32 : posix;
  const home = path === '~' || path.startsWith('~/') || (platform === 'win32' && path.startsWith('~\\'));
  const file = home ? resolve(userHome, path.slice(2)) : resolve(cwd, path);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), LOOK_MS);
  });
  const look = Promise.all([stat(file), realpath(file)]).catch(() => null);
  const [facts, real] = (await Promise.race([look, late])) ?? [];
  clearTimeout(timer);
  return facts?.isFile() && real !== undefined ? { file, real, mode: facts.mode } : null;
}
