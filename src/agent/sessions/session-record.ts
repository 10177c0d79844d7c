import { z } from 'zod';
import { CostCap } from '../../contract/cost-cap.ts';
import { AbsolutePath, EpochMs, ModelId, Region } from '../../contract/names.ts';
import { IdentityMode, LayoutTab, PermissionMode, SessionView } from '../../contract/state.ts';

/** What a session was opened with: kept in our list and, as its note, in the pty-host. Holds no environment and no secret. */
export const SessionRecord = z.object({
  id: z.uuid(),
  name: z.string(),
  program: SessionView.shape.program,
  cwd: AbsolutePath,
  environment: z.string().nullable(),
  profile: z.string(),
  region: Region,
  model: ModelId.nullable(),
  smallFastModel: ModelId.nullable(),
  identityMode: IdentityMode,
  endpointUrl: z.string().nullable(),
  startedAt: EpochMs,
  permissionMode: PermissionMode.nullable().default(null),
  addDirs: z.array(AbsolutePath).default([]),
  pinned: z.boolean().default(false),
  order: z.number().int().default(0),
  cap: CostCap.nullable().default(null),
});
export type SessionRecord = z.infer<typeof SessionRecord>;

/** A session of our list with how it ended. */
export const StoredSession = SessionRecord.extend({
  open: z.boolean(),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  exitedAt: EpochMs.nullable(),
  title: z.string().max(200),
});
export type StoredSession = z.infer<typeof StoredSession>;

const RECENT_FOLDERS = 10;
const KEPT_SESSIONS = 50;
/** Ended sessions whose last screen stays with the pty-host: up to 4 MiB each. */
const KEPT_SCREENS = 10;

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
      const stored = StoredSession.safeParse(s);
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

/** What is kept: every open session, and of those that ended the newest; of a few of these their last screen too. */
export function kept<T extends { open: boolean; lastAt: number }>(
  all: readonly T[],
): { sessions: Set<T>; screens: Set<T> } {
  const open = all.filter((s) => s.open);
  const ended = all.filter((s) => !s.open).sort((a, b) => b.lastAt - a.lastAt);
  return {
    sessions: new Set([...open, ...ended.slice(0, KEPT_SESSIONS)]),
    screens: new Set([...open, ...ended.slice(0, KEPT_SCREENS)]),
  };
}

export function withRecentFolder(folders: readonly string[], folder: string): string[] {
  return [folder, ...folders.filter((f) => f !== folder)].slice(0, RECENT_FOLDERS);
}
