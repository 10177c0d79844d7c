import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { AccountView, SsoSessionView } from '../../../../src/contract/state.ts';
import type { NamedRole } from '../../../../src/domain/profiles/profile-name-template.ts';
import { Button } from '../../components/button.tsx';
import { Choice, TextInput } from '../../components/fields.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { beginRoles } from './begin.ts';
import { usePlan } from './plan.ts';
import { OPENED_BY_ITSELF, plainRole, type RoleRow, roleKey, roleRows } from './role-rows.ts';
import { RoleTree } from './role-tree.tsx';
import { StepFrame } from './step-frame.tsx';
import { rolesProblem, useRoles } from './use-roles.ts';

/** From so many accounts on there is something to search. */
const SEARCHED_FROM = 4;
const none: readonly AccountView[] = [];

/** A chosen role, in the order of choosing. */
type Chosen = ReadonlyMap<string, NamedRole>;

/** Step 3: which account and role Claude Code works with; several may be chosen. */
export function RolesStep({
  ssoSession,
  onBack,
  onDone,
}: {
  ssoSession: SsoSessionView;
  onBack: (() => void) | null;
  onDone: () => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const snapshot = useSnapshot();
  const plan = usePlan();
  const { run, pending, error } = useAct();
  const accounts = useAsk('accounts.list', { ssoSession: ssoSession.id });
  const [search, setSearch] = useState('');
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [own, setOwn] = useState<Chosen | null>(null);
  const [begins, setBegins] = useState<string | null>(null);
  const [shown, setShown] = useState(false);

  const all = accounts.data?.accounts ?? none;
  // Which accounts are open decides whose roles are asked for, and roles decide what a search finds.
  const [wanted, setWanted] = useState<readonly string[]>([]);
  const { roles, again } = useRoles(ssoSession.id, wanted);
  const rows = useMemo(() => roleRows(all, roles, search, toggled), [all, roles, search, toggled]);
  const open = rows.filter((r) => r.kind === 'account' && r.expanded).map((r) => r.account.accountId);
  const openKey = open.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `openKey` stands for the accounts that are open.
  useEffect(() => setWanted(open), [openKey]);

  const proposed = useMemo<Chosen>(() => {
    const plain = all.length <= OPENED_BY_ITSELF ? plainRole(all, roles) : null;
    return plain ? new Map([entry(plain.account, plain.roleName)]) : new Map();
  }, [all, roles]);
  const chosen = own ?? proposed;
  const toggle = (row: RoleRow & { kind: 'role' }): void => {
    const next = new Map(chosen);
    if (!next.delete(row.key)) next.set(...entry(row.account, row.roleName));
    setOwn(next);
  };
  const first = begins !== null && chosen.has(begins) ? begins : ([...chosen.keys()][0] ?? null);

  const take = (these: Chosen): void => {
    setShown(true);
    if (these.size === 0) return;
    const begin = first !== null && these.has(first) ? first : [...these.keys()][0];
    const list = [...these].sort(([a], [b]) => Number(b === begin) - Number(a === begin)).map(([, r]) => r);
    void run(async () => {
      await beginRoles({ agent, snapshot, plan }, ssoSession, list);
      return true;
    }).then((done) => done && onDone());
  };

  const name = (role: NamedRole): string => plainText(role.accountName ?? '', 60) || role.accountId;
  const only = chosen.size === 1 ? [...chosen.values()][0] : undefined;
  const status =
    chosen.size === 0
      ? shown
        ? words.t('firstRun:rolesChooseFirst')
        : ''
      : words.t('firstRun:rolesChosen', {
          count: chosen.size,
          role: plainText(only?.roleName ?? '', 64),
          account: only ? name(only) : '',
        });
  const askAgain = (): void => {
    accounts.again();
    again();
  };
  const failed = rolesProblem(roles);
  const asked = all.length > 0 && all.every((a) => roles.has(a.accountId));
  const noRoles =
    asked && [...roles.values()].every((r) => r !== 'asking' && 'names' in r && r.names.length === 0);

  if (accounts.data?.accounts.length === 0)
    return (
      <StepFrame
        title={words.t('firstRun:noAccountsTitle')}
        lead={words.t('firstRun:noAccountsAdvice')}
        onNext={accounts.again}
        next={words.t('firstRun:askAgain')}
        nextPending={accounts.loading}
        onBack={onBack}
      />
    );
  return (
    <StepFrame
      title={words.t('firstRun:rolesTitle')}
      lead={words.t('firstRun:rolesLead')}
      onNext={() => take(chosen)}
      nextPending={pending}
      nextDisabled={accounts.data === null || noRoles}
      onBack={onBack}
      status={accounts.data === null && !accounts.error ? words.t('firstRun:rolesLoading') : status}
    >
      <ErrorNotice
        error={accounts.error}
        action={<Button onPress={accounts.again}>{words.t('page:tryAgain')}</Button>}
      />
      {accounts.data === null && !accounts.error && (
        <div className="fr-skeletons fr-tree-skeleton" aria-busy="true">
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
        </div>
      )}
      {noRoles && (
        <Notice
          tone="attention"
          live
          action={<Button onPress={askAgain}>{words.t('firstRun:askAgain')}</Button>}
        >
          {words.t('firstRun:noRolesAdvice')}
        </Notice>
      )}
      {failed && (
        <ErrorNotice
          error={failed}
          action={<Button onPress={again}>{words.t('firstRun:rolesRetry')}</Button>}
        />
      )}
      {all.length > 0 && (
        <>
          {all.length >= SEARCHED_FROM && (
            <TextInput
              label={words.t('firstRun:rolesSearch')}
              value={search}
              onChange={setSearch}
              type="search"
              placeholder={words.t('page:searchAccountsHint')}
            />
          )}
          {rows.length === 0 && <p className="quiet">{words.t('firstRun:rolesNothing')}</p>}
          <RoleTree
            label={words.t('firstRun:rolesTree')}
            rows={rows}
            chosen={new Set(chosen.keys())}
            onToggle={toggle}
            onExpand={(id) =>
              setToggled((old) => {
                const next = new Set(old);
                if (!next.delete(id)) next.add(id);
                return next;
              })
            }
            onEnter={(row) => take(chosen.size > 0 ? chosen : new Map([entry(row.account, row.roleName)]))}
            onChooseAll={() =>
              setOwn(
                new Map([
                  ...chosen,
                  ...rows.flatMap((r) => (r.kind === 'role' ? [entry(r.account, r.roleName)] : [])),
                ]),
              )
            }
          />
          <p className="quiet small fr-keys">{words.t('firstRun:rolesKeys')}</p>
        </>
      )}
      {chosen.size > 1 && first !== null && (
        <Choice
          label={words.t('firstRun:rolesBegin')}
          value={first}
          options={[...chosen].map(([key, role]) => ({
            id: key,
            label: `${plainText(role.roleName, 64)} · ${name(role)}`,
          }))}
          onChange={setBegins}
        />
      )}
      <ErrorNotice error={error} />
    </StepFrame>
  );
}

function entry(account: AccountView, roleName: string): [string, NamedRole] {
  return [
    roleKey(account.accountId, roleName),
    { accountId: account.accountId, accountName: account.name, roleName },
  ];
}
