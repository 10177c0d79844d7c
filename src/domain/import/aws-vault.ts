import { type Options, plainValue } from '../credentials/resolve-source.ts';
import { type Finding, type ImportSources, programOf, roleOf, unsupported } from './finding.ts';

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

/** aws-vault: a profile that runs it, or that inherits by its own rules. */
export function awsVault(
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
