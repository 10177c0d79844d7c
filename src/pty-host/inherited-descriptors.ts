import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** open(2), Linux. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes descriptors that whoever started this process left open for it, so that they do not pass on to the
 * programs in our ptys (node-pty closes them only up to the first gap). Node's own are all close-on-exec. Linux
 * only: macOS starts programs with a clean table, and Windows passes on nothing unasked.
 */
export function closeInheritedDescriptors(): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd <= 2) continue;
    try {
      const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(fd);
    } catch {
      // The one by which the folder was being read.
    }
  }
}
