import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * The folders that installed versions run from (src/client/payload.ts makes them): who uses which, and the end of
 * those that nobody does. A process that lives long is written down as `.uses/VERSION.PID`; a process id that has been
 * given to somebody else keeps a version longer than needed, never shorter.
 */

/** Written into a version's folder last. */
const RECORD = 'installed.json';
const USES = '.uses';

export interface VersionPlace {
  /** The folder of all versions. */
  versions: string;
  /** Name of this one. */
  id: string;
}

/** The version that a program (`…/versions/ID/out/ROOM/main.mjs`) belongs to; null in a checkout. */
export async function versionOf(program: string): Promise<VersionPlace | null> {
  const folder = dirname(dirname(dirname(program)));
  const versions = dirname(folder);
  if (basename(versions) !== 'versions') return null;
  const isInstalled = await stat(join(folder, RECORD)).then(
    () => true,
    () => false,
  );
  return isInstalled ? { versions, id: basename(folder) } : null;
}

/** Writes down that a process runs from the version of `program`. Nothing in a checkout. Never rejects. */
export async function markUse(program: string, pid: number | undefined): Promise<void> {
  const place = await versionOf(program);
  if (place === null || pid === undefined) return;
  const uses = join(place.versions, USES);
  await mkdir(uses, { recursive: true, mode: 0o700 })
    .then(() => writeFile(join(uses, `${place.id}.${pid}`), '', { mode: 0o600 }))
    .catch(() => undefined);
}

/**
 * Removes versions that nobody uses. Kept are this one, the newest of the others (what a start is just going on with,
 * or what one would go back to), those that a running agent or pty-host was started from, and those that a Claude
 * session's files name: its credentials and hooks are called by path. Answers what was removed. Errors: of the disk.
 */
export async function pruneVersions(program: string, home: string): Promise<string[]> {
  const place = await versionOf(program);
  // Another state folder's agent (a demo) does not know who needs what there.
  if (place === null || place.versions !== join(home, 'versions')) return [];
  const { versions, id } = place;
  const installed: { name: string; at: number }[] = [];
  for (const name of await readdir(versions)) {
    if (name.startsWith('.') || name === id) continue;
    const facts = await stat(join(versions, name)).catch(() => undefined);
    if (facts?.isDirectory()) installed.push({ name, at: facts.ctimeMs });
  }
  const newest = installed.sort((a, b) => b.at - a.at)[0]?.name;
  const used = await inUse(versions);
  const named = await sessionsText(home);
  const removed: string[] = [];
  for (const { name } of installed) {
    if (name === newest || used.has(name) || named.includes(name)) continue;
    // Under another name first: a folder that is half gone is never taken for whole, and one that Windows holds stays.
    const going = join(versions, `.${name}.${process.pid}.00000000.tmp`);
    try {
      await rename(join(versions, name), going);
      removed.push(name);
      await rm(going, { recursive: true, force: true });
    } catch {
      // Held by somebody, or gone already: looked at again by the next agent.
    }
  }
  return removed;
}

/** Versions that running processes were written down with; forgets those that have ended. */
async function inUse(versions: string): Promise<Set<string>> {
  const used = new Set<string>();
  const uses = join(versions, USES);
  for (const name of await readdir(uses).catch(() => [])) {
    const [, id, pid] = /^(.*)\.(\d+)$/.exec(name) ?? [];
    if (id === undefined) continue;
    if (isRunning(Number(pid))) used.add(id);
    else await rm(join(uses, name), { force: true });
  }
  return used;
}

/** All that the files of Claude sessions say. */
async function sessionsText(home: string): Promise<string> {
  const root = join(home, 'sessions');
  const texts: string[] = [];
  for (const session of await readdir(root).catch(() => []))
    for (const file of await readdir(join(root, session)).catch(() => []))
      texts.push(await readFile(join(root, session, file), 'utf8').catch(() => ''));
  return texts.join('\n');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
}
