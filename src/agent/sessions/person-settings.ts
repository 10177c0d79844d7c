import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import { smallText } from '../small-file.ts';

/** `--settings` as the person gave it: JSON, or a file. Errors: BadInput. */
export async function readGivenSettings(given: string, cwd: string): Promise<Record<string, unknown>> {
  const inline = given.trimStart().startsWith('{');
  const bad = (reason: string) => new BedrockTrayError('BadInput', { field: '--settings', reason });
  let text = given;
  if (!inline) {
    const path = isAbsolute(given) ? given : resolve(cwd, given);
    text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw bad(`${path}: ${error.code}`);
    });
  }
  const value = parsed(text);
  if (!value) throw bad(inline ? 'JSON' : given);
  return value;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Where an administrator's settings for Claude Code are: they win over all others, ours included. */
export function managedSettingsFolder(platform: string): string {
  if (platform === 'darwin') return '/Library/Application Support/ClaudeCode';
  return platform === 'win32' ? 'C:\\Program Files\\ClaudeCode' : '/etc/claude-code';
}

/** An administrator's settings, merged in the order in which Claude Code reads them. */
export async function managedSettings(folder: string): Promise<Record<string, unknown>> {
  const parts = join(folder, 'managed-settings.d');
  const names = (await readdir(parts).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const files = [join(folder, 'managed-settings.json'), ...names.map((name) => join(parts, name))];
  let merged: Record<string, unknown> = {};
  for (const file of files) {
    const settings = parsed(await smallText(file)) ?? {};
    merged = { ...merged, ...settings, env: { ...envOf(merged), ...envOf(settings) } };
  }
  return merged;
}

/**
 * The `env` blocks of the person's own settings files, merged as Claude Code does (local over project over user),
 * so that what they set for their shell commands can be given back. Files that cannot be read count as empty:
 * Claude Code says so itself.
 */
export async function personSettingsEnv(configFolder: string, cwd: string): Promise<Record<string, string>> {
  const files = [
    join(configFolder, 'settings.json'),
    join(cwd, '.claude', 'settings.json'),
    join(cwd, '.claude', 'settings.local.json'),
  ];
  const merged: Record<string, string> = {};
  for (const file of files) Object.assign(merged, envOf(parsed(await smallText(file))));
  return merged;
}

/** The `env` block of settings; values that are not text are made so, as Claude Code does. */
export function envOf(
  settings: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, string> {
  const env = settings?.env;
  if (typeof env !== 'object' || env === null) return {};
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, String(value)]]
        : [],
    ),
  );
}
