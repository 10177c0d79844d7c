import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { bytesOf, type ConfigChange, changeOf } from '../../aws/config-change.ts';
import { editConfig, type Hunk } from '../../aws/config-edit.ts';
import { parseAwsText, sectionOf } from '../../aws/config-file.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { IntegrationFile } from '../../contract/state.ts';
import {
  checkIntegration,
  INTEGRATION_PROFILE,
  type IntegrationFinding,
  type IntegrationWish,
  integrationProfile,
  isOurProcess,
  settingsPlan,
} from '../../domain/integration.ts';
import { editSettings, parseSettings, type WrittenKey } from './settings-edit.ts';
import { shownDiff } from './shown-diff.ts';

/** What an integration would do with one file. */
export interface FilePlan {
  view: IntegrationFile;
  /** The file as it was read; null where there is none. */
  there: Uint8Array | null;
  /** Null: nothing to do. */
  edited: { bytes: Uint8Array; hunks: readonly Hunk[] } | null;
  change: ConfigChange | null;
  /** Why it cannot be done. */
  refused: BedrockTrayError | null;
  /** Names what is planned for this very file, in 32 hexadecimal digits. */
  digest: string;
}

export interface SettingsFilePlan extends FilePlan {
  written: WrittenKey[];
  setAside: boolean;
  envWasMade: boolean;
}

type Options = Readonly<Record<string, string>>;

function digestOf(there: Uint8Array | null, edited: { bytes: Uint8Array } | null): string {
  const hash = createHash('sha256');
  for (const bytes of [there, edited?.bytes ?? null])
    hash.update(`${bytes === null ? 'none' : bytes.length}:`).update(bytes ?? '');
  return hash.digest('hex').slice(0, 32);
}

function planned(
  file: string,
  found: readonly IntegrationFinding[],
  which: 'settings' | 'config',
  there: Uint8Array | null,
  edited: FilePlan['edited'],
  refused: BedrockTrayError | null,
  problem: BedrockTrayError | null,
): FilePlan {
  const states = ['absent', 'present', 'outdated'] as const;
  const state = states.find((code) => found.some((f) => f.code === code && 'file' in f && f.file === which));
  const diff = edited ? shownDiff(file, there ?? new Uint8Array(), edited.bytes) : '';
  const view = { file, state: state ?? 'absent', diff, problem: (refused ?? problem)?.view() ?? null };
  const change = edited && changeOf(file, there, edited);
  return { view, there, edited, change, refused, digest: digestOf(there, edited) };
}

/** What is read of a file, or why it cannot be read. */
async function reading<T>(
  read: () => Promise<T>,
): Promise<{ value: T; error: null } | { value: null; error: BedrockTrayError }> {
  try {
    return { value: await read(), error: null };
  } catch (e) {
    if (isBedrockTrayError(e)) return { value: null, error: e };
    throw e;
  }
}

/**
 * A file's bytes; null where there is none. One that its person made read-only is not to be changed, though replacing it
 * would be possible. Errors: StorageFailed.
 */
async function changeable(file: string): Promise<Uint8Array | null> {
  const bytes = await bytesOf(file);
  const mode = bytes && (await stat(file).catch(() => null))?.mode;
  if (mode && (mode & 0o222) === 0) throw new BedrockTrayError('StorageFailed', { file, reason: 'EACCES' });
  return bytes;
}

/** The options of our profile in the config file; undefined where it is not there. Errors: ConfigMalformed. */
export function profileIn(file: string, bytes: Uint8Array): Options | undefined {
  const section = parseAwsText(file, bytes).find(({ name }) => {
    const known = sectionOf(name);
    return known?.type === 'profile' && known.name === INTEGRATION_PROFILE;
  });
  if (!section) return undefined;
  return Object.fromEntries(
    [...section.options].filter(([, o]) => !o.inherited).map(([key, o]) => [key, o.value]),
  );
}

/** Reads both files and says what would be done, and how far they are. */
export async function planFiles(
  files: { settings: string; config: string },
  wish: IntegrationWish,
  managed: Readonly<Record<string, unknown>>,
): Promise<{ settings: SettingsFilePlan; config: FilePlan; findings: IntegrationFinding[] }> {
  const settings = await reading(async () => {
    const there = await changeable(files.settings);
    return { there, said: parseSettings(files.settings, there).settings };
  });
  const config = await reading(async () => {
    const there = await changeable(files.config);
    return { there, profile: profileIn(files.config, there ?? new Uint8Array()) };
  });
  const findings = checkIntegration(
    {
      settings: settings.value?.said ?? null,
      profile: config.value === null ? null : config.value.profile,
      managed,
    },
    wish,
  );
  return {
    settings: planSettings(files.settings, settings, wish, findings),
    config: planConfig(files.config, config, wish, findings),
    findings,
  };
}

function planSettings(
  file: string,
  read: Awaited<ReturnType<typeof reading<{ there: Uint8Array | null; said: Record<string, unknown> }>>>,
  wish: IntegrationWish,
  findings: readonly IntegrationFinding[],
): SettingsFilePlan {
  const nothing = { written: [], setAside: false, envWasMade: false };
  if (read.error) return { ...planned(file, findings, 'settings', null, null, read.error, null), ...nothing };
  const { there, said } = read.value;
  const plan = settingsPlan(said, wish);
  const managed = findings.find((f) => f.code === 'managed');
  const problem =
    managed?.code === 'managed'
      ? new BedrockTrayError('SettingsManaged', { names: managed.names.join(', ') })
      : plan.rivals.length > 0
        ? new BedrockTrayError('SettingsRival', { file, names: plan.rivals.join(', ') })
        : null;
  if (plan.changes.length === 0 && !plan.setAside)
    return { ...planned(file, findings, 'settings', there, null, null, problem), ...nothing };
  try {
    const edited = editSettings(file, there, plan);
    const { written } = edited;
    return {
      ...planned(file, findings, 'settings', there, edited, null, problem),
      written,
      setAside: plan.setAside,
      envWasMade: said.env === undefined,
    };
  } catch (e) {
    if (!isBedrockTrayError(e)) throw e;
    return { ...planned(file, findings, 'settings', there, null, e, null), ...nothing };
  }
}

function planConfig(
  file: string,
  read: Awaited<ReturnType<typeof reading<{ there: Uint8Array | null; profile: Options | undefined }>>>,
  wish: IntegrationWish,
  findings: readonly IntegrationFinding[],
): FilePlan {
  if (read.error) return planned(file, findings, 'config', null, null, read.error, null);
  const { there, profile } = read.value;
  if (profile && !isOurProcess(profile.credential_process)) {
    const taken = new BedrockTrayError('ProfileExists', { profile: INTEGRATION_PROFILE });
    return planned(file, findings, 'config', there, null, taken, null);
  }
  const options = integrationProfile(wish);
  if (profile && Object.entries(options).every(([key, value]) => profile[key] === value))
    return planned(file, findings, 'config', there, null, null, null);
  try {
    const how = profile ? 'change' : 'create';
    const edited = editConfig(file, there ?? new Uint8Array(), [
      { how, type: 'profile', name: INTEGRATION_PROFILE, options },
    ]);
    if ('refused' in edited) throw new BedrockTrayError('ProfileExists', { profile: INTEGRATION_PROFILE });
    return planned(file, findings, 'config', there, edited, null, null);
  } catch (e) {
    if (!isBedrockTrayError(e)) throw e;
    return planned(file, findings, 'config', there, null, e, null);
  }
}
