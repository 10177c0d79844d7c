import type { ErrorView } from '../contract/errors.ts';
import { AccountId, Region, RoleName, StartUrl } from '../contract/names.ts';
import type { ImportTool } from '../contract/state.ts';
import { roleOfArn } from './partition.ts';
import { type Options, plainValue } from './resolve-source.ts';
import { mapAt, textAt, type YamlMap } from './simple-yaml.ts';

/**
 * What other tools leave in ~/.aws, and what of it can be taken over. Each rule names where its format stands in the
 * tool's own sources. Keys and tokens are neither read nor moved.
 */
export interface ImportSources {
  /** Profiles of the config file, and those of the credentials file, by name. */
  config: ReadonlyMap<string, Options>;
  credentials: ReadonlyMap<string, Options>;
  ssoSessions: ReadonlyMap<string, Options>;
  files: { config: string; credentials: string };
  /** aws-sso-cli's config.yaml, where it can be read. */
  awsSso: { file: string; yaml: YamlMap } | null;
  /** Leapp's workspace (encrypted), where there is one. */
  leapp: string | null;
  /** Splits a command line as botocore does; null where it refuses. */
  words(command: string): string[] | null;
}

/** A role of an access portal. */
export interface WantedRole {
  startUrl: string;
  ssoRegion: string;
  scopes: string | null;
  /** The tool's own name for the SSO session, if it has one. */
  sessionName: string | null;
  accountId: string;
  roleName: string;
  region: string | null;
}

/** What is made of a finding. `convert` names the keys that the profile loses. */
export type Wanted =
  | { how: 'add'; role: WantedRole }
  | { how: 'convert'; role: WantedRole; remove: readonly string[] }
  /** An AssumeRole profile with everything it inherited by the tool's own rules. */
  | { how: 'add'; options: Readonly<Record<string, string>> }
  /** An SSO session alone. */
  | { how: 'add'; session: Pick<WantedRole, 'startUrl' | 'ssoRegion' | 'scopes' | 'sessionName'> };

export interface Finding {
  id: string;
  tool: ImportTool;
  profile: string;
  file: string;
  wanted: Wanted | null;
  problem: ErrorView | null;
}

const unsupported = (profile: string, reason: string): ErrorView => ({
  code: 'ProfileUnsupported',
  params: { profile, reason },
});

type Draft = { [K in keyof WantedRole]: WantedRole[K] | null };

/** The role, or what of it is missing or wrong. */
function roleOf(draft: Draft): WantedRole | string {
  const { startUrl, ssoRegion, accountId, roleName, region } = draft;
  if (startUrl === null || !StartUrl.safeParse(startUrl).success) return 'no start URL';
  if (ssoRegion === null || !Region.safeParse(ssoRegion).success) return 'no region of IAM Identity Center';
  if (accountId === null || !AccountId.safeParse(accountId).success) return 'no account';
  if (roleName === null || !RoleName.safeParse(roleName).success) return 'no role';
  const known = region !== null && Region.safeParse(region).success ? region : null;
  return { ...draft, startUrl, ssoRegion, accountId, roleName, region: known };
}

/** The program's own name, without folder and `.exe`. */
const programOf = (words: readonly string[]): string =>
  (words[0]?.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '');

/** `--name value`, `--name=value`, `-n value` of a command line. */
function optionOf(words: readonly string[], ...names: string[]): string | null {
  for (const [n, word] of words.entries()) {
    for (const name of names) {
      if (word === name) return words[n + 1] ?? null;
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return null;
}

/** Start URL and region that stand in the profile itself (AWS CLI before 2.9): it gets no refresh token. */
function legacy(name: string, options: Options, sources: ImportSources): Finding[] {
  const startUrl = plainValue(options, 'sso_start_url');
  if (startUrl === null || options.has('sso_session')) return [];
  const role = roleOf({
    startUrl,
    ssoRegion: plainValue(options, 'sso_region'),
    scopes: null,
    sessionName: null,
    accountId: plainValue(options, 'sso_account_id'),
    roleName: plainValue(options, 'sso_role_name'),
    region: plainValue(options, 'region'),
  });
  const found = { tool: 'legacy' as const, profile: name, file: sources.files.config };
  const id = `legacy:${name}`;
  if (typeof role === 'string') return [{ ...found, id, wanted: null, problem: unsupported(name, role) }];
  const convert: Wanted = { how: 'convert', role, remove: ['sso_start_url', 'sso_region'] };
  return [
    { ...found, id: `${id}:convert`, wanted: convert, problem: null },
    { ...found, id, wanted: { how: 'add', role }, problem: null },
  ];
}

/**
 * Granted (common-fate/granted pkg/cfaws/granted_config.go): `credential_process = granted credential-process
 * --profile NAME` (`dgranted` in development) with granted_sso_start_url, _region, _account_id, _role_name and
 * _registration_scopes (profiles.go), the first two also from an sso_session. Without these (pkg/granted/
 * credentials.go) the keys are in Granted's own keyring.
 */
function granted(
  name: string,
  options: Options,
  words: readonly string[],
  sources: ImportSources,
): Finding[] {
  const isCommand = /^d?granted$/.test(programOf(words)) && words.includes('credential-process');
  const hasKeys = options.has('granted_sso_account_id');
  if (!isCommand && !hasKeys) return [];
  const found = {
    id: `granted:${name}`,
    tool: 'granted' as const,
    profile: name,
    file: sources.files.config,
  };
  if (!hasKeys) {
    const reason = 'its keys are in Granted’s keyring, from which nothing is taken';
    return [{ ...found, wanted: null, problem: unsupported(name, reason) }];
  }
  const sessionName = plainValue(options, 'sso_session');
  const session = sources.ssoSessions.get(sessionName ?? '');
  const role = roleOf({
    startUrl: plainValue(options, 'granted_sso_start_url') ?? plainValue(session, 'sso_start_url'),
    ssoRegion: plainValue(options, 'granted_sso_region') ?? plainValue(session, 'sso_region'),
    scopes: plainValue(options, 'granted_sso_registration_scopes'),
    sessionName,
    accountId: plainValue(options, 'granted_sso_account_id'),
    roleName: plainValue(options, 'granted_sso_role_name'),
    region: plainValue(options, 'region'),
  });
  if (typeof role === 'string') return [{ ...found, wanted: null, problem: unsupported(name, role) }];
  return [{ ...found, wanted: { how: 'add', role }, problem: null }];
}

/** Options of `aws-vault` that take a value (its `--help`); all others are switches or `--name=value`. */
const vaultValues = new Set([
  '--duration',
  '-d',
  '--region',
  '--mfa-token',
  '-t',
  '--format',
  '--prompt',
  '--backend',
  '--stdout',
  '--biometrics',
  '--pass-dir',
  '--pass-cmd',
  '--pass-prefix',
  '--file-dir',
  '--keychain',
  '--secret-service-collection',
]);

/** The profile that an `aws-vault exec|export` command line is for. */
function vaultProfile(words: readonly string[]): string | null {
  if (programOf(words) !== 'aws-vault') return null;
  const plain: string[] = [];
  for (let n = 1; n < words.length; n++) {
    const word = words[n] as string;
    if (word === '--') break;
    if (vaultValues.has(word)) n++;
    else if (!word.startsWith('-')) plain.push(word);
  }
  return plain[0] === 'exec' || plain[0] === 'export' ? (plain[1] ?? null) : null;
}

/** What aws-vault hands down from included profiles (99designs/aws-vault vault/config.go, populateFromConfigFile). */
const vaultKeys = [
  'mfa_serial',
  'role_arn',
  'external_id',
  'region',
  'role_session_name',
  'duration_seconds',
  'source_profile',
  'sso_session',
  'sso_start_url',
  'sso_region',
  'sso_account_id',
  'sso_role_name',
] as const;

/** A profile as aws-vault sees it: its own keys, then those of include_profile (v5: parent_profile), else of [default]. */
function vaultView(name: string, sources: ImportSources): Map<string, string> {
  const view = new Map<string, string>();
  const seen = new Set<string>();
  for (let at: string | null = name; at !== null && !seen.has(at); ) {
    seen.add(at);
    const options: Options | undefined = sources.config.get(at);
    for (const key of vaultKeys) {
      const value = plainValue(options, key);
      if (value !== null && !view.has(key)) view.set(key, value);
    }
    at =
      plainValue(options, 'include_profile') ??
      plainValue(options, 'parent_profile') ??
      (at === 'default' ? null : 'default');
  }
  if (view.get('source_profile') === name) view.delete('source_profile');
  return view;
}

function awsVault(
  name: string,
  options: Options,
  words: readonly string[],
  sources: ImportSources,
): Finding[] {
  const called = vaultProfile(words);
  const includes = options.has('include_profile') || options.has('parent_profile');
  if (called === null && !includes) return [];
  const found = {
    id: `aws-vault:${name}`,
    tool: 'aws-vault' as const,
    profile: name,
    file: sources.files.config,
  };
  const refused = (reason: string): Finding[] => [
    { ...found, wanted: null, problem: unsupported(name, reason) },
  ];
  const view = vaultView(called ?? name, sources);
  if (!view.has('region')) {
    const region = plainValue(options, 'region');
    if (region !== null) view.set('region', region);
  }
  const keyring = 'its keys are in aws-vault’s keyring, from which nothing is taken';
  if (view.has('role_arn')) {
    const source = view.get('source_profile');
    const usable = source === undefined ? undefined : sources.config.get(source);
    const isSso = usable?.has('sso_account_id') && (usable.has('sso_session') || usable.has('sso_start_url'));
    const hasKeys = source !== undefined && sources.credentials.get(source)?.has('aws_access_key_id');
    if (!isSso && !hasKeys)
      return refused(source === undefined ? keyring : `source_profile “${source}”: ${keyring}`);
    const keys = [
      'role_arn',
      'source_profile',
      'mfa_serial',
      'external_id',
      'role_session_name',
      'duration_seconds',
      'region',
    ];
    const entries = keys.flatMap((key) => (view.has(key) ? [[key, view.get(key) as string]] : []));
    return [{ ...found, wanted: { how: 'add', options: Object.fromEntries(entries) }, problem: null }];
  }
  const sessionName = view.get('sso_session') ?? null;
  const session = sources.ssoSessions.get(sessionName ?? '');
  if (!view.has('sso_account_id') && !view.has('sso_start_url') && !session) return refused(keyring);
  const role = roleOf({
    startUrl: plainValue(session, 'sso_start_url') ?? view.get('sso_start_url') ?? null,
    ssoRegion: plainValue(session, 'sso_region') ?? view.get('sso_region') ?? null,
    scopes: plainValue(session, 'sso_registration_scopes'),
    sessionName,
    accountId: view.get('sso_account_id') ?? null,
    roleName: view.get('sso_role_name') ?? null,
    region: view.get('region') ?? null,
  });
  return typeof role === 'string'
    ? refused(role)
    : [{ ...found, wanted: { how: 'add', role }, problem: null }];
}

/** An SSO instance of aws-sso-cli's config.yaml (its docs/config.md, SSOConfig). */
function awsSsoInstance(name: string | null, sources: ImportSources) {
  const all = mapAt(sources.awsSso?.yaml, 'SSOConfig');
  const names = Object.keys(all ?? {});
  const chosen =
    name ?? textAt(sources.awsSso?.yaml, 'DefaultSSO') ?? (names.length === 1 ? names[0] : 'Default');
  const map = mapAt(all, chosen ?? '');
  return {
    sessionName: chosen ?? null,
    startUrl: textAt(map, 'StartUrl'),
    ssoRegion: textAt(map, 'SSORegion'),
    region: textAt(map, 'DefaultRegion') ?? textAt(sources.awsSso?.yaml, 'DefaultRegion'),
    scopes: null,
  };
}

/**
 * aws-sso-cli (synfinatic/aws-sso-cli internal/awsconfig/config.go and, before 2.0, cmd/aws-sso/setup_profiles_cmd.go):
 * `credential_process = PATH/aws-sso [-u open] -S "NAME" process --arn ARN`; start URL and region of NAME are in its
 * config.yaml.
 */
function awsSsoCli(
  name: string,
  options: Options,
  words: readonly string[],
  sources: ImportSources,
): Finding[] {
  if (programOf(words) !== 'aws-sso' || !words.includes('process')) return [];
  const found = {
    id: `aws-sso-cli:${name}`,
    tool: 'aws-sso-cli' as const,
    profile: name,
    file: sources.files.config,
  };
  const instance = awsSsoInstance(optionOf(words, '-S', '--sso'), sources);
  const arn = optionOf(words, '--arn', '-a');
  const named = arn === null ? null : roleOfArn(arn);
  const role = roleOf({
    ...instance,
    accountId: named?.accountId ?? optionOf(words, '--account', '-A'),
    roleName: named?.roleName ?? optionOf(words, '--role', '-R'),
    region: plainValue(options, 'region') ?? instance.region,
  });
  if (typeof role !== 'string') return [{ ...found, wanted: { how: 'add', role }, problem: null }];
  const where = sources.awsSso === null ? 'aws-sso-cli’s config.yaml cannot be read' : role;
  return [{ ...found, wanted: null, problem: unsupported(name, where) }];
}

/** Instances of aws-sso-cli's config.yaml: an SSO session can be had from each, whether it has profiles or not. */
function awsSsoInstances(sources: ImportSources): Finding[] {
  return Object.keys(mapAt(sources.awsSso?.yaml, 'SSOConfig') ?? {}).flatMap((name): Finding[] => {
    const instance = awsSsoInstance(name, sources);
    const whole = roleOf({ ...instance, accountId: '000000000000', roleName: 'none' });
    if (typeof whole === 'string' || !sources.awsSso) return [];
    const { startUrl, ssoRegion } = whole;
    const session = { startUrl, ssoRegion, scopes: null, sessionName: name };
    const wanted: Wanted = { how: 'add', session };
    const { file } = sources.awsSso;
    return [{ id: `aws-sso-cli:@${name}`, tool: 'aws-sso-cli', profile: name, file, wanted, problem: null }];
  });
}

const leappSealed =
  'Leapp keeps account and role in its encrypted workspace, from which nothing is taken: sign in here and choose them';

/**
 * Leapp: `credential_process = leapp session generate ID` (Noovolari/leapp packages/core aws-session-service.ts), or
 * keys and a region that it writes to the credentials file while a session runs (aws-sso-role-service.ts,
 * applyCredentials). Neither names an account or a role; ~/.Leapp/Leapp-lock.json, which does, is encrypted
 * (repository.ts, persistWorkspace).
 */
function leapp(name: string, words: readonly string[], sources: ImportSources): Finding[] {
  if (programOf(words) !== 'leapp' || words[1] !== 'session') return [];
  const found = { id: `leapp:${name}`, tool: 'leapp' as const, profile: name, file: sources.files.config };
  return [{ ...found, wanted: null, problem: unsupported(name, leappSealed) }];
}

function leappKeys(sources: ImportSources): Finding[] {
  if (sources.leapp === null) return [];
  return [...sources.credentials].flatMap(([name, options]): Finding[] => {
    const written = options.has('aws_session_token') && options.has('region') && !sources.config.has(name);
    if (!written) return [];
    const file = sources.files.credentials;
    const problem = unsupported(name, leappSealed);
    return [{ id: `leapp:${name}`, tool: 'leapp', profile: name, file, wanted: null, problem }];
  });
}

/** Everything that can be taken over, or cannot and why, in the order of the files. */
export function findImports(sources: ImportSources): Finding[] {
  const findings = [...sources.config].flatMap(([name, options]) => {
    const command = plainValue(options, 'credential_process');
    const words = command === null ? [] : (sources.words(command) ?? []);
    const rules = [
      () => granted(name, options, words, sources),
      () => awsSsoCli(name, options, words, sources),
      () => leapp(name, words, sources),
      () => awsVault(name, options, words, sources),
      () => legacy(name, options, sources),
    ];
    for (const rule of rules) {
      const found = rule();
      if (found.length > 0) return found;
    }
    return [];
  });
  return [...findings, ...leappKeys(sources), ...awsSsoInstances(sources)];
}
