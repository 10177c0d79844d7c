import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Settings of Claude Code are some kilobytes; what is longer than this is none. */
const LONGEST = 4_000_000;

/**
 * A regular file's bytes; null where there is none, it cannot be read, or is too long. A project's files come from
 * whoever wrote the project: a pipe or a device in a settings file's place (a link to /dev/zero) is not read.
 */
export async function smallFile(path: string): Promise<Buffer | null> {
  try {
    // Windows knows no such flag.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const facts = await handle.stat();
      return facts.isFile() && facts.size <= LONGEST ? await handle.readFile() : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/** The same as text; '' for null. */
export const smallText = async (path: string): Promise<string> =>
  (await smallFile(path))?.toString('utf8') ?? '';
