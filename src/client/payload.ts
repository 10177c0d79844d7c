import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BedrockTrayError } from '../contract/errors.ts';
import { isPrivateFolder } from '../contract/socket-path.ts';

/**
 * Installed, agent, pty-host, command line and their Node run from an immutable folder in the person's data,
 * `versions/VERSION-DIGEST/`, and never from inside the package: an AppImage is unmounted, Windows locks what runs,
 * and an update would put the next version's files under a running program (docs/decisions/0034-packages.md). Whoever
 * comes first copies it there from the package's payload.
 */

/** A file of the payload. */
interface PayloadFile {
  /** Below the payload's folder, with `/`. */
  path: string;
  executable: boolean;
  /** Hex; null where the platform's signing changed the file after the list was made. */
  sha256: string | null;
}

/** `payload.json` of a package (scripts/dist/payload.ts writes it). */
export interface Payload {
  /** Name of the folder: version and digest of the content. */
  id: string;
  version: string;
  /** The program that shows the tray, relative to the payload. */
  app: string;
  files: PayloadFile[];
}

/** In the made folder, written last: what it was made from. */
const RECORD = 'installed.json';

interface Installed extends Payload {
  /** Bytes of each of `files`. */
  sizes: number[];
}
const CHUNK = 1 << 20;

/** The folder of all versions in a state folder. */
export const versionsFolder = (home: string): string => join(home, 'versions');

/** The file that names the program which shows the tray (an update or a moved AppImage changes it). */
const appRecord = (versions: string): string => join(versions, 'app');

/** Reads the payload of a package; null where `folder` is none, as in a checkout. */
export async function readPayload(folder: string): Promise<Payload | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'payload.json'), 'utf8')) as Payload;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failed(folder, e);
  }
}

const failed = (file: string, cause: unknown): BedrockTrayError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new BedrockTrayError('StorageFailed', { file, reason: code ?? message ?? 'unknown' }, { cause });
};

/**
 * Makes the version's folder whole, if it is not, and answers its path. Only a whole folder ever has that name: files
 * go into a temporary folder, are verified and synced, and one rename puts it in place. Several starts at once make
 * one folder. Errors: StorageFailed (ENOSPC: the disk is full; EACCES: the state folder is another user's, who could have
 * put a program of theirs there); then nothing of the attempt is left.
 */
export async function installPayload(payload: string, manifest: Payload, home: string): Promise<string> {
  const versions = versionsFolder(home);
  const folder = join(versions, manifest.id);
  for (const each of [home, versions]) {
    await closeFolder(each).catch((e) => {
      throw failed(each, e);
    });
  }
  if (await isWhole(folder, manifest)) return folder;
  const work = join(versions, `.${manifest.id}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await removeAbandoned(versions);
    const others = await installedFiles(versions);
    const sizes: number[] = [];
    for (const file of manifest.files) sizes.push(await place(payload, work, file, others));
    const record: Installed = { ...manifest, sizes };
    await writeFile(join(work, RECORD), JSON.stringify(record), { mode: 0o400 });
    await putInPlace(work, folder, manifest);
    return folder;
  } catch (e) {
    await rm(work, { recursive: true, force: true }).catch(() => undefined);
    throw failed(folder, e);
  }
}

/** Makes a folder that only this user can write into, or closes one that is this user's already. */
async function closeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const uid = process.getuid?.() ?? -1;
  const facts = await lstat(folder);
  if (isPrivateFolder(facts, uid)) return;
  if (!facts.isDirectory() || facts.uid !== uid)
    throw Object.assign(new Error('not a folder of this user'), { code: 'EACCES' });
  await chmod(folder, 0o700);
}

/** Writes down where the tray's program is, for `bedrock-tray open` and start at login. */
export async function recordApp(versions: string, app: string): Promise<void> {
  const file = appRecord(versions);
  if ((await readFile(file, 'utf8').catch(() => null)) === `${app}\n`) return;
  const work = `${file}.${process.pid}.tmp`;
  await writeFile(work, `${app}\n`, { mode: 0o600 });
  await rename(work, file);
}

/** The tray's program as the package has it. */
export const appOf = (payload: string, manifest: Payload): string => resolve(payload, manifest.app);

/** Whether a version's folder has every file in full length. Digests were compared when it was made. */
async function isWhole(folder: string, manifest: Payload): Promise<boolean> {
  try {
    const record = JSON.parse(await readFile(join(folder, RECORD), 'utf8')) as Installed;
    if (record.id !== manifest.id) return false;
    const all = await Promise.all(record.files.map(({ path }) => stat(join(folder, path))));
    return all.every((facts, at) => facts.isFile() && facts.size === record.sizes[at]);
  } catch {
    return false;
  }
}

/** Files of other versions by digest: what has not changed, as Node mostly has not, need not be there twice. */
async function installedFiles(versions: string): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const name of await readdir(versions)) {
    if (name.startsWith('.')) continue;
    // A damaged record is as none: that folder is made anew when its version runs again.
    const record = await readFile(join(versions, name, RECORD), 'utf8')
      .then((text) => JSON.parse(text) as Payload)
      .catch(() => null);
    for (const { path, sha256 } of record?.files ?? [])
      if (sha256 !== null) known.set(sha256, join(versions, name, path));
  }
  return known;
}

/** Puts one file into the temporary folder; its bytes. */
async function place(
  payload: string,
  work: string,
  file: PayloadFile,
  others: ReadonlyMap<string, string>,
): Promise<number> {
  const to = join(work, file.path);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const other = file.sha256 === null ? undefined : others.get(file.sha256);
  if (other !== undefined && (await linked(other, to, file))) return (await stat(to)).size;
  const wanted = file.sha256 ?? (await digestOf(join(payload, file.path)));
  // Read and written, not copied by the system: on macOS that would take the download's quarantine along.
  await copyFile(join(payload, file.path), to);
  // What lies on the disk now is what counts.
  if ((await digestOf(to)) !== wanted) throw new Error(`${file.path} is not as it was packed`);
  await chmod(to, modeOf(file));
  return (await stat(to)).size;
}

const modeOf = ({ executable }: PayloadFile): number => (executable ? 0o500 : 0o400);

/** Whether `to` became another name of a file that is what it should be. */
async function linked(from: string, to: string, file: PayloadFile): Promise<boolean> {
  try {
    const facts: Stats = await lstat(from);
    const sameMode = process.platform === 'win32' || (facts.mode & 0o777) === modeOf(file);
    if (!facts.isFile() || !sameMode || (await digestOf(from)) !== file.sha256) return false;
    await link(from, to);
    return true;
  } catch {
    return false;
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      const buffer = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, CHUNK, null);
        if (bytesRead === 0) break;
        for (let done = 0; done < bytesRead; )
          done += (await target.write(buffer, done, bytesRead - done)).bytesWritten;
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Gives the made folder its name. One that is there and whole was made by somebody quicker; another one makes way. */
async function putInPlace(work: string, folder: string, manifest: Payload): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(work, folder);
    } catch (e) {
      const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(
        (e as NodeJS.ErrnoException).code ?? '',
      );
      if (!taken || attempt >= 5) throw e;
      if (await isWhole(folder, manifest)) {
        await rm(work, { recursive: true, force: true });
        return;
      }
      // Damaged: moved out of the way first, so that its name is free at once.
      const aside = `${work.slice(0, -'.tmp'.length)}.damaged.tmp`;
      await rename(folder, aside).catch(() => undefined);
      await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

const temporary = /\.(\d+)\.[0-9a-f]{8}(\.damaged)?\.tmp$/;

/** Removes what a start that was cut short left behind. */
async function removeAbandoned(versions: string): Promise<void> {
  for (const name of await readdir(versions)) {
    const pid = Number(temporary.exec(name)?.[1]);
    if (!(pid > 0) || pid === process.pid || isRunning(pid)) continue;
    await rm(join(versions, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
}
