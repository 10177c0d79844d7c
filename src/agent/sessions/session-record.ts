import * as z from 'zod';
import { Geography, ModelPins } from '../../contract/bedrock.ts';
import { CostCap } from '../../contract/cost-cap.ts';
import { AbsolutePath, EpochMs, ModelId, Region } from '../../contract/names.ts';
import { IdentityMode, LayoutTab, PermissionMode, SessionView } from '../../contract/state.ts';

/** What a session was opened with: kept in our list and, as its note, in the pty-host. Holds no environment and no secret. */
export const SessionRecord = z.object({
  id: z.uuid(),
  name: z.string(),
  /** The person gave the name; else it is the folder's. */
  named: z.boolean().default(false),
  program: SessionView.shape.program,
  cwd: AbsolutePath,
  environment: z.string().nullable(),
  profile: z.string(),
  region: Region,
  model: ModelId.nullable(),
  smallFastModel: ModelId.nullable(),
  pins: ModelPins,
  geography: Geography.nullable().default(null),
  identityMode: IdentityMode,
  endpointUrl: z.string().nullable(),
  startedAt: EpochMs,
  permissionMode: PermissionMode.nullable().default(null),
  addDirs: z.array(AbsolutePath).default([]),
  pinned: z.boolean().default(false),
  order: z.number().int().default(0),
  cap: CostCap.nullable().default(null),
  /** The conversation that it shows, by Claude Code's id; null while that is not known. */
  conversation: z.uuid().nullable(),
  /** Where its Claude Code keeps settings and transcripts; null: below the person's HOME. */
  configFolder: AbsolutePath.nullable().default(null),
});
export type SessionRecord = z.infer<typeof SessionRecord>;

/** A session of our list: how it ended, and what the person passed to claude (which may be long and hold secrets). */
export const StoredSession = SessionRecord.extend({
  open: z.boolean(),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  exitedAt: EpochMs.nullable(),
  /** When it ended or was found lost. */
  lastAt: EpochMs.nullable().default(null),
  title: z.string().max(200),
  /** All of them before it was ever started, then those that a resumption needs again. */
  args: z.array(z.string()).default([]),
  /** `--settings` as it was given: a path or JSON. */
  settings: z.string().nullable().default(null),
  started: z.boolean().default(true),
});
export type StoredSession = z.infer<typeof StoredSession>;

const RECENT_FOLDERS = 10;
/** Sessions that ended by themselves or by their person. */
const KEPT_ENDED = 50;
/** Sessions that nobody ended: the machine or the pty-host did. */
const KEPT_LOST = 100;
/** Ended sessions whose last screen stays with the pty-host: up to 4 MiB each. */
const KEPT_SCREENS = 10;

/** Before conversations had ids of their own they had their session's. */
function withConversation(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'conversation' in value) return value;
  return { ...value, conversation: 'id' in value ? value.id : null };
}

/** The note of a session in the pty-host; undefined when it is none of ours. */
export function readNote(meta: string): SessionRecord | undefined {
  try {
    return SessionRecord.safeParse(withConversation(JSON.parse(meta))).data;
  } catch {
    return undefined;
  }
}

/** Our file's content: sessions and the folders that were last worked in. Entries that are not understood are left out. */
export function readStored(state: Record<string, unknown> | null): {
  sessions: StoredSession[];
  recentFolders: string[];
  pinnedFolders: string[];
  layout: LayoutTab[];
} {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return {
    sessions: list(state?.sessions).flatMap((s) => {
      const stored = StoredSession.safeParse(withConversation(s));
      return stored.success ? [stored.data] : [];
    }),
    recentFolders: list(state?.recentFolders)
      .filter((f): f is string => AbsolutePath.safeParse(f).success)
      .slice(0, RECENT_FOLDERS),
    pinnedFolders: list(state?.pinnedFolders).filter((f): f is string => AbsolutePath.safeParse(f).success),
    layout: list(state?.layout).flatMap((t) => {
      const tab = LayoutTab.safeParse(t);
      return tab.success ? [tab.data] : [];
    }),
  };
}

/**
 * What is kept: every session that is open or pinned, of those that were lost and of those that ended the newest; of a
 * few that ended their last screen too.
 */
export function kept<T extends { state: SessionView['state']; lastAt: number; record: { pinned: boolean } }>(
  all: readonly T[],
): { sessions: Set<T>; screens: Set<T> } {
  const newest = (state: T['state']) =>
    all.filter((s) => s.state === state).sort((a, b) => b.lastAt - a.lastAt);
  const open = all.filter((s) => s.state !== 'exited' && s.state !== 'lost');
  const ended = newest('exited');
  return {
    sessions: new Set([
      ...open,
      ...all.filter((s) => s.record.pinned),
      ...newest('lost').slice(0, KEPT_LOST),
      ...ended.slice(0, KEPT_ENDED),
    ]),
    screens: new Set([...open, ...ended.slice(0, KEPT_SCREENS)]),
  };
}

export function withRecentFolder(folders: readonly string[], folder: string): string[] {
  return [folder, ...folders.filter((f) => f !== folder)].slice(0, RECENT_FOLDERS);
}
