import { type ReactNode, useState } from 'react';
import type { SessionView } from '../../../../src/contract/state.ts';
import { ActivitySign } from '../../components/activity-sign.tsx';
import { Button } from '../../components/button.tsx';
import { FailureBoundary } from '../../components/failure.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { SignInButton, SignInPanel } from '../../components/sign-in-panel.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { endedWords } from '../../model/session-words.ts';
import { SessionHead } from './session-head.tsx';
import { useTerminalChunk } from './terminal-chunk.ts';
import { TroubleBar, useTrouble } from './trouble-bar.tsx';

/** One session: what it is, what can be done with it, and its terminal. */
export function SessionPane({
  session,
  visible,
  focused,
  compact,
}: {
  session: SessionView;
  visible: boolean;
  /** The one that is worked in, of those that are visible. */
  focused: boolean;
  /** It shares its tab. */
  compact: boolean;
}): ReactNode {
  return (
    <div className="session">
      <SessionHead session={session} compact={compact} />
      <Body session={session} visible={visible} focused={focused} />
    </div>
  );
}

function Body({
  session,
  visible,
  focused,
}: {
  session: SessionView;
  visible: boolean;
  focused: boolean;
}): ReactNode {
  const words = useWords();
  if (session.state === 'waiting') return <Waiting session={session} />;
  if (session.state === 'starting')
    return (
      <div className="centre-message" role="status">
        <IndicatorSign of="busy" size={32} />
        <p>{words.t('page:sessionStartingLong')}</p>
      </div>
    );
  if (session.state === 'lost')
    return (
      <div className="centre-message">
        <ActivitySign of="interrupted" size={32} />
        <p>{words.t(session.hasTranscript ? 'page:sessionLostLong' : 'sessions:lostFresh')}</p>
        <ErrorNotice error={session.problem} />
      </div>
    );
  return (
    <>
      <Problem key={session.problem?.code} error={session.problem} />
      <FailureBoundary of={String(session.startedAt)}>
        {/* A resumed session is another process: its terminal begins anew. */}
        <Terminal key={session.startedAt} session={session} visible={visible} focused={focused} />
      </FailureBoundary>
      {session.state === 'exited' && (
        <p className="exit-line" role="status">
          <span>{endedWords(session, words)}</span>
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

/** The terminal, and on it what the error means that Claude Code shows there. */
function Terminal(given: { session: SessionView; visible: boolean; focused: boolean }): ReactNode {
  const { trouble, isLow, onSettled, dismiss } = useTrouble(given.session);
  const words = useWords();
  const chunk = useTerminalChunk();
  if (chunk === null) return <div className="terminal" />;
  if (chunk === 'failed')
    return (
      <div className="centre-message" role="alert">
        <p>{words.t('page:terminalMissing')}</p>
        <Button onPress={() => location.reload()}>{words.t('page:loadAgain')}</Button>
      </div>
    );
  return (
    <chunk.TerminalView
      {...given}
      onSettled={onSettled}
      notice={
        trouble && <TroubleBar session={given.session} trouble={trouble} isLow={isLow} onDismiss={dismiss} />
      }
    />
  );
}

/** What went wrong with a session that runs, until its person has read it: it lies on the terminal. */
function Problem({ error }: { error: SessionView['problem'] }): ReactNode {
  const words = useWords();
  const [read, setRead] = useState(false);
  if (!error || read) return null;
  return (
    <div className="session-notice">
      <ErrorNotice
        error={error}
        action={<Button onPress={() => setRead(true)}>{words.t('page:close')}</Button>}
      />
    </div>
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
      <div className="centre-message">
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
    <div className="centre-message">
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
