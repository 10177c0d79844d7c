import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { AccountView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { Choice, TextInput } from '../../components/fields.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { type ChosenRole, UseRole } from './use-role.tsx';

/** The accounts and roles that a signed-in person may use; choosing one makes an environment of it. */
export function Roles({ prominent }: { prominent: boolean }): ReactNode {
  const words = useWords();
  const { ssoSessions } = useSnapshot();
  const signedIn = ssoSessions.filter((s) => ['valid', 'refreshing', 'degraded'].includes(s.state));
  const [wanted, setWanted] = useState<string | null>(null);
  const session = signedIn.find((s) => s.id === wanted) ?? signedIn[0] ?? null;
  const accounts = useAsk(
    'accounts.list',
    session ? { ssoSession: session.id } : null,
    session?.generation === 0 ? 0 : 1,
  );
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<ChosenRole | null>(null);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (prominent) section.current?.scrollIntoView({ block: 'start' });
  }, [prominent]);

  const needle = search.trim().toLowerCase();
  const found = (accounts.data?.accounts ?? []).filter((a) =>
    `${a.name} ${a.accountId} ${a.email}`.toLowerCase().includes(needle),
  );
  return (
    <section className="panel" aria-labelledby="roles" ref={section}>
      <div>
        <h2 id="roles">{words.t('page:accountsAndRoles')}</h2>
        <p className="quiet">{words.t('page:accountsAndRolesExplained')}</p>
      </div>
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
                onChange={setWanted}
              />
            )}
            {(accounts.data?.accounts.length ?? 0) > 5 && (
              <TextInput
                label={words.t('page:searchAccounts')}
                value={search}
                onChange={setSearch}
                type="search"
                placeholder={words.t('page:searchAccountsHint')}
              />
            )}
          </div>
          {accounts.error && (
            <ErrorNotice
              error={accounts.error}
              action={<Button onPress={accounts.again}>{words.t('page:tryAgain')}</Button>}
            />
          )}
          {accounts.data === null && !accounts.error && (
            <div aria-busy="true" className="account-skeletons">
              <span className="skeleton skeleton-line" />
              <span className="skeleton skeleton-line" />
            </div>
          )}
          {accounts.data !== null && found.length === 0 && (
            <p className="quiet">
              {words.t(accounts.data.accounts.length === 0 ? 'page:noAccounts' : 'page:noAccountsFound')}
            </p>
          )}
          <ul className="rows accounts">
            {found.map((account) => (
              <li key={account.accountId}>
                <Account
                  ssoSession={session.id}
                  account={account}
                  open={found.length === 1}
                  onChoose={(roleName) => setChosen({ ssoSession: session.id, account, roleName })}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {chosen && (
        <UseRole chosen={chosen} ssoRegion={session?.region ?? ''} onClose={() => setChosen(null)} />
      )}
    </section>
  );
}

function Account({
  ssoSession,
  account,
  open,
  onChoose,
}: {
  ssoSession: string;
  account: AccountView;
  open: boolean;
  onChoose: (roleName: string) => void;
}): ReactNode {
  const words = useWords();
  const [expanded, setExpanded] = useState(false);
  const shown = expanded || open;
  const roles = useAsk('roles.list', shown ? { ssoSession, accountId: account.accountId } : null);
  return (
    <Disclosure className="account" isExpanded={shown} onExpandedChange={setExpanded}>
      <Heading level={3}>
        <AriaButton slot="trigger" className="account-head">
          <Icon name={shown ? 'up' : 'down'} size={16} />
          <span className="account-name">{plainText(account.name) || account.accountId}</span>
          <span className="quiet number">{plainText(account.accountId, 20)}</span>
          <span className="quiet small account-mail">{plainText(account.email, 80)}</span>
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        {shown && (
          <div className="roles">
            <ErrorNotice error={roles.error} />
            {roles.data === null && !roles.error && <span className="skeleton skeleton-line" />}
            {roles.data?.roles.length === 0 && <p className="quiet">{words.t('page:noRoles')}</p>}
            <ul className="rows">
              {roles.data?.roles.map((role) => (
                <li key={role.roleName} className="row">
                  <div className="row-main">{plainText(role.roleName)}</div>
                  <Button
                    aria-label={words.t('page:useRoleIn', {
                      role: plainText(role.roleName),
                      account: plainText(account.name),
                    })}
                    onPress={() => onChoose(role.roleName)}
                  >
                    {words.t('page:use')}
                  </Button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </DisclosurePanel>
    </Disclosure>
  );
}
