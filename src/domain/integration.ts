import type { Environment } from '../contract/state.ts';
import { modelVariablesOf } from './bedrock/environment-models.ts';
import { quoteForShell } from './desktop/shell-quoting.ts';
import { otherProviders } from './sessions/other-providers.ts';

/**
 * What plain `claude`, the extensions of editors and other programs need in the person's own files so that they use a
 * Bedrock environment of ours (docs/integration.md). Pure: which keys, with which values, and what in those files would
 * decide otherwise.
 */

/** The profile in ~/.aws/config whose credential_process asks us. */
export const INTEGRATION_PROFILE = 'bedrock-tray';

/** Where a bearer token is kept that would win over credentials: under this name it is nobody's, and stays in its file. */
export const SET_ASIDE = 'AWS_BEARER_TOKEN_BEDROCK_SET_ASIDE';
const BEARER = 'AWS_BEARER_TOKEN_BEDROCK';

export interface IntegrationWish {
  environment: Environment;
  /** The launcher in the state folder: a path that outlives updates. */
  launcher: string;
  platform: string;
  /** The person's login environment: what is set there is overridden, too. */
  loginEnv: Readonly<Record<string, string | undefined>>;
}

type Json = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const isSet = (value: unknown) => value !== undefined && value !== '';

/**
 * awsCredentialExport. Its shell fills in $PPID, the process id of that Claude Code, by which the agent tells one that
 * starts from one whose keys AWS has refused; Windows' shell knows none.
 */
export function exportCommand({ launcher, platform, environment }: IntegrationWish): string {
  const words = [launcher, 'export-credentials', '--profile', environment.profile, '--format', 'claude'];
  return `${quoteForShell(words, platform)} --claude-pid ${platform === 'win32' ? '0' : '$PPID'}`;
}

/** Whether an awsCredentialExport was written by us, whatever profile it names. */
export function isOurExport(command: unknown): boolean {
  return typeof command === 'string' && /bedrock-tray(\.cmd)?['"]?\s.*--claude-pid\s/.test(command);
}

/** Whether a credential_process is ours. */
export function isOurProcess(command: string | undefined): boolean {
  return command !== undefined && /bedrock-tray(\.cmd)?"?\s+export-credentials\s/.test(command);
}

/** The options of our profile in ~/.aws/config. */
export function integrationProfile({
  launcher,
  platform,
  environment,
}: IntegrationWish): Record<string, string> {
  const words = [launcher, 'export-credentials', '--profile', environment.profile];
  return {
    credential_process: quoteForShell(words, platform, 'double'),
    region: environment.region,
  };
}

/** One value in the person's settings.json that is to be another. */
export interface SettingsChange {
  path: readonly [string] | readonly ['env', string];
  value: string;
}

export interface SettingsPlan {
  changes: SettingsChange[];
  /** A bearer token is set aside under another name. */
  setAside: boolean;
  /** Names in the file that would have decided otherwise. */
  rivals: string[];
}

/** What has to change in a settings file that says `settings`; nothing where it says all of it. */
export function settingsPlan(settings: Json, wish: IntegrationWish): SettingsPlan {
  const { environment, loginEnv } = wish;
  const env = recordOf(settings.env);
  const rivals: string[] = [];
  const wanted: [name: string, value: string][] = [
    ['CLAUDE_CODE_USE_BEDROCK', '1'],
    ['AWS_REGION', environment.region],
  ];
  // The older name of the Haiku pin is written where it is there already, and would win.
  const { ANTHROPIC_SMALL_FAST_MODEL: small, ...models } = modelVariablesOf(environment);
  wanted.push(...Object.entries(models));
  if (small !== undefined && isSet(env.ANTHROPIC_SMALL_FAST_MODEL))
    wanted.push(['ANTHROPIC_SMALL_FAST_MODEL', small]);
  if (environment.endpointUrl !== null) wanted.push(['ANTHROPIC_BEDROCK_BASE_URL', environment.endpointUrl]);
  if (environment.identityMode === 'whole-session') wanted.push(['AWS_PROFILE', INTEGRATION_PROFILE]);
  for (const name of otherProviders) {
    if (isSet(env[name]) || isSet(loginEnv[name])) wanted.push([name, '']);
    if (isSet(env[name])) rivals.push(name);
  }
  if (environment.endpointUrl === null && isSet(env.ANTHROPIC_BEDROCK_BASE_URL)) {
    wanted.push(['ANTHROPIC_BEDROCK_BASE_URL', '']);
    rivals.push('ANTHROPIC_BEDROCK_BASE_URL');
  }
  const setAside = isSet(env[BEARER]);
  if (setAside) rivals.push(BEARER);
  if (isSet(loginEnv[BEARER])) wanted.push([BEARER, '']);

  const command = exportCommand(wish);
  const { awsCredentialExport, awsAuthRefresh } = settings;
  if (isSet(awsCredentialExport) && !isOurExport(awsCredentialExport)) rivals.push('awsCredentialExport');
  const changes: SettingsChange[] = [];
  if (awsCredentialExport !== command) changes.push({ path: ['awsCredentialExport'], value: command });
  // It runs for another identity than ours, and where there is none at every start.
  if (isSet(awsAuthRefresh)) {
    rivals.push('awsAuthRefresh');
    changes.push({ path: ['awsAuthRefresh'], value: '' });
  }
  for (const [name, value] of wanted) {
    const now = name === BEARER && setAside ? undefined : env[name];
    if (now === value || (value === '' && String(now ?? 'x') === '')) continue;
    if (isSet(now) && !rivals.includes(name)) rivals.push(name);
    changes.push({ path: ['env', name], value });
  }
  return { changes, setAside, rivals };
}

/** Names in an administrator's settings that win over what we would write, and differ from it. */
export function managedRivals(managed: Json, wish: IntegrationWish): string[] {
  const { changes, rivals } = settingsPlan(managed, wish);
  const env = recordOf(managed.env);
  const differing = changes.flatMap(({ path }) => {
    const [first, name] = path;
    const there = name === undefined ? managed[first] : env[name];
    return isSet(there) ? [name ?? first] : [];
  });
  return [...new Set([...rivals, ...differing])].sort();
}

/** What a check of an integration finds, for `integrate status` and the doctor. */
export type IntegrationFinding =
  | { code: 'absent' | 'present' | 'outdated'; file: 'settings' | 'config' }
  /** These win over what is written. */
  | { code: 'managed'; names: string[] }
  /** The file cannot be read as what it is, or may not be changed. */
  | { code: 'malformed'; file: 'settings' | 'config' }
  /** A profile of the person's has our profile's name. */
  | { code: 'profileTaken'; profile: string };

/** How far the person's files are as an integration of `wish` would leave them; pure, so that the doctor can ask too. */
export function checkIntegration(
  files: {
    /** settings.json parsed; {} where there is none, null where it is malformed. */
    settings: Json | null;
    /** Options of our profile in ~/.aws/config; undefined where it is not there, null where the file is malformed. */
    profile: Readonly<Record<string, string>> | undefined | null;
    managed: Json;
  },
  wish: IntegrationWish,
): IntegrationFinding[] {
  const found: IntegrationFinding[] = [];
  const { settings, profile, managed } = files;
  if (settings === null) found.push({ code: 'malformed', file: 'settings' });
  else {
    const { changes, setAside } = settingsPlan(settings, wish);
    const isThere = changes.length === 0 && !setAside;
    const code = isThere ? 'present' : isOurExport(settings.awsCredentialExport) ? 'outdated' : 'absent';
    found.push({ code, file: 'settings' });
  }
  if (profile === null) found.push({ code: 'malformed', file: 'config' });
  else if (profile === undefined) found.push({ code: 'absent', file: 'config' });
  else if (!isOurProcess(profile.credential_process))
    found.push({ code: 'profileTaken', profile: INTEGRATION_PROFILE });
  else {
    const wanted = integrationProfile(wish);
    const same = Object.entries(wanted).every(([key, value]) => profile[key] === value);
    found.push({ code: same ? 'present' : 'outdated', file: 'config' });
  }
  const names = managedRivals(managed, wish);
  if (names.length > 0) found.push({ code: 'managed', names });
  return found;
}
