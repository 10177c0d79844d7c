import { type Finding, type ImportSources, programOf, unsupported } from './finding.ts';

const leappSealed =
  'Leapp keeps account and role in its encrypted workspace, from which nothing is taken: sign in here and choose them';

/**
 * Leapp: `credential_process = leapp session generate ID` (Noovolari/leapp packages/core aws-session-service.ts), or
 * keys and a region that it writes to the credentials file while a session runs (aws-sso-role-service.ts,
 * applyCredentials). Neither names an account or a role; ~/.Leapp/Leapp-lock.json, which does, is encrypted
 * (repository.ts, persistWorkspace).
 */
export function leapp(name: string, words: readonly string[], sources: ImportSources): Finding[] {
  if (programOf(words) !== 'leapp' || words[1] !== 'session') return [];
  const found = { id: `leapp:${name}`, tool: 'leapp' as const, profile: name, file: sources.files.config };
  return [{ ...found, wanted: null, problem: unsupported(name, leappSealed) }];
}

/** Profiles of the credentials file that look as Leapp writes them, where Leapp is. */
export function leappKeys(sources: ImportSources): Finding[] {
  if (sources.leapp === null) return [];
  return [...sources.credentials].flatMap(([name, options]): Finding[] => {
    const written = options.has('aws_session_token') && options.has('region') && !sources.config.has(name);
    if (!written) return [];
    const file = sources.files.credentials;
    const problem = unsupported(name, leappSealed);
    return [{ id: `leapp:${name}`, tool: 'leapp', profile: name, file, wanted: null, problem }];
  });
}
