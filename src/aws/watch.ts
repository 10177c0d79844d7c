import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Writers change a file in several steps; one look after the last of them is enough. */
const settleMs = 40;
/** Where the writing does not end, somebody looks at least this often. */
const longestMs = 500;
/** How many folders above the watched one are followed, so that it may come, go and come again. */
const ancestors = 3;
/** Where the system has no watch left to give (inotify's limit), the folder is looked at this often. */
const fallbackMs = 2_000;

/**
 * Calls `onChange` soon (well under 1 s) after something in `folder` changed, or the folder itself came or went;
 * also when it does not exist yet. Costs nothing while nothing happens. `only`: names in it that matter (default:
 * all). The returned function stops.
 */
export function watchFolder(folder: string, onChange: () => void, only?: ReadonlySet<string>): () => void {
  const chain: string[] = [resolve(folder)];
  for (let n = 0; n < ancestors; n++) {
    const up = dirname(chain[chain.length - 1] as string);
    if (up === chain[chain.length - 1]) break;
    chain.push(up);
  }
  const open = new Map<string, { watcher: FSWatcher; identity: string }>();
  let timer: NodeJS.Timeout | undefined;
  let unheardSince: number | undefined;
  let fallback: NodeJS.Timeout | undefined;
  let stopped = false;

  const changed = () => {
    if (stopped) return;
    const now = performance.now();
    unheardSince ??= now;
    clearTimeout(timer);
    const pause = Math.min(settleMs, Math.max(0, unheardSince + longestMs - now));
    timer = setTimeout(() => {
      unheardSince = undefined;
      onChange();
    }, pause);
  };

  const identityOf = (path: string): string | null => {
    try {
      const s = statSync(path, { bigint: true });
      return s.isDirectory() ? `${s.dev}:${s.ino}:${s.birthtimeNs}` : null;
    } catch {
      return null;
    }
  };

  const close = (path: string) => {
    open.get(path)?.watcher.close();
    open.delete(path);
  };

  /** Opens what can be watched now and closes what was replaced. True if the folder itself changed hands. */
  const arm = (): boolean => {
    let moved = false;
    // From above: what is made below a folder after it is watched is told, what was made before is seen here.
    for (let n = chain.length - 1; n >= 0; n--) {
      const path = chain[n] as string;
      const identity = identityOf(path);
      const held = open.get(path);
      if ((held?.identity ?? null) === identity) continue;
      if (held) close(path);
      if (n === 0) moved = true;
      if (identity === null) continue;
      const below = chain[n - 1];
      const wanted = below === undefined ? undefined : basename(below);
      try {
        const watcher = watch(path, { persistent: true }, (_event, name) => {
          if (stopped) return;
          // A folder's own end is told under its own name.
          const own = name === basename(path);
          if (wanted === undefined) {
            if (name === null || own || only === undefined || only.has(name)) changed();
            if (name === null || own) arm();
          } else if (name === null || own || name === wanted) {
            if (arm()) changed();
          }
        });
        watcher.on('error', () => {
          close(path);
          if (!stopped && arm()) changed();
        });
        open.set(path, { watcher, identity });
      } catch {
        fallback ??= setInterval(() => {
          arm();
          changed();
        }, fallbackMs);
      }
    }
    return moved;
  };

  arm();
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearInterval(fallback);
    for (const path of [...open.keys()]) close(path);
  };
}
