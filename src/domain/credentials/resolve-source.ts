import type { ProfileKind } from '../../contract/state.ts';
import { roleOfArn } from '../profiles/partition.ts';
import type { AssumeRoleSource, CredentialSource } from './credential-source.ts';

/** Keys (lower case) and values of one section. A value that begins with a line feed is a nested block. */
export type Options = ReadonlyMap<string, string>;

/** What the two AWS files say, by name of profile and of SSO session. */
export interface Sections {
  /** Both files together; the credentials file's values win. */
  profiles: ReadonlyMap<string, Options>;
  ssoSessions: ReadonlyMap<string, Options>;
  /** Each file's own profiles: static keys are looked for in one file after the other. */
  inConfig: ReadonlyMap<string, Options>;
  inCredentials: ReadonlyMap<string, Options>;
}

/**
 * Where a profile's credentials come from, or why it has none. `chain`: the profiles gone through, nearest first;
 * `at`: the profile that `refused` is about.
 */
export type Resolution =
  | { kind: ProfileKind; chain: string[]; source: CredentialSource; refused: null }
  | { kind: ProfileKind; chain: string[]; source: null; refused: string; at: string };

/**
 * More profiles behind one another than anybody has: each costs a call at each renewal. Also what bounds the work for
 * a file of profiles that all go through each other.
 */
const MAX_HOPS = 50;

/** Why a profile cannot be used: thrown inside this file only. */
class Refusal extends Error {
  readonly kind: ProfileKind;
  readonly at: string;
  constructor(at: string, kind: ProfileKind, reason: string) {
    super(reason);
    this.at = at;
    this.kind = kind;
  }
}

/** A plain value; null where there is none, or an empty one, or a nested block. */
export function plainValue(options: Options | undefined, key: string): string | null {
  const value = options?.get(key);
  return value === undefined || value === '' || value.startsWith('\n') ? null : value;
}

/** Python's `int()`, with which the AWS CLI reads duration_seconds; null where it gives up (and goes on without). */
export function durationOf(text: string): number | null {
  return /^[+-]?\d+(?:_\d+)*$/.test(text.trim()) ? Number(text.trim().replaceAll('_', '')) : null;
}

/** botocore: a role is assumed where there is a role_arn, and web identity has not been asked for. */
const assumesRole = (profile: Options) => profile.has('role_arn') && !profile.has('web_identity_token_file');
const hasStaticKeys = (profile: Options) =>
  profile.has('aws_access_key_id') || profile.has('aws_secret_access_key');

/**
 * Resolves a profile exactly as the AWS CLI and botocore do when it is named (`--profile`, AWS_PROFILE): a role to
 * assume first, then web identity, SSO, keys of the credentials file, `aws login`, credential_process, keys of the
 * config file (botocore 1.43, create_credential_resolver and AssumeRoleProvider). Undefined: no such profile.
 */
export function resolveSource(name: string, sections: Sections): Resolution | undefined {
  const profile = sections.profiles.get(name);
  if (!profile) return undefined;
  const chain: string[] = [];
  try {
    const source = assumesRole(profile)
      ? assumeRole(name, profile, sections, [name], plainValue(profile, 'region'))
      : ownSource(name, profile, sections);
    if (!source) throw new Refusal(name, emptyKind(profile), emptyReason(profile));
    for (let s = source; s.kind === 'assume-role' && s.sourceProfile !== null; s = s.source) {
      chain.push(s.sourceProfile);
    }
    const kind = source.kind === 'environment' ? 'none' : source.kind;
    return { kind: kind === 'sso' ? ssoKind(profile) : kind, chain, source, refused: null };
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    const kind = assumesRole(profile) ? 'assume-role' : e.kind;
    return { kind, chain, source: null, refused: e.message, at: e.at };
  }
}

const ssoKind = (profile: Options): ProfileKind => (profile.has('sso_session') ? 'sso' : 'sso-legacy');

/** A section that names an SSO session and no role is for tools that want the token alone. */
function emptyKind(profile: Options): ProfileKind {
  if (plainValue(profile, 'sso_session') !== null) return 'sso';
  return plainValue(profile, 'sso_start_url') !== null ? 'sso-legacy' : 'none';
}
const emptyReason = (profile: Options): string =>
  emptyKind(profile) === 'none' ? 'no credentials in this section' : 'no sso_account_id';

function assumeRole(
  name: string,
  profile: Options,
  sections: Sections,
  visited: string[],
  region: string | null,
): AssumeRoleSource {
  const refuse = (reason: string) => new Refusal(name, 'assume-role', reason);
  const roleArn = plainValue(profile, 'role_arn');
  if (roleArn === null) throw refuse('no role_arn');
  if (!roleOfArn(roleArn)) throw refuse('role_arn is not the ARN of a role');
  const duration = plainValue(profile, 'duration_seconds');
  const durationSeconds = duration === null ? null : durationOf(duration);
  if (durationSeconds !== null && (durationSeconds < 900 || durationSeconds > 43_200)) {
    throw refuse('duration_seconds is not between 900 and 43200');
  }
  return {
    kind: 'assume-role',
    roleArn,
    ...sourceOfRole(name, profile, sections, visited, region),
    externalId: plainValue(profile, 'external_id'),
    mfaSerial: plainValue(profile, 'mfa_serial'),
    sessionName: plainValue(profile, 'role_session_name'),
    durationSeconds,
    region,
  };
}

/** What signs the AssumeRole request: source_profile XOR credential_source. */
function sourceOfRole(
  name: string,
  profile: Options,
  sections: Sections,
  visited: string[],
  region: string | null,
): Pick<AssumeRoleSource, 'source' | 'sourceProfile'> {
  const refuse = (reason: string) => new Refusal(name, 'assume-role', reason);
  const credentialSource = profile.get('credential_source');
  const sourceProfile = profile.get('source_profile');
  if (credentialSource !== undefined) {
    if (sourceProfile !== undefined) throw refuse('both source_profile and credential_source');
    if (credentialSource === 'Environment') return { source: { kind: 'environment' }, sourceProfile: null };
    if (credentialSource === 'Ec2InstanceMetadata') {
      throw refuse('credential_source = Ec2InstanceMetadata: only for programs on an EC2 instance');
    }
    if (credentialSource === 'EcsContainer') {
      throw refuse('credential_source = EcsContainer: only for programs in a container on ECS or EKS');
    }
    throw refuse(
      `credential_source = ${plainValue(profile, 'credential_source') ?? '(empty)'} is none that AWS knows`,
    );
  }
  if (sourceProfile === undefined) throw refuse('role_arn without source_profile or credential_source');
  const base = sections.profiles.get(sourceProfile);
  if (!base) throw refuse(`source_profile: no profile “${plainValue(profile, 'source_profile') ?? ''}”`);
  // A profile may be its own source: then its static keys sign the request.
  const isOwnKeys = sourceProfile === name && hasStaticKeys(base);
  if (visited.includes(sourceProfile) && !isOwnKeys) {
    throw refuse(
      `source_profile goes in a circle: ${[...visited.slice(visited.indexOf(sourceProfile)), sourceProfile].join(' → ')}`,
    );
  }
  if (visited.length > MAX_HOPS) throw refuse(`source_profile goes through more than ${MAX_HOPS} profiles`);
  visited.push(sourceProfile);
  const source =
    assumesRole(base) && !hasStaticKeys(base)
      ? assumeRole(sourceProfile, base, sections, visited, region)
      : ownSource(sourceProfile, base, sections);
  if (!source) throw refuse(`source_profile: profile “${sourceProfile}” has no credentials`);
  return { source, sourceProfile };
}

/** What a section gives by itself; null where it has nothing. In botocore's order. */
function ownSource(name: string, profile: Options, sections: Sections): CredentialSource | null {
  return (
    webIdentity(name, profile) ??
    sso(name, profile, sections) ??
    staticKeys(name, sections.inCredentials.get(name)) ??
    login(name, profile) ??
    credentialProcess(name, profile) ??
    staticKeys(name, sections.inConfig.get(name))
  );
}

function webIdentity(name: string, profile: Options): CredentialSource | null {
  const tokenFile = plainValue(profile, 'web_identity_token_file');
  if (tokenFile === null) return null;
  const roleArn = plainValue(profile, 'role_arn');
  if (roleArn === null) throw new Refusal(name, 'web-identity', 'web_identity_token_file without role_arn');
  if (!roleOfArn(roleArn)) throw new Refusal(name, 'web-identity', 'role_arn is not the ARN of a role');
  return {
    kind: 'web-identity',
    roleArn,
    tokenFile,
    sessionName: plainValue(profile, 'role_session_name'),
    region: plainValue(profile, 'region'),
  };
}

function sso(name: string, profile: Options, { ssoSessions }: Sections): CredentialSource | null {
  if (!profile.has('sso_account_id') && !profile.has('sso_role_name')) return null;
  const sessionName = profile.get('sso_session');
  const kind = ssoKind(profile);
  const refuse = (reason: string) => new Refusal(name, kind, reason);
  let session: Options | undefined;
  if (sessionName !== undefined) {
    session = ssoSessions.get(sessionName);
    if (!session) throw refuse(`no [sso-session ${sessionName}]`);
    for (const [key, value] of session) {
      const own = profile.get(key);
      if (own !== undefined && own !== value) {
        throw refuse(`another ${key} than in [sso-session ${sessionName}]`);
      }
    }
  }
  // The token needs the address and its region in the session itself (botocore's SSOTokenProvider).
  const required = (key: string, where: Options | undefined): string => {
    const value = plainValue(where, key);
    if (value !== null) return value;
    throw refuse(session && where === session ? `no ${key} in [sso-session ${sessionName}]` : `no ${key}`);
  };
  const either = (key: string) => (session?.has(key) && !profile.has(key) ? session : profile);
  const startUrl = required('sso_start_url', session ?? profile);
  required('sso_region', session ?? profile);
  const accountId = required('sso_account_id', either('sso_account_id'));
  const roleName = required('sso_role_name', either('sso_role_name'));
  if (!URL.canParse(startUrl)) throw refuse('sso_start_url is no address');
  if (!/^\d{12}$/.test(accountId)) throw refuse('sso_account_id is not twelve digits');
  return { kind: 'sso', ssoSession: sessionName ?? startUrl, accountId, roleName };
}

function staticKeys(name: string, section: Options | undefined): CredentialSource | null {
  if (!section?.has('aws_access_key_id')) return null;
  for (const key of ['aws_access_key_id', 'aws_secret_access_key']) {
    if (plainValue(section, key) === null) throw new Refusal(name, 'static', `no ${key}`);
  }
  return { kind: 'static', profile: name };
}

function login(name: string, profile: Options): CredentialSource | null {
  if (!profile.has('login_session')) return null;
  const loginSession = plainValue(profile, 'login_session');
  if (loginSession === null) throw new Refusal(name, 'login', 'login_session is empty');
  return { kind: 'login', loginSession, region: plainValue(profile, 'region') };
}

function credentialProcess(name: string, profile: Options): CredentialSource | null {
  if (!profile.has('credential_process')) return null;
  const command = plainValue(profile, 'credential_process');
  if (command === null) throw new Refusal(name, 'process', 'credential_process is empty');
  // It would ask us, who would run it, without end.
  const asked = /\bbedrock-tray\b.*\s--profile[\s=]+["']?([^"']+?)["']?(?:\s|$)/.exec(command)?.[1];
  if (asked === name) {
    throw new Refusal(name, 'process', 'credential_process asks Bedrock Tray for this same profile');
  }
  return { kind: 'process', command };
}
