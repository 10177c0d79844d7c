import { execFile } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RegisterReading, registerReading } from '../../domain/activity/activity-register.ts';
import type { Clock } from '../ports.ts';

/** A session as it is looked up in the register. */
export interface Registered {
  id: string;
  /** The process in our pty: Claude Code itself, or something that started it. */
  pid: number;
  startedAt: number;
  /** Claude Code's configuration folder (`~/.claude`, CLAUDE_CONFIG_DIR). */
  folder: string;
}

export interface RegisterParts {
  clock: Pick<Clock, 'now'>;
  /** `claude agents --json` for a configuration folder: what it printed. */
  agents: (folder: string) => Promise<string>;
}

/** An entry may have been begun this long before the agent's own note of the start (another clock's rounding). */
const EARLY_MS = 2_000;
/** `claude agents --json` starts a program of 380 MB: seldom, and less and less often where it does not help. */
const ASK_AGAIN_MS = 15_000;
const ASK_AT_MOST_MS = 10 * 60_000;
/** Claude Code writes its entry in place: a reader may come between. */
const TORN_AGAIN_MS = 15;
const TORN_TRIES = 6;
const entryName = /^(\d+)\.json$/;
/** Entries of other sessions that are looked through. */
const MAX_ENTRIES = 200;

/**
 * Claude Code's own register of the sessions that run: `sessions/<pid>.json` in its configuration folder, which
 * `claude agents --json` prints (2.1.330). The file is read, since that costs a thousandth of the command; where it is
 * not there, the command is asked.
 */
export class ClaudeRegister {
  readonly #parts: RegisterParts;
  /** Process ids under which sessions stand that were not started by us directly. */
  readonly #pids = new Map<string, number>();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #listings = new Map<string, Promise<Entry[]>>();
  readonly #asked = new Map<string, { at: number; wait: number; under?: Promise<unknown[]> | undefined }>();

  constructor(parts: RegisterParts) {
    this.#parts = parts;
  }

  /** What it says of a session; null where it says nothing. `ask`: the command may be run. */
  async read(session: Registered, ask: boolean): Promise<RegisterReading | null> {
    const pid = this.#pids.get(session.id) ?? session.pid;
    const own = await this.#whole(session.folder, pid);
    if (own !== null && isOf(own, { ...session, pid })) return registerReading(own);
    const found = (await this.#others(session.folder)).find((entry) => isOf(entry, session, true));
    if (found) {
      this.#pids.set(session.id, found.pid as number);
      return registerReading(found);
    }
    if (!ask) return null;
    const told = (await this.#ask(session.folder))
      .filter(isEntry)
      .find((entry) => isOf(entry, session, true));
    return told ? registerReading(told) : null;
  }

  forget(id: string): void {
    this.#pids.delete(id);
  }

  /** The process under which a session stands, where it is not the one in our pty. */
  pidOf(id: string): number | undefined {
    return this.#pids.get(id);
  }

  /**
   * Calls `changed` when the entry of a process in that folder changed (null: any may have). Answers whether it is
   * told of: a folder that is not there yet is to be tried again.
   */
  watch(folder: string, changed: (folder: string, pid: number | null) => void): boolean {
    if (this.#watchers.has(folder)) return true;
    try {
      const watcher = watch(join(folder, 'sessions'), { persistent: false }, (_event, name) => {
        if (name === null) return changed(folder, null);
        // The folder itself has gone: one that comes in its place has to be watched anew.
        if (name === 'sessions') {
          watcher.close();
          this.#watchers.delete(folder);
          return changed(folder, null);
        }
        const pid = entryName.exec(name)?.[1];
        if (pid !== undefined) changed(folder, Number(pid));
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch {
      // Not there yet, or no more watches to be had: it is read in time.
      return false;
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** An entry that is just being written is read again: asking the command instead would take a second or two. */
  async #whole(folder: string, pid: number): Promise<Entry | null> {
    for (let tries = 0; ; tries++) {
      const entry = await this.#entry(folder, pid);
      if (entry !== 'torn') return entry;
      if (tries === TORN_TRIES) return null;
      await sleep(TORN_AGAIN_MS);
    }
  }

  /** Null: there is none, or it is of no kind that is known. */
  async #entry(folder: string, pid: number): Promise<Entry | 'torn' | null> {
    const text = await readFile(join(folder, 'sessions', `${pid}.json`), 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      const entry: unknown = JSON.parse(text);
      return isEntry(entry) ? entry : null;
    } catch {
      return 'torn';
    }
  }

  /** All entries of a folder; who asks in the same moment shares one reading. */
  #others(folder: string): Promise<Entry[]> {
    const underWay = this.#listings.get(folder);
    if (underWay) return underWay;
    const listing = this.#all(folder).finally(() => this.#listings.delete(folder));
    this.#listings.set(folder, listing);
    return listing;
  }

  async #all(folder: string): Promise<Entry[]> {
    const names = await readdir(join(folder, 'sessions')).catch(() => []);
    const pids = names.flatMap((name) => entryName.exec(name)?.[1] ?? []).slice(-MAX_ENTRIES);
    const entries = await Promise.all(pids.map((pid) => this.#entry(folder, Number(pid))));
    return entries.filter((entry) => entry !== null && entry !== 'torn');
  }

  async #ask(folder: string): Promise<unknown[]> {
    const now = this.#parts.clock.now();
    const last = this.#asked.get(folder) ?? { at: 0, wait: ASK_AGAIN_MS };
    if (last.under) return last.under;
    if (now < last.at + last.wait) return [];
    const under = this.#parts
      .agents(folder)
      .then((text) => {
        const entries: unknown = JSON.parse(text);
        return Array.isArray(entries) ? entries : [];
      })
      .catch(() => []);
    this.#asked.set(folder, { at: now, wait: last.wait, under });
    const entries = await under;
    this.#asked.set(folder, { at: now, wait: Math.min(last.wait * 2, ASK_AT_MOST_MS) });
    return entries;
  }
}

type Entry = Record<string, unknown>;

function isEntry(entry: unknown): entry is Entry {
  return typeof entry === 'object' && entry !== null && typeof (entry as Entry).pid === 'number';
}

/** An entry of a process that has died may lie about under a number that was given again. */
function isOf(entry: Entry, session: Registered, byId = false): boolean {
  const fresh = typeof entry.startedAt !== 'number' || entry.startedAt >= session.startedAt - EARLY_MS;
  return fresh && (entry.pid === session.pid || (byId && entry.sessionId === session.id));
}

/** Runs `claude agents --json`, bounded in time and size. */
export function claudeAgents(
  claude: string,
  /** Null: the usual one. */
  folder: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      claude,
      ['agents', '--json'],
      {
        env: {
          ...env,
          ...(folder !== null && { CLAUDE_CONFIG_DIR: folder }),
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        },
        timeout: 5_000,
        killSignal: 'SIGKILL',
        maxBuffer: 1024 * 1024,
        windowsHide: true,
      },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
  });
}
