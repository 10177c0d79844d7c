import { closeSync, constants, fstatSync, openSync } from 'node:fs';

/**
 * Opens a file for reading; throws where it is none. A pipe that stands in a transcript's place would otherwise hold its
 * thread for ever, and with it the end of the agent, which waits for its threads.
 */
export function openTranscript(path: string): number {
  // Windows knows no such flag.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw Object.assign(new Error('not a file'), { code: 'EINVAL' });
}
