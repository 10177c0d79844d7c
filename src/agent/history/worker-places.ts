import { join } from 'node:path';
import type { AgentContext } from '../ports.ts';
import { managedSettingsFolder } from '../sessions/person-settings.ts';
import type { HistoryWorkerData } from './worker-messages.ts';

/** What the worker reads: Claude Code's folder and the settings that say how long it keeps conversations. */
export function historyWorkerData(
  context: Pick<AgentContext, 'env' | 'userHome'>,
  file: string,
  unusedMs: number,
): HistoryWorkerData {
  const claude = context.env.CLAUDE_CONFIG_DIR || join(context.userHome, '.claude');
  return {
    file,
    projects: join(claude, 'projects'),
    managedSettings: managedSettingsFolder(process.platform),
    settings: join(claude, 'settings.json'),
    unusedMs,
  };
}
