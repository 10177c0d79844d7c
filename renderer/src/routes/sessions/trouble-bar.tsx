import { type ReactNode, useCallback, useRef, useState } from 'react';
import type { SessionView } from '../../../../src/contract/state.ts';
import { recogniseTrouble } from '../../../../src/domain/troubles/recognise-trouble.ts';
import {
  remediesOf,
  type Trouble,
  type TroubleRemedy,
} from '../../../../src/domain/troubles/trouble-codes.ts';
import { troubleOnScreen } from '../../../../src/domain/troubles/trouble-on-screen.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { SignInButton } from '../../components/sign-in-panel.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { navigate } from '../../model/route.ts';
import type { Settled } from '../../terminal/settled-rows.ts';

/** The trouble that a session's screen ends with, or else that Claude Code told of, until its person has read it. */
export function useTrouble(session: SessionView): {
  trouble: Trouble | null;
  /** There is more room at the lower end of the screen. */
  isLow: boolean;
  onSettled: (settled: Settled) => void;
  dismiss: () => void;
} {
  const [shown, setShown] = useState<Trouble | null>(null);
  const [isLow, setIsLow] = useState(false);
  const was = useRef(false);
  const [read, setRead] = useState<string | null>(null);
  const { state, reason, sinceAt } = session.activity;
  const isClaude = session.program === 'claude';
  const onSettled = useCallback(
    ({ lines, cursorIsHigh }: Settled) => {
      const found = isClaude ? troubleOnScreen(lines) : null;
      setShown((before) => (JSON.stringify(before) === JSON.stringify(found) ? before : found));
      // Where it lies is decided when it comes; it does not wander.
      if (found !== null && !was.current) setIsLow(cursorIsHigh);
      was.current = found !== null;
    },
    [isClaude],
  );
  const trouble = shown ?? (state === 'failed' && reason !== null ? recogniseTrouble(reason) : null);
  // The same trouble is told again after another turn.
  const key = trouble && JSON.stringify([trouble, state === 'failed' ? sinceAt : 0]);
  return {
    trouble: key === read ? null : trouble,
    isLow,
    onSettled,
    dismiss: useCallback(() => setRead(key), [key]),
  };
}

/** What an error of Claude Code means, why it is there and what to do. Nothing is done before a button is pressed. */
export function TroubleBar({
  session,
  trouble,
  isLow,
  onDismiss,
}: {
  session: SessionView;
  trouble: Trouble;
  isLow: boolean;
  onDismiss: () => void;
}): ReactNode {
  const words = useWords();
  const { code, params } = trouble;
  return (
    <section className={isLow ? 'trouble low' : 'trouble'} aria-label={words.t('troubles:bar')}>
      <IndicatorSign of="attention" size={18} />
      <div className="trouble-text">
        <p className="trouble-what">{words.t(`troubles:${code}.what`, params)}</p>
        <p className="small">
          <span className="quiet">{words.t(`troubles:${code}.why`, params)}</span>{' '}
          {words.t(`troubles:${code}.do`, params)}
        </p>
      </div>
      <div className="trouble-acts">
        {remediesOf(code).map((remedy) => (
          <RemedyButton key={remedy} remedy={remedy} session={session} />
        ))}
      </div>
      <IconButton label={words.t('troubles:dismiss')} icon="close" onPress={onDismiss} />
    </section>
  );
}

function RemedyButton({ remedy, session }: { remedy: TroubleRemedy; session: SessionView }): ReactNode {
  const words = useWords();
  const { credentials, ssoSessions } = useSnapshot();
  const environment = session.environment ?? undefined;
  switch (remedy) {
    case 'signIn': {
      const own = credentials.find((c) => c.profile === session.profile)?.ssoSession;
      const sso = ssoSessions.find((s) => s.id === own);
      // Credentials that nobody signs in for, or a sign-in that the overview shows.
      return sso && !sso.signIn ? <SignInButton ssoSession={sso.id} look={[]} /> : null;
    }
    case 'doctor':
      return <Button onPress={() => navigate('doctor', environment)}>{words.t('troubles:doctor')}</Button>;
    case 'models':
      return <Button onPress={() => navigate('models', environment)}>{words.t('troubles:models')}</Button>;
    case 'policy':
      return <Button onPress={() => navigate('policies', environment)}>{words.t('troubles:policy')}</Button>;
    case 'environment':
      return <Button onPress={() => navigate('access')}>{words.t('troubles:environment')}</Button>;
  }
}
