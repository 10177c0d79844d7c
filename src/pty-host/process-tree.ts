import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process as the system lists it. `started` tells two that had the same id apart. */
export interface ProcessEntry {
  pid: number;
  ppid: number;
  /** Session id on Linux, process group elsewhere: a pty's program leads one of its own. */
  session: number;
  started: string;
}

const run = promisify(execFile);

/** Every live process that we may see. Zombies are left out: they have ended. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  return process.platform === 'linux' ? linuxProcesses() : psProcesses();
}

async function linuxProcesses(): Promise<ProcessEntry[]> {
  const names = await readdir('/proc');
  const entries = await Promise.all(
    names
      .filter((n) => /^\d+$/.test(n))
      .map(async (n) => parseStat(await readFile(`/proc/${n}/stat`, 'latin1').catch(() => ''))),
  );
  return entries.filter((e) => e !== undefined);
}

/** A line of /proc/PID/stat (proc(5)); the name in parentheses may hold anything. */
export function parseStat(line: string): ProcessEntry | undefined {
  const end = line.lastIndexOf(')');
  if (end < 0) return undefined;
  const pid = Number.parseInt(line, 10);
  const rest = line.slice(end + 2).split(' ');
  if (rest[0] === 'Z' || rest[0] === 'X') return undefined;
  return { pid, ppid: Number(rest[1]), session: Number(rest[3]), started: rest[19] ?? '' };
}

async function psProcesses(): Promise<ProcessEntry[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state=,lstart='], { timeout: 5_000 });
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (!match || match[4]?.startsWith('Z')) return [];
    return [
      { pid: Number(match[1]), ppid: Number(match[2]), session: Number(match[3]), started: match[5] ?? '' },
    ];
  });
}

/** `root`, everything in its session, and all that descend from these. */
export function treeOf(root: number, all: readonly ProcessEntry[]): ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of all) {
    const siblings = children.get(entry.ppid);
    if (siblings) siblings.push(entry);
    else children.set(entry.ppid, [entry]);
  }
  const found = new Map<number, ProcessEntry>();
  const queue = all.filter((e) => e.pid === root || e.session === root);
  for (let entry = queue.pop(); entry; entry = queue.pop()) {
    if (found.has(entry.pid)) continue;
    found.set(entry.pid, entry);
    queue.push(...(children.get(entry.pid) ?? []));
  }
  return [...found.values()];
}

const LOOK_MS = 25;
/** How long processes get to disappear after SIGKILL: one in an uninterruptible wait may take longer than we wait. */
const KILLED_MS = 2_000;

/**
 * Ends a pty's whole process tree: SIGHUP, then SIGKILL after `graceMs` to what is left. Processes that turn up
 * meanwhile are included; ids that were given to others in between are not.
 */
export async function endProcessTree(root: number, graceMs: number): Promise<void> {
  if (process.platform === 'win32') {
    await run('taskkill', ['/pid', String(root), '/t', '/f'], { timeout: 5_000 }).catch(() => undefined);
    return;
  }
  const known = new Map<string, ProcessEntry>();
  const hungUp = new Set<string>();
  const killAt = performance.now() + graceMs;
  for (;;) {
    const all = await listProcesses();
    const alive = new Set(all.map(key));
    for (const entry of treeOf(root, all)) known.set(key(entry), entry);
    // Orphans of the tree are no longer below it, but their own children are below them.
    for (const [k, entry] of known) {
      if (alive.has(k)) for (const child of treeOf(entry.pid, all)) known.set(key(child), child);
    }
    const left = [...known].filter(([k]) => alive.has(k));
    if (left.length === 0) return;
    const now = performance.now();
    if (now > killAt + KILLED_MS) return;
    for (const [k, entry] of left) {
      if (now >= killAt) signal(entry.pid, 'SIGKILL');
      else if (!hungUp.has(k)) {
        hungUp.add(k);
        signal(entry.pid, 'SIGHUP');
        // A stopped process acts on its signals only when it runs again.
        signal(entry.pid, 'SIGCONT');
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const key = (e: ProcessEntry): string => `${e.pid}/${e.started}`;

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
