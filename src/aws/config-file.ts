import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BedrockTrayError } from '../contract/errors.ts';
import type { Env } from './endpoints.ts';
import { decodeIni, IniError, type IniSection, parseIni, splitWords } from './ini.ts';

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

export interface ConfiguredProfile {
  name: string;
  kind: 'sso' | 'sso-legacy' | 'other';
  ssoSession: string | null;
  accountId: string | null;
  roleName: string | null;
  region: string | null;
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

type Options = ReadonlyMap<string, string>;
const optionsOf = (section: IniSection): Options =>
  new Map([...section.options].map(([key, option]) => [key, option.value]));

/** What credentials a profile uses, where those are not a permission set's: the key that says so. */
const otherKinds = [
  'role_arn',
  'web_identity_token_file',
  'login_session',
  'credential_process',
  'credential_source',
  'aws_access_key_id',
] as const;
/** Of those, what the AWS CLI prefers to an SSO profile. */
const beatsSso = new Set<string>(['role_arn', 'web_identity_token_file']);

const value = (options: Options, key: string): string | null => {
  const v = options.get(key);
  return v === undefined || v === '' || v.startsWith('\n') ? null : v;
};

function profileOf(
  name: string,
  options: Options,
  sessions: ReadonlyMap<string, Options>,
): ConfiguredProfile {
  const startUrl = value(options, 'sso_start_url');
  const session = value(options, 'sso_session');
  const accountId = value(options, 'sso_account_id');
  const roleName = value(options, 'sso_role_name');
  const profile: ConfiguredProfile = {
    name,
    kind: session !== null ? 'sso' : startUrl !== null ? 'sso-legacy' : 'other',
    ssoSession: session ?? startUrl,
    accountId,
    roleName,
    region: value(options, 'region'),
    unsupported: null,
  };
  const other = otherKinds.find((key) => options.has(key));
  if (profile.kind === 'other' || (other !== undefined && beatsSso.has(other))) {
    return { ...profile, kind: 'other', ssoSession: null, unsupported: other ?? 'sso_session' };
  }
  profile.unsupported = whyNot(profile, options, sessions);
  return profile;
}

/** What is missing or in contradiction in an SSO profile; the AWS CLI refuses the same. */
function whyNot(
  profile: ConfiguredProfile,
  options: Options,
  sessions: ReadonlyMap<string, Options>,
): string | null {
  if (profile.kind === 'sso') {
    const name = profile.ssoSession ?? '';
    const session = sessions.get(name);
    if (!session) return `no [sso-session ${name}]`;
    for (const key of ['sso_start_url', 'sso_region']) {
      if (value(session, key) === null) return `no ${key} in [sso-session ${name}]`;
      const own = options.get(key);
      if (own !== undefined && own !== session.get(key)) {
        return `another ${key} than in [sso-session ${name}]`;
      }
    }
  } else if (value(options, 'sso_region') === null) return 'no sso_region';
  if (profile.accountId === null) return 'no sso_account_id';
  if (!/^\d{12}$/.test(profile.accountId)) return 'sso_account_id is not twelve digits';
  if (profile.roleName === null) return 'no sso_role_name';
  return null;
}

function sessionOf(
  id: string,
  options: Options,
  kind: ConfiguredSsoSession['kind'],
): ConfiguredSsoSession | null {
  const startUrl = value(options, 'sso_start_url');
  const region = value(options, 'sso_region');
  if (startUrl === null || region === null || !URL.canParse(startUrl)) return null;
  const scopes = value(options, 'sso_registration_scopes')
    ?.split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');
  return { id, kind, startUrl, region, scopes: scopes ?? null };
}

/** Options by name of profile and of SSO session, as botocore's `full_config` has them. */
export interface AwsSections {
  profiles: Map<string, Options>;
  ssoSessions: Map<string, Options>;
}

/** Both files' sections, sorted by what they are for; of two of one name the later wins. */
export function sortSections(config: IniSection[], credentials: IniSection[]): AwsSections {
  const profiles = new Map<string, Options>();
  const ssoSessions = new Map<string, Options>();
  for (const section of config) {
    const known = sectionOf(section.name);
    if (known) (known.type === 'profile' ? profiles : ssoSessions).set(known.name, optionsOf(section));
  }
  // The credentials file names profiles bare; its values win.
  for (const section of credentials) {
    const merged = new Map([...(profiles.get(section.name) ?? []), ...optionsOf(section)]);
    profiles.set(section.name, merged);
  }
  return { profiles, ssoSessions };
}

/** What the sections mean to us. */
export function configOf({ profiles, ssoSessions: sections }: AwsSections): AwsConfig {
  const ssoSessions = new Map<string, ConfiguredSsoSession>();
  for (const [name, options] of sections) {
    const session = sessionOf(name, options, 'sso-session');
    if (session) ssoSessions.set(name, session);
  }
  const known = new Map<string, ConfiguredProfile>();
  for (const [name, options] of profiles) {
    const profile = profileOf(name, options, sections);
    known.set(name, profile);
    if (
      profile.kind === 'sso-legacy' &&
      profile.ssoSession !== null &&
      !ssoSessions.has(profile.ssoSession)
    ) {
      const session = sessionOf(profile.ssoSession, options, 'legacy');
      if (session) ssoSessions.set(session.id, { ...session, scopes: null });
    }
  }
  return { profiles: known, ssoSessions };
}

/** A file's sections; [] where there is no such file. Errors: ConfigMalformed. */
export async function readAwsFile(file: string): Promise<IniSection[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code ?? 'unreadable';
    // What is not a file (a folder, /dev/null's kin) is no configuration to the AWS CLI either.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return [];
    throw new BedrockTrayError('ConfigMalformed', { file, line: 0, reason: code });
  }
  return parseAwsText(file, bytes);
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

/** Reads both files. Errors: ConfigMalformed with file, line and reason. */
export async function readAwsConfig(files: AwsFiles): Promise<AwsConfig> {
  return configOf(sortSections(await readAwsFile(files.config), await readAwsFile(files.credentials)));
}
