import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { AccountView } from '../../../../src/contract/state.ts';

/** The roles of one account as far as they are known. */
export type KnownRoles = { names: readonly string[] } | { error: ErrorView } | 'asking';

/** A row of the tree of accounts and roles. `note`: why an account shows no roles. */
export type RoleRow =
  | { kind: 'account'; key: string; account: AccountView; expanded: boolean; position: number; of: number }
  | { kind: 'role'; key: string; account: AccountView; roleName: string; position: number; of: number }
  | { kind: 'note'; key: string; account: AccountView; note: 'asking' | 'none' | ErrorView };

export const roleKey = (accountId: string, roleName: string): string => `${accountId} ${roleName}`;

/** So many accounts are opened without being asked: their roles can be read at one glance. */
export const OPENED_BY_ITSELF = 12;

/**
 * The accounts that fit a search, with the roles of those that are open. A role that fits shows its account. `toggled`
 * are the accounts that a person opened or closed against what would be.
 */
export function roleRows(
  accounts: readonly AccountView[],
  roles: ReadonlyMap<string, KnownRoles>,
  search: string,
  toggled: ReadonlySet<string>,
): RoleRow[] {
  const needle = search.trim().toLowerCase();
  const fits = (text: string): boolean => text.toLowerCase().includes(needle);
  const found = accounts.flatMap((account) => {
    const known = roles.get(account.accountId);
    const names = known !== undefined && known !== 'asking' && 'names' in known ? known.names : null;
    if (needle === '' || fits(`${account.name} ${account.accountId} ${account.email}`))
      return [{ account, known, names }];
    const fitting = names?.filter(fits) ?? [];
    return fitting.length > 0 ? [{ account, known, names: fitting }] : [];
  });
  const few = found.length <= OPENED_BY_ITSELF;
  return found.flatMap(({ account, known, names }, n): RoleRow[] => {
    const { accountId } = account;
    const expanded = few !== toggled.has(accountId);
    const head: RoleRow = {
      kind: 'account',
      key: accountId,
      account,
      expanded,
      position: n + 1,
      of: found.length,
    };
    if (!expanded) return [head];
    if (names !== null && names.length > 0)
      return [
        head,
        ...names.map(
          (roleName, m): RoleRow => ({
            kind: 'role',
            key: roleKey(accountId, roleName),
            account,
            roleName,
            position: m + 1,
            of: names.length,
          }),
        ),
      ];
    const note = names !== null ? 'none' : known === undefined || known === 'asking' ? 'asking' : known;
    return [
      head,
      {
        kind: 'note',
        key: `${accountId} note`,
        account,
        note: typeof note === 'object' && 'error' in note ? note.error : (note as 'asking' | 'none'),
      },
    ];
  });
}

/**
 * The role that is meant without being asked: the only one there is, or the only one that names Bedrock. Null while not
 * all are known, and where it is not plain.
 */
export function plainRole(
  accounts: readonly AccountView[],
  roles: ReadonlyMap<string, KnownRoles>,
): { account: AccountView; roleName: string } | null {
  const all: { account: AccountView; roleName: string }[] = [];
  for (const account of accounts) {
    const known = roles.get(account.accountId);
    if (known === undefined || known === 'asking' || !('names' in known)) return null;
    for (const roleName of known.names) all.push({ account, roleName });
  }
  if (all.length === 1) return all[0] ?? null;
  const bedrock = all.filter(({ roleName }) => /bedrock/i.test(roleName));
  return bedrock.length === 1 ? (bedrock[0] ?? null) : null;
}

/** The next row that the keyboard goes to, `by` rows on; notes are passed over. */
export function rowFrom(rows: readonly RoleRow[], at: number, by: number): number {
  const last = rows.length - 1;
  if (last < 0) return -1;
  const step = by < 0 ? -1 : 1;
  let next = Math.max(0, Math.min(last, at + by));
  while (rows[next]?.kind === 'note' && next + step >= 0 && next + step <= last) next += step;
  return rows[next]?.kind === 'note' ? at : next;
}
