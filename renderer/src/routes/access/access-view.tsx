import { type ReactNode, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ImportPanel } from '../../components/import-panel.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { routeHref } from '../../model/route.ts';
import { AddSsoSession } from './add-sso-session.tsx';
import { Environments } from './environments.tsx';
import { IntegrationPanel } from './integration-panel.tsx';
import { Profiles } from './profiles.tsx';
import { Roles } from './roles.tsx';
import { SsoSessions } from './sso-sessions.tsx';

/** Sign-ins, accounts and roles, and the environments made of them. `begin`: `add` opens the form for a portal. */
export function AccessView({ begin }: { begin: string | null }): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  const none = snapshot.ssoSessions.length === 0;
  const [adding, setAdding] = useState(begin === 'add');
  return (
    <div className="main-scroll">
      <div className="page">
        <div className="page-head">
          <h1>{words.t('page:navAccess')}</h1>
          <div className="row-actions">
            <a className="button" href={routeHref('policies')}>
              {words.t('policies:page.title')}
            </a>
            <a className="button" href={routeHref('setup')}>
              {words.t('firstRun:entry')}
            </a>
            {!none && !adding && (
              <Button icon="plus" onPress={() => setAdding(true)}>
                {words.t('page:addPortal')}
              </Button>
            )}
          </div>
        </div>
        <ErrorNotice error={snapshot.configProblem} />
        {(none || adding) && (
          <AddSsoSession onDone={() => setAdding(false)} onCancel={none ? null : () => setAdding(false)} />
        )}
        {!none && <SsoSessions />}
        <Environments />
        {!none && <Roles prominent={begin === 'roles'} />}
        <IntegrationPanel />
        <ImportPanel />
        <Profiles prominent={begin === 'profiles'} />
      </div>
    </div>
  );
}
