import { join } from 'node:path';

/** Where Claude Code keeps a person's settings, transcripts and register. */
export function claudeFolder(env: Readonly<Record<string, string | undefined>>, userHome: string): string {
  return env.CLAUDE_CONFIG_DIR || join(userHome, '.claude');
}

/** The folder below `projects` that Claude Code keeps a working folder's transcripts in; it cuts long ones. */
export function projectOf(cwd: string): string {
  return cwd.replace(/[^a-zA-Z0-9]/g, '-');
}
