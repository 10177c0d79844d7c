import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { SsoSessionView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { SignInPanel } from '../../components/sign-in-panel.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { errorView, useAct } from '../../model/ask.ts';
import { hostOf } from './proposals.ts';
import { StepFrame } from './step-frame.tsx';

/** Step 2: the sign-in in the browser, or with a code; it ends by itself. */
export function SignInStep({
  ssoSession,
  problem,
  onBack,
}: {
  ssoSession: SsoSessionView;
  /** Why the sign-in that was just asked for did not begin. */
  problem: ErrorView | null;
  onBack: (() => void) | null;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error, forget } = useAct();
  const [ended, setEnded] = useState<ErrorView | null>(problem);
  const waitsFor = useRef<string | null>(null);
  const { signIn } = ssoSession;
  const id = signIn?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    waitsFor.current = id;
    setEnded(null);
    // Its reason may come after the state in which it is over.
    agent.call('signIn.wait', { id }).catch((e) => {
      if (waitsFor.current === id) setEnded(errorView(e));
    });
  }, [agent, id]);
  const start = (flow: 'auto' | 'device'): void => {
    setEnded(null);
    forget();
    void run(() => agent.call('signIn.start', { ssoSession: ssoSession.id, flow, openBrowser: true }));
  };
  const host = hostOf(ssoSession.startUrl);
  if (signIn)
    return (
      <StepFrame
        key="waiting"
        title={words.t(signIn.flow === 'device' ? 'firstRun:deviceTitle' : 'firstRun:signingInTitle')}
        lead={words.t(signIn.flow === 'device' ? 'firstRun:deviceLead' : 'firstRun:signingInLead')}
        onNext={null}
      >
        <p className="fr-waiting">
          <IndicatorSign of="busy" size={22} />
          <span>
            {words.t('firstRun:signInWaiting')} <span className="quiet">{host}</span>
          </span>
        </p>
        <SignInPanel signIn={signIn} />
      </StepFrame>
    );
  return (
    <StepFrame
      key="asking"
      title={words.t('firstRun:signInTitle', { host })}
      lead={words.t(ended || error ? 'firstRun:signInAgainLead' : 'firstRun:signInLead')}
      onNext={() => start('auto')}
      next={words.t('firstRun:signInBrowser')}
      nextPending={pending}
      onBack={onBack}
      more={
        <Button isDisabled={pending} onPress={() => start('device')}>
          {words.t('page:signInWithCode')}
        </Button>
      }
    >
      <ErrorNotice
        error={error ?? ended ?? ssoSession.problem}
        tone={(error ?? ended)?.code === 'SignInCancelled' ? 'attention' : 'problem'}
      />
    </StepFrame>
  );
}
