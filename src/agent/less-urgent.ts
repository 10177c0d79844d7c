import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** This thread is less urgent than the one that hands out credentials: Linux has a priority for each thread. */
export function beLessUrgent(): void {
  try {
    // This link names the thread that reads it.
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // Other systems have none.
  }
}
