import { type Options, plainValue } from '../credentials/resolve-source.ts';
import { type Finding, type ImportSources, programOf, roleOf, unsupported } from './finding.ts';

/**
 * Granted (common-fate/granted pkg/cfaws/granted_config.go): `credential_process = granted credential-process
 * --profile NAME` (`dgranted` in development) with granted_sso_start_url, _region, _account_id, _role_name and
 * _registration_scopes (profiles.go), the first two also from an sso_session. Without these (pkg/granted/
 * credentials.go) the keys are in Granted's own keyring.
 */
export function granted(
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
