import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { AccountView } from '../../../../src/contract/state.ts';
import type { NamedRole } from '../../../../src/domain/profiles/profile-name-template.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/fields.tsx';
import { useLimitedList, useProminent } from '../../components/limited-list.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Undoable } from '../../components/undo.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { AccountRoles } from './account-roles.tsx';
import { CreateProfiles } from './create-profiles.tsx';
import { type ChosenRole, UseRole } from './use-role.tsx';

/** Accounts drawn at once; more on request. */
const PAGE = 100;
/** From so many accounts on they can be searched. */
const SEARCHED_FROM = 6;
const none: ReadonlySet<string> = new Set();

/** The accounts and roles that a signed-in person may use: one becomes an environment, many become profiles. */
export function Roles({ prominent }: { prominent: boolean }): ReactNode {
  const words = useWords();
  const { ssoSessions, profilesRevision } = useSnapshot();
  const signedIn = ssoSessions.filter((s) => ['valid', 'refreshing', 'degraded'].includes(s.state));
  const [wanted, setWanted] = useState<string | null>(null);
  const session = signedIn.find((s) => s.id === wanted) ?? signedIn[0] ?? null;
  const accounts = useAsk(
    'accounts.list',
    session ? { ssoSession: session.id } : null,
    session?.generation === 0 ? 0 : 1,
  );
  const profiles = useAsk('profiles.list', session ? {} : null, profilesRevision);
  const [used, setUsed] = useState<ChosenRole | null>(null);
  const [chosen, setChosen] = useState<ReadonlyMap<string, ReadonlySet<string>>>(new Map());
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<number | null>(null);
  const section = useProminent(prominent);
  const choose = useCallback((accountId: string, names: readonly string[], on: boolean): void => {
    setChosen((old) => {
      const inAccount = new Set(old.get(accountId));
      for (const name of names) on ? inAccount.add(name) : inAccount.delete(name);
      const next = new Map(old).set(accountId, inAccount);
      if (inAccount.size === 0) next.delete(accountId);
      return next;
    });
  }, []);

  const id = session?.id ?? '';
  const use = useCallback(
    (account: AccountView, roleName: string) => setUsed({ ssoSession: id, account, roleName }),
    [id],
  );
  const profileByRole = useMemo(
    () =>
      new Map(
        (profiles.data?.profiles ?? [])
          .filter((p) => p.ssoSession === id && p.kind.startsWith('sso'))
          .map((p) => [`${p.accountId} ${p.roleName}`, p.name]),
      ),
    [profiles.data, id],
  );

  const all = accounts.data?.accounts ?? [];
  const list = useLimitedList({
    all,
    page: PAGE,
    searchedFrom: SEARCHED_FROM,
    textOf: (a) => `${a.name} ${a.accountId} ${a.email}`,
    label: words.t('page:searchAccounts'),
    hint: words.t('page:searchAccountsHint'),
  });
  const roles: NamedRole[] = all.flatMap((a) =>
    [...(chosen.get(a.accountId) ?? [])].map((roleName) => ({
      accountId: a.accountId,
      accountName: a.name,
      roleName,
    })),
  );
  return (
    <section className="panel" aria-labelledby="roles" ref={section}>
      <div>
        <h2 id="roles">{words.t('page:accountsAndRoles')}</h2>
        <p className="quiet">{words.t('page:accountsAndRolesExplained')}</p>
      </div>
      {created !== null && (
        <Undoable onClose={() => setCreated(null)}>{words.t('page:created', { count: created })}</Undoable>
      )}
      {session === null ? (
        <p className="quiet">{words.t('page:signInToSeeAccounts')}</p>
      ) : (
        <>
          <div className="form-pair">
            {signedIn.length > 1 && (
              <Choice
                label={words.t('page:ssoSession')}
                value={session.id}
                options={signedIn.map((s) => ({ id: s.id, label: plainText(s.id) }))}
                onChange={(id) => {
                  setWanted(id);
                  setChosen(new Map());
                }}
              />
            )}
            {list.search}
          </div>
          {accounts.error && (
            <ErrorNotice
              error={accounts.error}
              action={<Button onPress={accounts.again}>{words.t('page:tryAgain')}</Button>}
            />
          )}
          {accounts.data === null && !accounts.error && <Skeleton lines={6} />}
          {accounts.data !== null && list.found.length === 0 && (
            <p className="quiet">{words.t(all.length === 0 ? 'page:noAccounts' : 'page:noAccountsFound')}</p>
          )}
          <ul className="rows accounts">
            {list.drawn.map((account) => (
              <li key={account.accountId}>
                <AccountRoles
                  ssoSession={session.id}
                  startUrl={session.startUrl}
                  account={account}
                  open={list.found.length === 1}
                  chosen={chosen.get(account.accountId) ?? none}
                  profileByRole={profileByRole}
                  onUse={use}
                  onChoose={choose}
                />
              </li>
            ))}
          </ul>
          {list.more}
          {roles.length > 0 && (
            <div className="choice-bar">
              <p role="status">{words.t('page:rolesChosen', { count: roles.length })}</p>
              <Button look={['plain']} onPress={() => setChosen(new Map())}>
                {words.t('page:chooseNone')}
              </Button>
              <Button
                look={['primary']}
                onPress={() => {
                  setCreated(null);
                  setCreating(true);
                }}
              >
                {words.t('page:addProfiles')}
              </Button>
            </div>
          )}
        </>
      )}
      {used && <UseRole chosen={used} ssoRegion={session?.region ?? ''} onClose={() => setUsed(null)} />}
      {creating && session && (
        <CreateProfiles
          ssoSession={session.id}
          region={session.region}
          roles={roles}
          onClose={() => setCreating(false)}
          onCreated={(count) => {
            setCreating(false);
            setChosen(new Map());
            setCreated(count);
          }}
        />
      )}
    </section>
  );
}
