import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}

export function unmount(place: string): void {
  spawnSync('umount', ['-l', place], { stdio: 'ignore' });
}

/** Whether this user may mount at all: in a container often not, even as root. */
export const canMount: boolean = (() => {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
  const probe = mkdtempSync(join(tmpdir(), 'mount-'));
  const done = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe);
  if (done) unmount(probe);
  rmdirSync(probe);
  return done;
})();
