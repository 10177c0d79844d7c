import type { Environment } from '../../contract/state.ts';
import { isOurExport, managedRivals, type SettingsPlan } from '../integration.ts';
import { otherProviders } from '../sessions/other-providers.ts';
import { failed, info, type Told, warning } from './findings.ts';

/**
 * Files of Claude Code's settings beside the one that a session of ours is started with, in the order in which they win:
 * an administrator's beat ours, all others lose against it, but decide for plain `claude` and where ours is silent.
 */
export interface SettingsFile {
  scope: 'managed' | 'local' | 'project' | 'user';
  file: string;
  settings: Readonly<Record<string, unknown>>;
}

const BEARER = 'AWS_BEARER_TOKEN_BEDROCK';
/** What decides who answers, and as whom: not merely which model or region. */
const provider: ReadonlySet<string> = new Set([
  BEARER,
  'CLAUDE_CODE_USE_BEDROCK',
  'awsCredentialExport',
  'awsAuthRefresh',
  ...otherProviders,
]);

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const envOf = (settings: SettingsFile['settings']): Readonly<Record<string, unknown>> => {
  const { env } = settings;
  return typeof env === 'object' && env !== null && !Array.isArray(env)
    ? (env as Record<string, unknown>)
    : {};
};

/** Keys that an environment which says nothing about them leaves to the file. */
function leftOpen(settings: SettingsFile['settings'], { model, pins }: Environment): string[] {
  const env = envOf(settings);
  const open = [
    ...(model === null ? ['ANTHROPIC_MODEL'] : []),
    ...(pins.opus === null ? ['ANTHROPIC_DEFAULT_OPUS_MODEL'] : []),
    ...(pins.sonnet === null ? ['ANTHROPIC_DEFAULT_SONNET_MODEL'] : []),
    ...(pins.fable === null ? ['ANTHROPIC_DEFAULT_FABLE_MODEL'] : []),
  ].filter((name) => isSet(env[name]));
  if (model === null && isSet(settings.model)) open.push('model');
  return open;
}

const switchesProvider = (name: string): boolean =>
  name === BEARER || (otherProviders as readonly string[]).includes(name);

/** The edit that takes a file's switches to other providers away; null where there is none. */
export function providerRepair(settings: SettingsFile['settings']): SettingsPlan | null {
  const env = envOf(settings);
  const changes = otherProviders
    .filter((name) => isSet(env[name]))
    .map((name) => ({ path: ['env', name] as const, value: '' }));
  const setAside = isSet(env[BEARER]);
  return changes.length === 0 && !setAside ? null : { changes, setAside, rivals: [] };
}

/** What each file says otherwise than the environment, in the files' own order. */
export function settingsFindings(files: readonly SettingsFile[], environment: Environment): Told[] {
  return files.flatMap(({ scope, file, settings }): Told[] => {
    const wish = { environment, launcher: '', platform: '', loginEnv: {} };
    const rivals = managedRivals(settings, wish).filter(
      (name) => name !== 'awsCredentialExport' || !isOurExport(settings.awsCredentialExport),
    );
    const open = leftOpen(settings, environment);
    const decide = open.length > 0 ? [info('settingsDecide', { file, keys: open.join(', ') })] : [];
    if (rivals.length === 0) return decide;
    const keys = rivals.join(', ');
    if (scope !== 'managed') {
      // A project's own settings are its team's: they are told of, and left alone.
      const mendable = scope !== 'project' && rivals.some(switchesProvider);
      return [warning('settingsRival', { file, keys }, mendable ? { fix: true } : undefined), ...decide];
    }
    const wins = rivals.filter((name) => provider.has(name));
    const differs = rivals.filter((name) => !provider.has(name));
    return [
      ...(wins.length > 0 ? [failed('managedWins', { file, keys: wins.join(', ') })] : []),
      ...(differs.length > 0 ? [warning('managedDiffers', { file, keys: differs.join(', ') })] : []),
      ...decide,
    ];
  });
}

/** The key by which a settings file turns our hooks off; null where none does. `allowManagedHooksOnly` counts in managed files. */
export function hooksSwitch({ scope, settings }: SettingsFile): string | null {
  if (settings.disableAllHooks === true) return 'disableAllHooks';
  return scope === 'managed' && settings.allowManagedHooksOnly === true ? 'allowManagedHooksOnly' : null;
}
