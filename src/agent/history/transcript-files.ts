import { createHash } from 'node:crypto';
import { readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** A transcript as it lies on disk. */
export interface TranscriptFile {
  path: string;
  /** The conversation: the file is called by it. */
  id: string;
  /** The project folder's name: the working folder's path with a dash for each other sign. */
  project: string;
  /** Device and inode. */
  place: string;
  size: number;
  /** Epoch ms. */
  mtime: number;
}

/** Others in the folder are no conversations: those of sub-agents, in older versions, are called agent-ID.jsonl. */
const transcriptName = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.jsonl$/;

/**
 * All transcripts below Claude Code's `projects` folder. `unreadable`: folders that could not be listed and files that
 * could not be looked at, so that nothing is known of what is in them.
 */
export function findTranscripts(projects: string): { files: TranscriptFile[]; unreadable: string[] } {
  const files: TranscriptFile[] = [];
  const unreadable: string[] = [];
  const names = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') unreadable.push(folder);
      return [];
    }
  };
  for (const project of names(projects)) {
    const folder = join(projects, project);
    for (const name of names(folder)) {
      const id = transcriptName.exec(name)?.[1];
      if (id === undefined) continue;
      const path = join(folder, name);
      let facts: Stats | undefined;
      try {
        facts = statSync(path, { throwIfNoEntry: false });
      } catch {
        // A link into a folder of others, or in a circle.
        unreadable.push(path);
      }
      if (!facts?.isFile()) continue;
      const { dev, ino, size, mtimeMs } = facts;
      files.push({ path, id, project, place: `${dev}:${ino}`, size, mtime: mtimeMs });
    }
  }
  return { files, unreadable };
}

const HEAD = 1024;
const TAIL = 256;

/**
 * What is remembered of the first `done` bytes of a file, so that one that was rewritten is known from one that grew:
 * a digest of their beginning and of their end.
 */
export function fingerprint(descriptor: number, done: number): string {
  const hash = createHash('sha256');
  const take = (from: number, length: number) => {
    const bytes = Buffer.alloc(length);
    hash.update(bytes.subarray(0, readSync(descriptor, bytes, 0, length, from)));
  };
  take(0, Math.min(HEAD, done));
  take(Math.max(0, done - TAIL), Math.min(TAIL, done));
  return hash.digest('base64url').slice(0, 22);
}
