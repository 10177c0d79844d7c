import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingsFile } from '../../domain/doctor/settings-rivals.ts';
import { claudeFolder } from '../claude-folder.ts';
import { parseSettings } from '../integration/settings-edit.ts';
import { managedSettingsFolder } from '../sessions/person-settings.ts';
import { smallFile } from '../small-file.ts';
import type { DoctorParts, ReadSettings } from './doctor-parts.ts';

/** Folders whose project settings are looked at: the most recent. */
const FOLDERS = 10;

async function read(scope: SettingsFile['scope'], file: string): Promise<ReadSettings[]> {
  const bytes = await smallFile(file);
  if (bytes === null) return [];
  try {
    return [{ scope, file, settings: parseSettings(file, bytes).settings }];
  } catch {
    return [{ scope, file, settings: null }];
  }
}

/** Claude Code's settings files that are there, those that win first. */
export async function readSettingsFiles(
  parts: Pick<DoctorParts, 'context' | 'recentFolders' | 'platform' | 'managedSettings'>,
  loginEnv: Readonly<Record<string, string>>,
): Promise<ReadSettings[]> {
  const { context, recentFolders, platform } = parts;
  const managed = parts.managedSettings ?? managedSettingsFolder(platform);
  const drops = join(managed, 'managed-settings.d');
  const names = (await readdir(drops).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const own = loginEnv.CLAUDE_CONFIG_DIR || claudeFolder(context.env, context.userHome);
  const folders = [...new Set(recentFolders())].slice(0, FOLDERS);
  const files: [SettingsFile['scope'], string][] = [
    // Of several the later wins.
    ...names.toReversed().map((name): [SettingsFile['scope'], string] => ['managed', join(drops, name)]),
    ['managed', join(managed, 'managed-settings.json')],
    ...folders.map((f): [SettingsFile['scope'], string] => [
      'local',
      join(f, '.claude', 'settings.local.json'),
    ]),
    ...folders.map((f): [SettingsFile['scope'], string] => ['project', join(f, '.claude', 'settings.json')]),
    ['user', join(own, 'settings.json')],
  ];
  // A person's home folder may be a recent one: its project settings are the user's.
  const seen = new Set<string>();
  const wanted = files
    .toReversed()
    .filter(([, file]) => !seen.has(file) && seen.add(file))
    .toReversed();
  return (await Promise.all(wanted.map(([scope, file]) => read(scope, file)))).flat();
}
