import type { CredentialsView, ProfileKind, ProfileNote } from '../../contract/state.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import {
  durationOf,
  type Options,
  plainValue,
  type Resolution,
  type Sections,
} from '../credentials/resolve-source.ts';
import { type Partition, partitionOfArn, partitionOfRegion, partitionOfStartUrl } from './partition.ts';

/** A place where AWS's JavaScript SDK reads something else than the AWS CLI. `key` empty: the section as a whole. */
export interface SdkTrap {
  code:
    | 'SdkCharacters'
    | 'SdkColon'
    | 'SdkComment'
    | 'SdkContinued'
    | 'SdkDefaultSection'
    | 'SdkHeader'
    | 'SdkIndented'
    | 'SdkKeyCase'
    | 'SdkName';
  section: string;
  key: string;
}

/** What the notes on profiles are made from. */
export interface NoteFacts {
  sections: Sections;
  /** By profile, and by SSO session. */
  traps: { profiles: ReadonlyMap<string, SdkTrap[]>; ssoSessions: ReadonlyMap<string, SdkTrap[]> };
  /** `[default]` stands beside `[profile default]`. */
  defaultTwice: boolean;
  /** The two files, with the date (YYYY-MM-DD) of their last change where they are there. */
  files: Record<'config' | 'credentials', { path: string; changed: string | null }>;
}

type Params = ProfileNote['params'];
const info = (code: string, params: Params = {}): ProfileNote => ({ level: 'info', code, params });
const warning = (code: string, params: Params = {}): ProfileNote => ({ level: 'warning', code, params });

/** What a person should know about a profile; codes are keys of the locale namespace `notes`. Never a secret. */
export function notesOf(name: string, resolution: Resolution, facts: NoteFacts): ProfileNote[] {
  const { source } = resolution;
  const profile: Options = facts.sections.profiles.get(name) ?? new Map();
  const notes: ProfileNote[] = [];
  if (source) {
    notes.push(...lifeNotes(name, source, resolution, facts));
    notes.push(...ignoredNotes(profile, source));
    notes.push(...regionNotes(profile, source, facts.sections));
  }
  notes.push(...shadowNotes(name, profile, source, facts));
  notes.push(...trapNotes(name, profile, source, facts));
  return notes;
}

/** What only the credentials themselves tell: for the shells, beside ProfileView.notes. */
export function runtimeNotesOf(
  credentials: Pick<CredentialsView, 'kind' | 'state' | 'expiresAt'>,
): ProfileNote[] {
  const { kind, state, expiresAt } = credentials;
  const isEndless = state === 'valid' && expiresAt === null;
  return isEndless && (kind === 'process' || kind === 'claude-settings')
    ? [warning('ProcessWithoutExpiry')]
    : [];
}

/** The source at the end of a chain of roles. */
export function rootOf(source: CredentialSource): CredentialSource {
  return source.kind === 'assume-role' ? rootOf(source.source) : source;
}

/** The MFA devices asked along a chain, nearest first. */
export function mfaSerialsOf(source: CredentialSource): string[] {
  if (source.kind !== 'assume-role') return [];
  const further = mfaSerialsOf(source.source);
  return source.mfaSerial === null ? further : [...new Set([source.mfaSerial, ...further])];
}

/** How long the credentials live, and what renews them. */
function lifeNotes(
  name: string,
  source: CredentialSource,
  resolution: Resolution,
  { sections, files }: NoteFacts,
): ProfileNote[] {
  const notes: ProfileNote[] = [];
  const root = rootOf(source);
  const rootProfile = resolution.chain.at(-1) ?? name;
  const options = sections.profiles.get(rootProfile);
  if (root.kind === 'static') {
    const inCredentials = sections.inCredentials.get(rootProfile)?.has('aws_access_key_id') === true;
    const file = inCredentials ? files.credentials : files.config;
    const params = { profile: rootProfile, file: file.path };
    // Keys with a session token are somebody's temporary ones: they end, and nothing here renews them.
    const isTemporary = options?.has('aws_session_token') || options?.has('aws_security_token');
    if (isTemporary) notes.push(warning('TemporaryKeys', params));
    else notes.push(warning('StaticKeys', { ...params, since: file.changed ?? '?' }));
  }
  if (root.kind === 'sso' && !options?.has('sso_session')) {
    notes.push(info('NoRefresh', { profile: rootProfile }));
  }
  if (root.kind === 'login') notes.push(info('LoginSession', { loginSession: root.loginSession }));
  if (root.kind === 'process') notes.push(...processNotes(rootProfile, root.command));
  if (root.kind === 'environment') notes.push(info('FromEnvironment'));
  if (source.kind === 'assume-role') notes.push(...roleNotes(source, sections.profiles.get(name)));
  for (const mfaSerial of mfaSerialsOf(source)) notes.push(info('MfaNeeded', { mfaSerial }));
  return notes;
}

/** Signs that only a shell understands: the AWS CLI and we start the command without one, AWS's JavaScript SDK with one. */
const shellSigns = /[|&;<>$`*?~]|^\w+=\S/;

function processNotes(profile: string, command: string): ProfileNote[] {
  const notes: ProfileNote[] = [];
  if (/\bbedrock-tray(?:\.exe|\.cmd)?\b/.test(command)) notes.push(info('OwnCommand', { profile }));
  if (shellSigns.test(command)) notes.push(warning('SdkShell', { profile }));
  return notes;
}

/** Role chaining: with credentials that are a role's themselves, AWS grants one hour at most. */
function roleNotes(
  source: CredentialSource & { kind: 'assume-role' },
  profile: Options | undefined,
): ProfileNote[] {
  const notes: ProfileNote[] = [];
  const duration = plainValue(profile, 'duration_seconds');
  if (duration !== null && durationOf(duration) === null)
    notes.push(warning('DurationIgnored', { duration }));
  const isChained = ['sso', 'assume-role', 'web-identity'].includes(source.source.kind);
  if (isChained && (source.durationSeconds ?? 0) > 3600) {
    notes.push(warning('ChainedHour', { seconds: source.durationSeconds ?? 0 }));
  }
  return notes;
}

/** Which keys make a section what it is, in the order of preference of the AWS CLI. */
const kindKeys: readonly (readonly [key: string, kind: ProfileKind])[] = [
  ['role_arn', 'assume-role'],
  ['web_identity_token_file', 'web-identity'],
  ['sso_account_id', 'sso'],
  ['aws_access_key_id', 'static'],
  ['login_session', 'login'],
  ['credential_process', 'process'],
];

const sameKind = (a: ProfileKind, b: ProfileKind) => a === b || (a.startsWith('sso') && b.startsWith('sso'));

/** What AWS's JavaScript SDK makes of the same section (credential-provider-ini's resolveProfileData). */
function sdkKind(profile: Options): ProfileKind {
  const has = (key: string) => plainValue(profile, key) !== null;
  if (has('role_arn') && has('source_profile') !== has('credential_source')) return 'assume-role';
  if (has('aws_access_key_id') && has('aws_secret_access_key')) return 'static';
  if (has('web_identity_token_file') && has('role_arn')) return 'web-identity';
  if (has('credential_process')) return 'process';
  if (['sso_account_id', 'sso_role_name', 'sso_session', 'sso_start_url'].some(has)) return 'sso';
  return has('login_session') ? 'login' : 'none';
}

/** Several kinds of credentials in one section: which are used, and by whom others. */
function ignoredNotes(profile: Options, source: CredentialSource): ProfileNote[] {
  if (source.kind === 'environment' || source.kind === 'claude-settings') return [];
  const used: ProfileKind = source.kind;
  const notes: ProfileNote[] = [];
  const sdk = sdkKind(profile);
  if (!sameKind(sdk, used) && sdk !== 'none') notes.push(warning('SdkOtherSource', { used, sdk }));
  const needed = usedKeys(source);
  const ignored = kindKeys.filter(
    ([key, kind]) => profile.has(key) && !sameKind(kind, used) && !needed.has(key),
  );
  if (ignored.length > 0) {
    notes.push(warning('KindsIgnored', { used, ignored: ignored.map(([key]) => key).join(', ') }));
  }
  return notes;
}

function usedKeys(source: CredentialSource): Set<string> {
  const isOwnSource = source.kind === 'assume-role' && source.source.kind === 'static';
  return new Set(source.kind === 'web-identity' ? ['role_arn'] : isOwnSource ? ['aws_access_key_id'] : []);
}

/** Region and partition: what is missing, and what contradicts itself. */
function regionNotes(profile: Options, source: CredentialSource, sections: Sections): ProfileNote[] {
  const notes: ProfileNote[] = [];
  const region = plainValue(profile, 'region');
  const session = sections.ssoSessions.get(plainValue(profile, 'sso_session') ?? '');
  const ssoRegion = plainValue(session, 'sso_region') ?? plainValue(profile, 'sso_region');
  if (region === null) {
    notes.push(
      source.kind === 'sso' && ssoRegion !== null
        ? info('SsoRegionOnly', { ssoRegion })
        : info('RegionMissing'),
    );
  } else if (!/^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(region)) notes.push(warning('RegionOdd', { region }));

  const claims: [key: string, partition: Partition][] = [];
  const claim = (key: string, partition: Partition | null) => {
    if (partition !== null) claims.push([key, partition]);
  };
  if (source.kind === 'assume-role' || source.kind === 'web-identity') {
    claim('role_arn', partitionOfArn(source.roleArn));
  }
  if (source.kind === 'login') claim('login_session', partitionOfArn(source.loginSession));
  if (source.kind === 'sso') {
    const startUrl = plainValue(session, 'sso_start_url') ?? plainValue(profile, 'sso_start_url') ?? '';
    claim('sso_start_url', partitionOfStartUrl(startUrl));
    if (ssoRegion !== null) claim('sso_region', partitionOfRegion(ssoRegion));
  }
  if (region !== null) claim('region', partitionOfRegion(region));
  const [first, ...rest] = claims;
  for (const [key, partition] of rest) {
    if (first && partition !== first[1]) {
      notes.push(
        warning('PartitionMismatch', {
          key: first[0],
          partition: first[1],
          other: key,
          otherPartition: partition,
        }),
      );
    }
  }
  return notes;
}

/** What hides what: one file the other, `[default]` the credentials that programs would find elsewhere. */
function shadowNotes(
  name: string,
  profile: Options,
  source: CredentialSource | null,
  { sections, defaultTwice }: NoteFacts,
): ProfileNote[] {
  const notes: ProfileNote[] = [];
  const config = sections.inConfig.get(name);
  const credentials = sections.inCredentials.get(name);
  const hidden: string[] = [];
  for (const [key, value] of credentials ?? []) {
    if (config?.has(key) && config.get(key) !== value) hidden.push(key);
  }
  if (hidden.length > 0) notes.push(warning('CredentialsFileWins', { keys: hidden.sort().join(', ') }));
  if (name !== 'default') return notes;
  if (source !== null) {
    const isStatic = source.kind === 'static' || profile.has('aws_access_key_id');
    notes.push({ level: isStatic ? 'warning' : 'info', code: 'DefaultBeatsContainer', params: {} });
  }
  if (defaultTwice) notes.push(warning('DefaultTwice'));
  return notes;
}

/** Where AWS's JavaScript SDK reads something else, in the section itself and in its `[sso-session]`. */
function trapNotes(
  name: string,
  profile: Options,
  source: CredentialSource | null,
  { traps }: NoteFacts,
): ProfileNote[] {
  const session = source?.kind === 'sso' ? plainValue(profile, 'sso_session') : null;
  const found = [
    ...(traps.profiles.get(name) ?? []),
    ...(session === null ? [] : (traps.ssoSessions.get(session) ?? [])),
  ];
  return found.map(({ code, section, key }) => warning(code, key === '' ? { section } : { section, key }));
}
