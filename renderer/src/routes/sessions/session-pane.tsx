import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { SessionView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { SessionBadge } from '../../components/session-badge.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText, shortPath } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { sessionLabel, sessionStateWords } from '../../model/session-words.ts';
import { SignInButton, SignInPanel } from '../overview/sign-in-panel.tsx';

/** xterm.js is as large as the rest of the page: it comes with the first terminal. */
const TerminalView = lazy(async () => ({
  default: (await import('../../terminal/terminal-view.tsx')).TerminalView,
}));

/** One session: what it is, what can be done with it, and its terminal. */
export function SessionPane({ session, visible }: { session: SessionView; visible: boolean }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [asking, setAsking] = useState(false);
  const over = session.state === 'exited' || session.state === 'lost';
  const resume = (): void => {
    void run(() => agent.call('sessions.resume', { id: session.id })).then((resumed) => {
      if (resumed) navigate('sessions', resumed.id);
    });
  };
  const facts = [
    shortPath(session.cwd),
    session.environment ?? session.profile,
    session.region,
    session.model ?? '',
  ];
  return (
    <div className="session">
      <header className="session-head">
        <div className="session-facts">
          <h2>{sessionLabel(session)}</h2>
          <SessionBadge session={session} />
          <p className="quiet small">
            {facts
              .filter((f) => f !== '')
              .map((f) => plainText(f))
              .join(' · ')}
          </p>
        </div>
        <div className="row-actions">
          {over && session.program === 'claude' && (
            <Button isPending={pending} onPress={resume}>
              {words.t('page:resume')}
            </Button>
          )}
          {over ? (
            <Button
              isDisabled={pending}
              onPress={() => void run(() => agent.call('sessions.remove', { id: session.id }))}
            >
              {words.t('page:remove')}
            </Button>
          ) : (
            <Button look={['danger']} isPending={pending} onPress={() => setAsking(true)}>
              {words.t('page:endSession')}
            </Button>
          )}
        </div>
      </header>
      {error && (
        <div className="session-notice">
          <ErrorNotice error={error} />
        </div>
      )}
      <Body session={session} visible={visible} />
      <Confirm
        title={words.t('page:endSessionTitle', { session: sessionLabel(session) })}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('page:endSession')}
        onConfirm={() => void run(() => agent.call('sessions.kill', { id: session.id }))}
      >
        {words.t('page:endSessionExplained')}
      </Confirm>
    </div>
  );
}

function Body({ session, visible }: { session: SessionView; visible: boolean }): ReactNode {
  const words = useWords();
  if (session.state === 'waiting') return <Waiting session={session} />;
  if (session.state === 'starting')
    return (
      <div className="session-message" role="status">
        <IndicatorSign of="busy" size={32} />
        <p>{words.t('page:sessionStartingLong')}</p>
      </div>
    );
  if (session.state === 'lost')
    return (
      <div className="session-message">
        <IndicatorSign of="problem" size={32} />
        <p>{words.t('page:sessionLostLong')}</p>
        <ErrorNotice error={session.problem} />
      </div>
    );
  return (
    <>
      {session.problem && (
        <div className="session-notice">
          <ErrorNotice error={session.problem} />
        </div>
      )}
      <Suspense fallback={<div className="terminal" />}>
        <TerminalView session={session} visible={visible} />
      </Suspense>
      {session.state === 'exited' && (
        <p className="exit-line" role="status">
          <span>{sessionStateWords(session, words)}</span>
          {session.exitedAt !== null && (
            <span className="quiet number">
              {words.t('page:atTime', { time: words.time(session.exitedAt) })}
            </span>
          )}
        </p>
      )}
    </>
  );
}

/** Claude Code starts once somebody has signed in; the sign-in can be made right here. */
function Waiting({ session }: { session: SessionView }): ReactNode {
  const words = useWords();
  const { ssoSessions, credentials, prompt, mfa } = useSnapshot();
  const own = credentials.find((c) => c.profile === session.profile);
  // Neither is waited for in the browser; where the code is entered, the banner says.
  const isMfa = mfa !== null && (mfa.profile === session.profile || own?.problem?.code === 'MfaNeeded');
  const isSource = own !== undefined && own.ssoSession === null && !own.kind.startsWith('sso');
  if (isMfa || isSource)
    return (
      <div className="session-message">
        <IndicatorSign of="attention" size={32} />
        <p>
          {isMfa
            ? words.t('page:sessionWaitingMfa')
            : words.t('page:sessionWaitingSource', { profile: plainText(session.profile) })}
        </p>
        {!isMfa && <ErrorNotice error={own?.problem ?? null} />}
      </div>
    );
  const id =
    own?.ssoSession ?? (prompt?.profile === session.profile ? prompt.ssoSession : ssoSessions[0]?.id);
  const sso = ssoSessions.find((s) => s.id === id);
  return (
    <div className="session-message">
      <IndicatorSign of={sso?.signIn ? 'busy' : 'attention'} size={32} />
      <p>{words.t('page:sessionWaitingLong', { ssoSession: plainText(sso?.id ?? session.profile) })}</p>
      {sso?.signIn ? (
        <SignInPanel signIn={sso.signIn} />
      ) : (
        sso && (
          <div className="hero-action">
            <SignInButton ssoSession={sso.id} look={['primary', 'large']} withCode />
          </div>
        )
      )}
    </div>
  );
}
