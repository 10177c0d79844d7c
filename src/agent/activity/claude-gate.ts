import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * What Claude Code will ask before it begins in `cwd`: its onboarding, and whether the folder can be trusted, as it
 * remembers both (`.claude.json`; trust in a folder holds for all in it). Read only. Null where that cannot be read.
 */
export async function claudeGate(
  places: { home: string; folder: string },
  cwd: string,
): Promise<{ onboarded: boolean; trusted: boolean } | null> {
  const text = await readFile(memoryFile(places), 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? '{}' : null,
  );
  if (text === null) return null;
  try {
    const memory = JSON.parse(text) as {
      hasCompletedOnboarding?: unknown;
      projects?: Record<string, unknown>;
    };
    return {
      onboarded: memory.hasCompletedOnboarding === true,
      trusted: trusted(memory.projects ?? {}, cwd),
    };
  } catch {
    return null;
  }
}

/** Beside `~/.claude`, but inside any other configuration folder. */
function memoryFile({ home, folder }: { home: string; folder: string }): string {
  return join(folder === join(home, '.claude') ? home : folder, '.claude.json');
}

function trusted(projects: Record<string, unknown>, cwd: string): boolean {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const project = projects[folder.replaceAll('\\', '/')] as
      | { hasTrustDialogAccepted?: unknown }
      | undefined;
    if (project?.hasTrustDialogAccepted === true) return true;
    if (dirname(folder) === folder) return false;
  }
}
