import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Of each log the last part, which is what a ticket is about. */
const LAST_BYTES = 1024 * 1024;
const PIECE_BYTES = 32 * 1024;
/** One log and four older ones of the agent, the pty-host's, the tray's. */
const MOST_FILES = 16;

/** The logs in a folder by name, youngest names first. */
export async function logNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^[\w-]+\.log(\.\d+)?$/.test(name))
    .sort()
    .slice(0, MOST_FILES);
}

/** The end of a log in pieces of whole lines, each made fit for a ticket. A line that is cut is left out. */
export async function* logPieces(
  folder: string,
  name: string,
  masked: (text: string) => string,
): AsyncGenerator<string> {
  const file = await open(join(folder, name), 'r').catch(() => null);
  if (!file) return;
  try {
    const { size } = await file.stat();
    let at = Math.max(0, size - LAST_BYTES);
    let isCut = at > 0;
    let rest = '';
    const decoder = new TextDecoder();
    const buffer = Buffer.alloc(PIECE_BYTES);
    while (at < size) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(PIECE_BYTES, size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (isCut) {
        lines.shift();
        isCut = false;
      }
      // A line without an end would be looked at again and again, and is no line of ours.
      if (rest.length > 8 * PIECE_BYTES) {
        rest = '';
        isCut = true;
      }
      if (lines.length > 0) yield masked(`${lines.join('\n')}\n`);
    }
    if (rest !== '' && !isCut) yield masked(`${rest}\n`);
  } finally {
    await file.close();
  }
}
