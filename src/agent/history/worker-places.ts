import { join } from 'node:path';
import { claudeFolder } from '../claude-folder.ts';
import type { AgentContext } from '../ports.ts';
import { managedSettingsFolder } from '../sessions/person-settings.ts';
import type { HistoryWorkerData } from './worker-messages.ts';

/** What the worker reads: Claude Code's folder and the settings that say how long it keeps conversations. */
export function historyPlaces(
  context: Pick<AgentContext, 'env' | 'userHome'>,
): Pick<HistoryWorkerData, 'projects' | 'managedSettings' | 'settings'> {
  const claude = claudeFolder(context.env, context.userHome);
  return {
    projects: join(claude, 'projects'),
    managedSettings: managedSettingsFolder(process.platform),
    settings: join(claude, 'settings.json'),
  };
}
