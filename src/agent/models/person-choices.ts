import { join } from 'node:path';
import type { ChoiceLayer } from '../../domain/bedrock/model-resolution.ts';
import { envOf, managedSettings } from '../sessions/person-settings.ts';
import { smallText } from '../small-file.ts';

/**
 * What the person and their administrator have chosen of models outside of our environments, the strongest first:
 * managed settings, what was given with `--settings`, the project's (with `cwd`) and the person's own settings files,
 * and variables. Files that cannot be read choose nothing, as for Claude Code.
 */
export async function personChoices(where: {
  env: Readonly<Record<string, string | undefined>>;
  configFolder: string;
  /** Shortened to `~` in what is shown. */
  userHome: string;
  managedFolder: string;
  cwd?: string;
  given?: Readonly<Record<string, unknown>> | null;
}): Promise<{ managed: ChoiceLayer; others: ChoiceLayer[] }> {
  const { env, configFolder, userHome, managedFolder, cwd, given } = where;
  const shown = (file: string): string =>
    file.startsWith(userHome) ? `~${file.slice(userHome.length)}` : file;
  const folders =
    cwd === undefined ? [] : ['settings.local.json', 'settings.json'].map((n) => join(cwd, '.claude', n));
  const files = [...folders, join(configFolder, 'settings.json')];
  const own = await Promise.all(
    files.map(async (file) => layer('settings', shown(file), record(await smallText(file)))),
  );
  return {
    managed: layer('managed', managedFolder, await managedSettings(managedFolder)),
    others: [
      ...(given ? [layer('settings', '--settings', given)] : []),
      ...own,
      { from: 'variable', file: null, env: texts(env) },
    ],
  };
}

function layer(
  from: ChoiceLayer['from'],
  file: string,
  settings: Readonly<Record<string, unknown>>,
): ChoiceLayer {
  const { model, modelOverrides } = settings;
  return {
    from,
    file,
    env: texts(envOf(settings)),
    model: typeof model === 'string' ? oneLine(model) : null,
    modelOverrides: texts(isRecord(modelOverrides) ? modelOverrides : {}),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Others wrote it, and it is shown. */
const oneLine = (text: string): string => text.replace(/\p{C}/gu, '').slice(0, 2048);

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, oneLine(value)]] : [],
    ),
  );
}

function record(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
