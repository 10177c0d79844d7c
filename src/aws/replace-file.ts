import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, open, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** The file that a path leads to, through symbolic links, also when the last one is not there (yet). */
export async function linkTarget(path: string): Promise<string> {
  let target = resolve(path);
  for (let n = 0; n < 40; n++) {
    const isLink = await lstat(target).then(
      (s) => s.isSymbolicLink(),
      () => false,
    );
    if (!isLink) return target;
    target = resolve(dirname(target), await readlink(target));
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP' });
}

/** Windows refuses to replace a file that another program is reading just now. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let n = 0; ; n++) {
    try {
      return await rename(from, to);
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code ?? '';
      if (process.platform !== 'win32' || n >= 10 || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) throw e;
      await new Promise((done) => setTimeout(done, 20 * (n + 1)));
    }
  }
}

/**
 * Replaces a file in one step: readers see the old bytes or the new ones, never a part. A symbolic link stays and
 * its target is replaced. Mode: `mode`, else the existing file's, else 0600; owner and group are kept where the
 * system lets us. Missing folders are made 0700. On any failure the old file is as it was.
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  const target = await linkTarget(path);
  const folder = dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before: Stats | null = await stat(target).catch((e) => {
    if (e.code === 'ENOENT') return null;
    throw e;
  });
  if (before && !before.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
  const mode = options.mode ?? (before ? before.mode & 0o777 : 0o600);
  // Not `*.json`: the AWS CLI reads each of those in its cache folders.
  const temporary = join(folder, `.bedrock-tray-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(data);
      if (
        before &&
        process.getuid &&
        (before.uid !== process.getuid() || before.gid !== process.getgid?.())
      ) {
        await file.chown(before.uid, before.gid).catch(() => undefined);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, mode);
    await renameOver(temporary, target);
  } catch (e) {
    await rm(temporary, { force: true });
    throw e;
  }
}
