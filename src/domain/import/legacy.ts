import { type Options, plainValue } from '../credentials/resolve-source.ts';
import { type Finding, type ImportSources, roleOf, unsupported, type Wanted } from './finding.ts';

/** Start URL and region that stand in the profile itself (AWS CLI before 2.9): it gets no refresh token. */
export function legacy(name: string, options: Options, sources: ImportSources): Finding[] {
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
