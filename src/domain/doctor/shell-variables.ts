import { otherProviders } from '../sessions/other-providers.ts';
import { info, type Told, warning } from './findings.ts';

/** A line of a start-up file of the shell that sets a variable. */
export interface SetAt {
  name: string;
  /** `~/.bashrc:12` */
  place: string;
}

const identity = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
] as const;

/** `export AWS_PROFILE=x`, `set -gx AWS_PROFILE x`, `setenv AWS_PROFILE x`: where start-up files set a variable. */
export function settersIn(text: string, place: string, names: ReadonlySet<string>): SetAt[] {
  return text.split(/\r?\n/).flatMap((line, n) => {
    const [, posix, fish] =
      /^\s*(?:export\s+|declare\s+-x\s+|typeset\s+-x\s+)?([A-Z][A-Z0-9_]*)=|^\s*(?:set\s+-[^\sx]*x\S*\s+|setenv\s+)([A-Z][A-Z0-9_]*)\s/.exec(
        line,
      ) ?? [];
    const name = posix ?? fish;
    return name !== undefined && names.has(name) ? [{ name, place: `${place}:${n + 1}` }] : [];
  });
}

/** `AWS_PROFILE (~/.bashrc:3), AWS_REGION` */
function listed(names: readonly string[], setAt: readonly SetAt[]): string {
  return names
    .map((name) => {
      const place = setAt.find((s) => s.name === name)?.place;
      return place === undefined ? name : `${name} (${place})`;
    })
    .join(', ');
}

/** What the person's login shell carries that decides about AWS or Claude Code. Names and places, never a secret's value. */
export function variableFindings(facts: {
  env: Readonly<Record<string, string | undefined>>;
  setAt: readonly SetAt[];
  profiles: ReadonlySet<string>;
  region: string;
}): Told[] {
  const { env, setAt, profiles, region } = facts;
  const set = (names: readonly string[]) => names.filter((name) => (env[name] ?? '') !== '');
  const found: Told[] = [];
  const keys = set(identity);
  if (keys.length > 0) found.push(warning('keysInShell', { names: listed(keys, setAt) }));
  const providers = set(otherProviders);
  if (providers.length > 0) found.push(warning('providerInShell', { names: listed(providers, setAt) }));
  const [profileName] = set(['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']);
  const profile = profileName === undefined ? undefined : env[profileName];
  if (profileName !== undefined && profile !== undefined && !profiles.has(profile))
    found.push(warning('profileInShell', { names: listed([profileName], setAt), profile }));
  const [regionName] = set(['AWS_REGION', 'AWS_DEFAULT_REGION']);
  const value = regionName === undefined ? undefined : env[regionName];
  if (regionName !== undefined && value !== undefined && value !== region)
    found.push(info('regionInShell', { names: listed([regionName], setAt), value, region }));
  return found;
}
