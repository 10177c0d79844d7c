import { type Options, plainValue } from '../credentials/resolve-source.ts';
import { roleOfArn } from '../profiles/partition.ts';
import {
  type Finding,
  type ImportSources,
  optionOf,
  programOf,
  roleOf,
  unsupported,
  type Wanted,
} from './finding.ts';
import { mapAt, textAt } from './simple-yaml.ts';

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
export function awsSsoCli(
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
export function awsSsoInstances(sources: ImportSources): Finding[] {
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
