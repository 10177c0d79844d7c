import { BedrockTrayError } from '../../contract/errors.ts';
import type { ProfileView } from '../../contract/state.ts';

/** A role that a profile is wanted for. */
export interface NamedRole {
  accountId: string;
  accountName?: string | undefined;
  roleName: string;
}

/** Names profiles by account and role. */
export const defaultTemplate = '{account}-{role}';
export const templateFields = ['account', 'accountId', 'role'] as const;

const fieldPattern = /\{([^{}]*)\}/g;
/** Longest name that the contract lets stand in a section header. */
const longest = 128;

/**
 * The characters that every AWS SDK reads in `[profile NAME]`: JavaScript's loader skips sections whose names hold
 * any other (`/^([\w-]+)\s(["'])?([\w-@+.%:/]+)\2$/` in its parseIni).
 */
export function plainName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\w@+.%:/-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** Why a template cannot be used, or null. */
export function templateProblem(template: string): string | null {
  for (const [field, name] of template.matchAll(fieldPattern)) {
    if (!(templateFields as readonly string[]).includes(name ?? '')) return field;
  }
  const rest = template.replace(fieldPattern, '');
  if (/[{}]/.test(rest)) return '{ }';
  return null;
}

function filled(template: string, role: NamedRole): string {
  const values: Record<string, string> = {
    // A name of other letters (生产) leaves nothing that every SDK reads: the number names the account then.
    account: plainName(role.accountName ?? '') || role.accountId,
    accountId: role.accountId,
    role: plainName(role.roleName),
  };
  return plainName(template.replace(fieldPattern, (_, name: string) => values[name] ?? '')).slice(0, longest);
}

/** What the names of the profiles that are there stand for, seen from one SSO session (and region, where one is wanted). */
export function takenBy(
  profiles: readonly Pick<
    ProfileView,
    'name' | 'ssoSession' | 'accountId' | 'roleName' | 'region' | 'problem'
  >[],
  wish: { ssoSession: string; region?: string | undefined },
): (name: string, role: NamedRole) => 'free' | 'same' | 'other' {
  const known = new Map(profiles.map((p) => [p.name, p]));
  return (name, role) => {
    const there = known.get(name);
    if (!there) return 'free';
    const isSame =
      there.problem === null &&
      there.ssoSession === wish.ssoSession &&
      there.accountId === role.accountId &&
      there.roleName === role.roleName &&
      (wish.region === undefined || there.region === wish.region);
    return isSame ? 'same' : 'other';
  };
}

/**
 * The names of the profiles for some roles, in their order. A name that two of them would share, or that is taken by
 * something else, gets the account's number, then the role, then a count: the same choice has the same names whatever
 * its order. `taken` says what a name stands for already: nothing, this very role (its profile is then left as it
 * is), or something else. Errors: TemplateInvalid.
 */
export function profileNames(
  template: string,
  roles: readonly NamedRole[],
  taken: (name: string, role: NamedRole) => 'free' | 'same' | 'other',
): string[] {
  const reason = templateProblem(template);
  if (reason !== null) throw new BedrockTrayError('TemplateInvalid', { template, reason });
  const plain = roles.map((role) => filled(template, role));
  if (plain.some((name) => name === ''))
    throw new BedrockTrayError('TemplateInvalid', { template, reason: '' });
  const uses = new Map<string, number>();
  for (const name of plain) uses.set(name, (uses.get(name) ?? 0) + 1);
  const given = new Set<string>();
  /** The first count of a name that is not given yet. */
  const counted = new Map<string, number>();
  const counting = (whole: string, isFree: (way: string) => boolean): string => {
    const base = whole.slice(0, longest - 5);
    let count = counted.get(base) ?? 2;
    while (given.has(`${base}-${count}`)) count++;
    counted.set(base, count);
    while (!isFree(`${base}-${count}`)) count++;
    return `${base}-${count}`;
  };
  return roles.map((role, n) => {
    const name = plain[n] ?? '';
    const account = template.includes('{accountId}') ? name : `${name}-${role.accountId}`;
    const whole = template.includes('{role}') ? account : `${account}-${plainName(role.roleName)}`;
    const isFree = (way: string) => !given.has(way) && taken(way, role) !== 'other';
    const ways = (uses.get(name) ?? 0) > 1 ? [account, whole] : [name, account, whole];
    const chosen = ways.map((way) => way.slice(0, longest)).find(isFree) ?? counting(whole, isFree);
    given.add(chosen);
    return chosen;
  });
}
