import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BedrockTrayError } from '../contract/errors.ts';
import type { ProfileKind, ProfileNote } from '../contract/state.ts';
import { type CredentialSource, ssoSessionOf } from '../domain/credentials/credential-source.ts';
import {
  type Options,
  plainValue,
  resolveSource,
  type Sections,
} from '../domain/credentials/resolve-source.ts';
import {
  type Partition,
  partitionOfArn,
  partitionOfRegion,
  partitionOfStartUrl,
  roleOfArn,
} from '../domain/profiles/partition.ts';
import { mfaSerialsOf, type NoteFacts, notesOf, type SdkTrap } from '../domain/profiles/profile-notes.ts';
import type { Env } from './endpoints.ts';
import { decodeIni, IniError, type IniSection, parseIni, splitWords } from './ini.ts';
import { sdkTraps } from './sdk-traps.ts';

/**
 * ~/.aws/config and ~/.aws/credentials as the AWS CLI understands them. Secrets in them (static keys) are seen only
 * by name, never kept.
 */
export interface AwsFiles {
  config: string;
  credentials: string;
}

export interface ConfiguredSsoSession {
  /** Section name, or start URL of a legacy profile: what its cache file is named by. */
  id: string;
  kind: 'sso-session' | 'legacy';
  startUrl: string;
  region: string;
  /** As configured; null where nothing is (the default is then `sso:account:access`). */
  scopes: readonly string[] | null;
}

/** A profile, resolved. */
export interface ConfiguredProfile {
  name: string;
  kind: ProfileKind;
  /** At the root of its chain, where that is a permission set. */
  ssoSession: string | null;
  accountId: string | null;
  roleName: string | null;
  region: string | null;
  roleArn: string | null;
  chain: string[];
  mfaSerial: string | null;
  partition: Partition;
  notes: ProfileNote[];
  source: CredentialSource | null;
  /** Why it cannot be used (ProfileUnsupported's reason), or null. */
  unsupported: string | null;
}

export interface AwsConfig {
  profiles: ReadonlyMap<string, ConfiguredProfile>;
  ssoSessions: ReadonlyMap<string, ConfiguredSsoSession>;
}

/** `~` and variables, as botocore expands them in AWS_CONFIG_FILE. */
function expand(path: string, userHome: string, env: Env): string {
  const filled = path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, a, b) => env[a ?? b] ?? all);
  return filled.replace(/^~(?=$|[\\/])/, () => userHome);
}

/** Where the two files are: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or below the person's home. */
export function awsFiles(env: Env, userHome: string = homedir()): AwsFiles {
  return {
    config: expand(env.AWS_CONFIG_FILE || join(userHome, '.aws', 'config'), userHome, env),
    credentials: expand(
      env.AWS_SHARED_CREDENTIALS_FILE || join(userHome, '.aws', 'credentials'),
      userHome,
      env,
    ),
  };
}

/** What a section of the config file is for. Null: not for us (`[services x]`, `[preview]`, an open quotation). */
export function sectionOf(header: string): { type: 'profile' | 'sso-session'; name: string } | null {
  if (header === 'default') return { type: 'profile', name: 'default' };
  const type = header.startsWith('profile')
    ? 'profile'
    : header.startsWith('sso-session')
      ? 'sso-session'
      : null;
  const words = type === null ? null : splitWords(header);
  const name = words?.length === 2 ? words[1] : undefined;
  return type === null || name === undefined ? null : { type, name };
}

function optionsOf(section: IniSection): Options {
  const options = new Map<string, string>();
  for (const [key, { value }] of section.options) options.set(key, value);
  return options;
}

function sessionOf(
  id: string,
  options: Options,
  kind: ConfiguredSsoSession['kind'],
): ConfiguredSsoSession | null {
  const startUrl = plainValue(options, 'sso_start_url');
  const region = plainValue(options, 'sso_region');
  if (startUrl === null || region === null || !URL.canParse(startUrl)) return null;
  const scopes = plainValue(options, 'sso_registration_scopes')
    ?.split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');
  return { id, kind, startUrl, region, scopes: scopes ?? null };
}

/** Options by name of profile and of SSO session, as botocore's `full_config` has them, and each file's own. */
export interface AwsSections extends Sections {
  profiles: Map<string, Options>;
  ssoSessions: Map<string, Options>;
  traps: { profiles: Map<string, SdkTrap[]>; ssoSessions: Map<string, SdkTrap[]> };
  defaultTwice: boolean;
}

/** Both files' sections, sorted by what they are for; of two of one name the later wins. */
export function sortSections(config: IniSection[], credentials: IniSection[]): AwsSections {
  const inConfig = new Map<string, Options>();
  const ssoSessions = new Map<string, Options>();
  const traps: AwsSections['traps'] = { profiles: new Map(), ssoSessions: new Map() };
  const inConfigTraps = sdkTraps(config, 'config');
  for (const section of config) {
    const known = sectionOf(section.name);
    if (!known) continue;
    const isProfile = known.type === 'profile';
    (isProfile ? inConfig : ssoSessions).set(known.name, optionsOf(section));
    const trapsHere = inConfigTraps.get(section.name);
    const sorted = isProfile ? traps.profiles : traps.ssoSessions;
    if (trapsHere) sorted.set(known.name, trapsHere);
    else sorted.delete(known.name);
  }
  const profiles = new Map(inConfig);
  const inCredentials = new Map<string, Options>();
  const inCredentialsTraps = sdkTraps(credentials, 'credentials');
  // The credentials file names profiles bare; its values win.
  for (const section of credentials) {
    const { name } = section;
    const options = optionsOf(section);
    inCredentials.set(name, options);
    profiles.set(name, new Map([...(inConfig.get(name) ?? []), ...options]));
    const trapsHere = inCredentialsTraps.get(name);
    if (trapsHere) traps.profiles.set(name, [...(traps.profiles.get(name) ?? []), ...trapsHere]);
  }
  const isDefault = (s: IniSection) => s.name !== 'default' && sectionOf(s.name)?.name === 'default';
  const defaultTwice =
    config.some((s) => s.name === 'default') &&
    config.some((s) => isDefault(s) && sectionOf(s.name)?.type === 'profile');
  return { profiles, ssoSessions, inConfig, inCredentials, traps, defaultTwice };
}

/** The two files' places and dates, for the notes. */
export type FileFacts = NoteFacts['files'];
const noFiles: FileFacts = {
  config: { path: '~/.aws/config', changed: null },
  credentials: { path: '~/.aws/credentials', changed: null },
};

/** What a section is by itself: shown whether it can be used or not. */
function profileOf(name: string, sections: AwsSections, files: FileFacts): ConfiguredProfile | null {
  const resolution = resolveSource(name, sections);
  const options = sections.profiles.get(name);
  if (!resolution || !options) return null;
  const { kind, chain, source, refused } = resolution;
  const region = plainValue(options, 'region');
  const isSso = kind === 'sso' || kind === 'sso-legacy';
  const session = sections.ssoSessions.get(plainValue(options, 'sso_session') ?? '');
  const startUrl = plainValue(session, 'sso_start_url') ?? plainValue(options, 'sso_start_url');
  const ssoRegion = plainValue(session, 'sso_region') ?? plainValue(options, 'sso_region');
  const roleArn = kind === 'assume-role' || kind === 'web-identity' ? plainValue(options, 'role_arn') : null;
  const arn = roleArn ?? (kind === 'login' ? plainValue(options, 'login_session') : null);
  const role = arn === null ? null : roleOfArn(arn);
  const elsewhere = refused !== null && resolution.at !== name ? `profile “${resolution.at}”: ` : '';
  return {
    name,
    kind,
    ssoSession: source
      ? ssoSessionOf(source)
      : isSso
        ? (plainValue(options, 'sso_session') ?? plainValue(options, 'sso_start_url'))
        : null,
    accountId: isSso
      ? (plainValue(options, 'sso_account_id') ?? plainValue(session, 'sso_account_id'))
      : (role?.accountId ?? accountOf(arn) ?? plainValue(options, 'aws_account_id')),
    roleName: isSso
      ? (plainValue(options, 'sso_role_name') ?? plainValue(session, 'sso_role_name'))
      : (role?.roleName ?? null),
    region,
    roleArn,
    chain,
    mfaSerial: source ? (mfaSerialsOf(source)[0] ?? null) : plainValue(options, 'mfa_serial'),
    partition:
      (arn === null ? null : partitionOfArn(arn)) ??
      (isSso && startUrl !== null ? partitionOfStartUrl(startUrl) : null) ??
      partitionOfRegion((isSso ? ssoRegion : null) ?? region ?? ''),
    notes: notesOf(name, resolution, { ...sections, sections, files }),
    source,
    unsupported: refused === null ? null : elsewhere + refused,
  };
}

const accountOf = (arn: string | null) =>
  arn === null ? null : (/^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? null);

/** What the sections mean to us. */
export function configOf(sections: AwsSections, files: FileFacts = noFiles): AwsConfig {
  const ssoSessions = new Map<string, ConfiguredSsoSession>();
  for (const [name, options] of sections.ssoSessions) {
    const session = sessionOf(name, options, 'sso-session');
    if (session) ssoSessions.set(name, session);
  }
  const known = new Map<string, ConfiguredProfile>();
  for (const [name, options] of sections.profiles) {
    const profile = profileOf(name, sections, files);
    if (!profile) continue;
    known.set(name, profile);
    // Also where a role takes the credentials that its own profile has otherwise (source_profile names itself).
    const { ssoSession } = profile;
    const isLegacy = ssoSession !== null && ssoSession === plainValue(options, 'sso_start_url');
    if (isLegacy && !ssoSessions.has(ssoSession)) {
      const session = sessionOf(ssoSession, options, 'legacy');
      if (session) ssoSessions.set(session.id, { ...session, scopes: null });
    }
  }
  return { profiles: known, ssoSessions };
}

/** Static keys of one section. Secrets: for the call they sign, never stored. */
export interface StaticKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | null;
  accountId: string | null;
}

/**
 * Reads a profile's static keys now, from the file that the AWS CLI takes them from (the credentials file first).
 * Null where there are none (any more). Errors: ConfigMalformed.
 */
export async function readStaticKeys(files: AwsFiles, profile: string): Promise<StaticKeys | null> {
  const read = await Promise.all([readAwsFile(files.config), readAwsFile(files.credentials)]);
  const { inConfig, inCredentials } = sortSections(...read);
  const section = [inCredentials.get(profile), inConfig.get(profile)].find((s) =>
    s?.has('aws_access_key_id'),
  );
  const accessKeyId = plainValue(section, 'aws_access_key_id');
  const secretAccessKey = plainValue(section, 'aws_secret_access_key');
  if (accessKeyId === null || secretAccessKey === null) return null;
  return {
    accessKeyId,
    secretAccessKey,
    // The older name is looked for first, as botocore does.
    sessionToken: plainValue(section, 'aws_security_token') ?? plainValue(section, 'aws_session_token'),
    accountId: plainValue(section, 'aws_account_id'),
  };
}

/** A file's bytes and the date of its last change; null where there is no such file. Errors: ConfigMalformed. */
export async function readAwsBytes(file: string): Promise<{ bytes: Uint8Array; changed: string } | null> {
  try {
    const [bytes, { mtime }] = await Promise.all([readFile(file), stat(file)]);
    return { bytes, changed: mtime.toISOString().slice(0, 10) };
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code ?? 'unreadable';
    // What is not a file (a folder, /dev/null's kin) is no configuration to the AWS CLI either.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw new BedrockTrayError('ConfigMalformed', { file, line: 0, reason: code });
  }
}

/** A file's sections; [] where there is no such file. Errors: ConfigMalformed. */
export async function readAwsFile(file: string): Promise<IniSection[]> {
  const read = await readAwsBytes(file);
  return read === null ? [] : parseAwsText(file, read.bytes);
}

/** Sections of bytes that stand (or shall stand) in `file`. Errors: ConfigMalformed. */
export function parseAwsText(file: string, bytes: Uint8Array): IniSection[] {
  try {
    return parseIni(decodeIni(bytes));
  } catch (e) {
    if (!(e instanceof IniError)) throw e;
    throw new BedrockTrayError('ConfigMalformed', { file, line: e.line, reason: e.message });
  }
}

/** What the two files' bytes mean (null: no such file). Errors: ConfigMalformed with file, line and reason. */
export function awsConfigOf(
  files: AwsFiles,
  config: Awaited<ReturnType<typeof readAwsBytes>>,
  credentials: Awaited<ReturnType<typeof readAwsBytes>>,
): AwsConfig {
  const sections = (file: string, read: typeof config) =>
    read === null ? [] : parseAwsText(file, read.bytes);
  return configOf(sortSections(sections(files.config, config), sections(files.credentials, credentials)), {
    config: { path: files.config, changed: config?.changed ?? null },
    credentials: { path: files.credentials, changed: credentials?.changed ?? null },
  });
}

/** Reads both files. Errors: ConfigMalformed with file, line and reason. */
export async function readAwsConfig(files: AwsFiles): Promise<AwsConfig> {
  const [config, credentials] = await Promise.all([
    readAwsBytes(files.config),
    readAwsBytes(files.credentials),
  ]);
  return awsConfigOf(files, config, credentials);
}
