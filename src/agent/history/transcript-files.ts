import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { isConversationId } from '../../domain/conversations/conversation-id.ts';
import { uuidPattern } from '../../domain/uuid.ts';

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
const transcriptName = new RegExp(`^(${uuidPattern})\\.jsonl$`);
const oldSubAgent = /^agent-[\w-]+\.jsonl$/;

/**
 * All transcripts below Claude Code's `projects` folder. `unreadable`: folders that could not be listed and files that
 * could not be looked at, so that nothing is known of what is in them.
 */
export function findTranscripts(projects: string): { files: TranscriptFile[]; unreadable: string[] } {
  const found = new Finding();
  for (const project of found.entries(projects)) {
    const folder = join(projects, project.name);
    for (const { name } of found.entries(folder)) {
      const id = transcriptName.exec(name)?.[1];
      if (id !== undefined) found.add(join(folder, name), id, project.name);
    }
  }
  return found;
}

/**
 * The same with the transcripts of sub-agents: of a conversation in `ID/subagents/` (those of workflows in folders
 * below), of older versions beside the conversations. These last do not say by their name whose they are: `id` is empty.
 */
export function findAllTranscripts(projects: string): {
  files: (TranscriptFile & { subAgent: boolean })[];
  unreadable: string[];
} {
  const found = new Finding();
  const subAgents = new Finding();
  for (const project of found.entries(projects)) {
    const folder = join(projects, project.name);
    for (const { name } of found.entries(folder)) {
      const path = join(folder, name);
      const id = transcriptName.exec(name)?.[1];
      if (id !== undefined) found.add(path, id, project.name);
      else if (oldSubAgent.test(name)) subAgents.add(path, '', project.name);
      else if (isConversationId(name)) {
        for (const entry of subAgents.entries(join(path, 'subagents'), { recursive: true }))
          if (entry.name.endsWith('.jsonl'))
            subAgents.add(join(entry.parentPath, entry.name), name, project.name);
      }
    }
  }
  return {
    files: [
      ...found.files.map((file) => ({ ...file, subAgent: false })),
      ...subAgents.files.map((file) => ({ ...file, subAgent: true })),
    ],
    unreadable: [...found.unreadable, ...subAgents.unreadable],
  };
}

class Finding {
  readonly files: TranscriptFile[] = [];
  readonly unreadable: string[] = [];

  entries(folder: string, { recursive = false } = {}): Dirent[] {
    try {
      return readdirSync(folder, { withFileTypes: true, recursive });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.unreadable.push(folder);
      return [];
    }
  }

  add(path: string, id: string, project: string): void {
    let facts: Stats | undefined;
    try {
      facts = statSync(path, { throwIfNoEntry: false });
    } catch {
      // A link into a folder of others, or in a circle.
      this.unreadable.push(path);
    }
    if (!facts?.isFile()) return;
    const { dev, ino, size, mtimeMs } = facts;
    this.files.push({ path, id, project, place: `${dev}:${ino}`, size, mtime: mtimeMs });
  }
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
