import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * The file that a path leads to, through symbolic links, also when the last one is not there (yet). A relative link
 * is followed from the folder in which it really stands.
 */
export async function linkTarget(path: string): Promise<string> {
  let target = resolve(path);
  for (let n = 0; n < 40; n++) {
    const isLink = await lstat(target).then(
      (s) => s.isSymbolicLink(),
      () => false,
    );
    if (!isLink) return target;
    target = resolve(await realpath(dirname(target)), await readlink(target));
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

/** Makes a rename last through a power cut. Where folders cannot be synced (Windows, some network drives) it is left out. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

// Not `*.json`: the AWS CLI reads each of those in its cache folders.
const temporaryName = () => `.bedrock-tray-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
const temporaryPattern = /^\.bedrock-tray-(\d+)-[0-9a-f]{12}\.tmp$/;

/**
 * Replaces a file in one step: readers see the old bytes or the new ones, never a part, also after a power cut (the
 * bytes are on the disk before the name is). A symbolic link stays and its target is replaced. Mode: `mode`, else the
 * existing file's, else 0600; owner and group are kept where the system lets us. Missing folders are made 0700.
 * `onlyIf` is asked at the last moment; where it says no, the error's code is ECHANGED. On any failure the old file
 * is as it was.
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  options: { mode?: number; onlyIf?: () => Promise<boolean> } = {},
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
  const temporary = join(folder, temporaryName());
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
    if (options.onlyIf && !(await options.onlyIf())) {
      throw Object.assign(new Error('changed meanwhile'), { code: 'ECHANGED' });
    }
    await renameOver(temporary, target);
  } catch (e) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw e;
  }
  await syncFolder(folder);
}

/** Removes a file (a link's target) for good. Not being there is fine. `onlyIf`: as for replaceFile. */
export async function removeFile(
  path: string,
  options: { onlyIf?: () => Promise<boolean> } = {},
): Promise<void> {
  const target = await linkTarget(path);
  if (options.onlyIf && !(await options.onlyIf())) {
    throw Object.assign(new Error('changed meanwhile'), { code: 'ECHANGED' });
  }
  await rm(target, { force: true });
  await syncFolder(dirname(target));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A write takes milliseconds; what is younger may be another machine's, on a shared home folder. */
const LEFTOVER_AFTER_MS = 5_000;

/** Temporary files that a killed process of ours left in a folder. Never rejects. */
export async function leftoversIn(folder: string, now: number): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(temporaryPattern.exec(name)?.[1]);
    if (!(pid > 0) || (pid !== process.pid && isAlive(pid))) continue;
    const path = join(folder, name);
    const facts = await lstat(path).catch(() => undefined);
    if (facts?.isFile() && now - facts.mtimeMs >= LEFTOVER_AFTER_MS) found.push(path);
  }
  return found;
}

/** Removes these: they may hold secrets. Answers how many. Never rejects: what cannot be seen or removed stays. */
export async function removeLeftovers(folder: string, now: number): Promise<number> {
  let removed = 0;
  for (const path of await leftoversIn(folder, now)) {
    await rm(path).then(
      () => removed++,
      () => undefined,
    );
  }
  return removed;
}
