import { memo, type ReactNode, useEffect, useState } from 'react';
import type { AccountView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { ConsoleLink } from '../../components/console-link.tsx';
import { Check } from '../../components/fields.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/** One account with its roles: each can be used at once, or chosen together with others. */
/** Drawn again only when something of its own changes: there may be hundreds. */
export const AccountRoles = memo(function AccountRoles({
  ssoSession,
  startUrl,
  account,
  open,
  chosen,
  profileByRole,
  onUse,
  onChoose,
}: {
  ssoSession: string;
  startUrl: string;
  account: AccountView;
  /** Shown open without being asked: the only one found. */
  open: boolean;
  /** Names of the chosen roles in this account. */
  chosen: ReadonlySet<string>;
  /** The profiles that stand for a role already, by `account role`. */
  profileByRole: ReadonlyMap<string, string>;
  onUse: (account: AccountView, roleName: string) => void;
  onChoose: (accountId: string, roleNames: readonly string[], on: boolean) => void;
}): ReactNode {
  const words = useWords();
  const [expanded, setExpanded] = useState<boolean | null>(null);
  // All are wanted before their names are known.
  const [wantsAll, setWantsAll] = useState(false);
  const shown = expanded ?? open;
  const roles = useAsk(
    'roles.list',
    shown || wantsAll || chosen.size > 0 ? { ssoSession, accountId: account.accountId } : null,
  );
  const names = roles.data?.roles.map((r) => r.roleName);
  const name = plainText(account.name) || account.accountId;
  useEffect(() => {
    if (!wantsAll || !(names || roles.error)) return;
    setWantsAll(false);
    if (names) onChoose(account.accountId, names, true);
    else setExpanded(true);
  }, [wantsAll, names, roles.error, onChoose, account.accountId]);
  const all = names !== undefined && names.length > 0 && names.every((n) => chosen.has(n));
  return (
    <div className="account">
      <div className="account-top">
        <Check
          label={words.t('page:chooseAllIn', { account: name })}
          isSelected={all || wantsAll}
          isIndeterminate={chosen.size > 0 && !all}
          isDisabled={names?.length === 0}
          onChange={(on) => {
            if (!on) onChoose(account.accountId, [...chosen], false);
            else if (names) onChoose(account.accountId, names, true);
            else setWantsAll(true);
          }}
        />
        <h3>
          <button
            type="button"
            className="account-head"
            aria-expanded={shown}
            onClick={() => setExpanded(!shown)}
          >
            <Icon name={shown ? 'up' : 'down'} size={16} />
            <span className="account-name">{name}</span>
            <span className="quiet number">{plainText(account.accountId, 20)}</span>
            {chosen.size > 0 && (
              <span className="badge number">{words.t('page:chosenIn', { count: chosen.size })}</span>
            )}
            <span className="quiet small account-mail">{plainText(account.email, 80)}</span>
          </button>
        </h3>
      </div>
      {shown && (
        <div className="roles">
          <ErrorNotice
            error={roles.error}
            action={<Button onPress={roles.again}>{words.t('page:tryAgain')}</Button>}
          />
          {!names && !roles.error && <span className="skeleton skeleton-line" />}
          {names?.length === 0 && <p className="quiet">{words.t('page:noRoles')}</p>}
          <ul className="rows">
            {names?.map((roleName) => {
              const role = plainText(roleName);
              const profile = profileByRole.get(`${account.accountId} ${roleName}`);
              return (
                <li key={roleName} className="row">
                  <div className="row-main">
                    <Check
                      label={words.t('page:chooseRoleIn', { role, account: name })}
                      isSelected={chosen.has(roleName)}
                      onChange={(on) => onChoose(account.accountId, [roleName], on)}
                    >
                      <span>
                        {role}
                        {profile !== undefined && (
                          <span className="quiet small role-profile">
                            {words.t('page:hasProfile', { profile: plainText(profile, 60) })}
                          </span>
                        )}
                      </span>
                    </Check>
                  </div>
                  <div className="row-actions">
                    <ConsoleLink
                      startUrl={startUrl}
                      accountId={account.accountId}
                      account={name}
                      roleName={roleName}
                    />
                    <Button
                      aria-label={words.t('page:useRoleIn', { role, account: plainText(account.name) })}
                      onPress={() => onUse(account, roleName)}
                    >
                      {words.t('page:use')}
                    </Button>
                  </div>
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </div>
  );
});
