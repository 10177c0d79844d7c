import type { ErrorView } from '../../contract/errors.ts';
import { AccountId, Region, RoleName, StartUrl } from '../../contract/names.ts';
import type { ImportTool } from '../../contract/state.ts';
import type { Options } from '../credentials/resolve-source.ts';
import type { YamlMap } from './simple-yaml.ts';

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

/** Why something cannot be taken over. */
export const unsupported = (profile: string, reason: string): ErrorView => ({
  code: 'ProfileUnsupported',
  params: { profile, reason },
});

type Draft = { [K in keyof WantedRole]: WantedRole[K] | null };

/** The role, or what of it is missing or wrong. */
export function roleOf(draft: Draft): WantedRole | string {
  const { startUrl, ssoRegion, accountId, roleName, region } = draft;
  if (startUrl === null || !StartUrl.safeParse(startUrl).success) return 'no start URL';
  if (ssoRegion === null || !Region.safeParse(ssoRegion).success) return 'no region of IAM Identity Center';
  if (accountId === null || !AccountId.safeParse(accountId).success) return 'no account';
  if (roleName === null || !RoleName.safeParse(roleName).success) return 'no role';
  const known = region !== null && Region.safeParse(region).success ? region : null;
  return { ...draft, startUrl, ssoRegion, accountId, roleName, region: known };
}

/** The program's own name, without folder and `.exe`. */
export const programOf = (words: readonly string[]): string =>
  (words[0]?.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '');

/** `--name value`, `--name=value`, `-n value` of a command line. */
export function optionOf(words: readonly string[], ...names: string[]): string | null {
  for (const [n, word] of words.entries()) {
    for (const name of names) {
      if (word === name) return words[n + 1] ?? null;
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return null;
}
