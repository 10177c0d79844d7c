import { type ReactNode, useState } from 'react';
import type { SsoSessionState, SsoSessionView } from '../../../../src/contract/state.ts';
import type { Indicator } from '../../../../src/domain/overview.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { SignInButton, SignInPanel } from '../../components/sign-in-panel.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { learnedEnd } from '../../model/profile-words.ts';
import { RenewSignIn } from '../overview/renew-sign-in.tsx';
import { SsoSessionOptions } from './sso-session-options.tsx';

const indicators: Record<SsoSessionState, Indicator> = {
  signedOut: 'off',
  signingIn: 'busy',
  valid: 'ready',
  refreshing: 'ready',
  degraded: 'attention',
  expired: 'attention',
};

const stateKeys = {
  signedOut: 'page:ssoSignedOut',
  signingIn: 'page:ssoSigningIn',
  valid: 'page:ssoValid',
  refreshing: 'page:ssoRefreshing',
  degraded: 'page:ssoDegraded',
  expired: 'page:ssoExpired',
} as const;

const isSignedIn = ({ state }: SsoSessionView): boolean =>
  state === 'valid' || state === 'refreshing' || state === 'degraded';

export function SsoSessions(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { ssoSessions } = useSnapshot();
  const { run, pending, error } = useAct();
  const [asking, setAsking] = useState(false);
  const signedIn = ssoSessions.filter(isSignedIn);
  return (
    <section className="panel" aria-labelledby="portals">
      <div className="panel-head">
        <h2 id="portals">{words.t('page:signIns')}</h2>
        {signedIn.length > 1 && (
          <Button look={['plain']} isPending={pending} onPress={() => setAsking(true)}>
            {words.t('page:signOutAll')}
          </Button>
        )}
      </div>
      <ErrorNotice error={error} />
      <ul className="rows">
        {ssoSessions.map((s) => (
          <SsoSessionRow key={s.id} session={s} />
        ))}
      </ul>
      <Confirm
        title={words.t('page:signOutAllTitle', { count: signedIn.length })}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('page:signOutAll')}
        onConfirm={() => void run(() => agent.call('signOut', {}))}
      >
        {words.t('page:signOutExplained')}
      </Confirm>
    </section>
  );
}

function SsoSessionRow({ session }: { session: SsoSessionView }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [asking, setAsking] = useState(false);
  const signedIn = isSignedIn(session);
  const end = learnedEnd(session, words);
  const detail = [words.t(stateKeys[session.state])];
  if (signedIn && session.nextRefreshAt !== null && session.refreshable)
    detail.push(words.t('page:nextRenewal', { time: words.time(session.nextRefreshAt) }));
  else if (signedIn && session.expiresAt !== null)
    detail.push(words.t('page:endsAt', { time: words.time(session.expiresAt) }));
  return (
    <li className="sso-row">
      <div className="row">
        <IndicatorSign of={indicators[session.state]} />
        <div className="row-main">
          <p>
            <strong>{plainText(session.id)}</strong>
          </p>
          {session.startUrl !== session.id && <p className="quiet small">{plainText(session.startUrl)}</p>}
          <p className="quiet small">
            {detail.join(' · ')} · {plainText(session.region, 40)}
            {session.store === 'private' && ` · ${words.t('page:storePrivate')}`}
          </p>
          {end !== null && <p className="quiet small">{end}</p>}
        </div>
        <div className="row-actions">
          {signedIn && (
            <>
              <RenewSignIn ssoSession={session.id} label={words.t('page:renewSignIn')} />
              <Button isPending={pending} onPress={() => setAsking(true)}>
                {words.t('page:signOut')}
              </Button>
            </>
          )}
          {(session.state === 'signedOut' || session.state === 'expired') && (
            <SignInButton ssoSession={session.id} look={['primary']} />
          )}
        </div>
      </div>
      {session.signIn && <SignInPanel signIn={session.signIn} />}
      <SsoSessionOptions session={session} />
      <ErrorNotice error={session.problem} tone={signedIn ? 'attention' : 'problem'} />
      <ErrorNotice error={error} />
      <Confirm
        title={words.t('page:signOutTitle', { ssoSession: plainText(session.id) })}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('page:signOut')}
        onConfirm={() => void run(() => agent.call('signOut', { ssoSession: session.id }))}
      >
        {words.t(session.store === 'private' ? 'page:signOutPrivateExplained' : 'page:signOutExplained')}
      </Confirm>
    </li>
  );
}
