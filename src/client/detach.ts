/**
 * Starts a program for good on behalf of an Electron process: `node detach.cjs PROGRAM ARGUMENT…`. Chromium's file
 * descriptors are not close-on-exec on Linux, so a program started by Electron itself holds its locks, sockets and
 * helper processes for as long as it runs. Node's own are close-on-exec: whatever is not was inherited.
 */
import { spawn } from 'node:child_process';
import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** As long as the starter watches whether the program comes up (find-or-start-agent.ts), ms. */
const WATCHED_MS = 10_000;
const O_CLOEXEC = 0o2000000;

for (const name of readdirSync('/proc/self/fd')) {
  const fd = Number(name);
  if (fd < 3) continue;
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(fd);
  } catch {
    // It was the listing's own, and is closed already.
  }
}

const [file, ...args] = process.argv.slice(2);
const child = spawn(file as string, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
setTimeout(() => process.exit(0), WATCHED_MS);
