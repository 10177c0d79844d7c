import type { ReactNode } from 'react';
import { durationClock, durationMessage } from '../../../../src/domain/duration.ts';
import type { Overview } from '../../../../src/domain/overview.ts';
import { Button } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { SignInButton, SignInPanel } from '../../components/sign-in-panel.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { folderName, plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { MfaForm } from './mfa-form.tsx';
import { Snooze } from './snooze.tsx';
import { useOpenClaude } from './use-open-claude.ts';

/** The state in one sentence, the time left, and the one obvious button. */
export function Hero({ view, now }: { view: Overview; now: number }): ReactNode {
  const words = useWords();
  const params = Object.fromEntries(
    Object.entries(view.sentence.params).map(([k, v]) => [k, plainText(v, 80)]),
  );
  return (
    <section className="panel hero" aria-labelledby="state">
      <div className="hero-top">
        <IndicatorSign of={view.indicator} size={40} />
        <div className="hero-words">
          <div role="status">
            <h1 id="state">{words.t(`page:${view.sentence.key}`, params)}</h1>
          </div>
          <p className="quiet">{nextWords(view, words)}</p>
        </div>
        {view.timeLeft && <TimeLeft until={view.timeLeft.until} of={view.timeLeft.of} now={now} />}
        {view.endless && (
          <div className="time-left">
            <span className="clock clock-words">{words.t('page:endless')}</span>
            <span className="quiet small">{words.t('page:endlessDetail')}</span>
          </div>
        )}
      </div>
      <HeroAction view={view} />
    </section>
  );
}

/** What comes next, with or without the person. */
function nextWords(view: Overview, words: ReturnType<typeof useWords>): string {
  if (view.next) {
    return words.t(view.next.kind === 'renewal' ? 'page:nextRenewal' : 'page:nextRetry', {
      time: words.time(view.next.at),
    });
  }
  switch (view.state) {
    case 'setup':
      return words.t('firstRun:entryHint');
    case 'signedOut':
      return words.t('page:nextSignedOut');
    case 'expired':
      return words.t(view.usable ? 'page:nextExpiredUsable' : 'page:nextExpired');
    case 'signingIn':
      return words.t('page:nextSigningIn');
    case 'chooseRole':
      return words.t('page:nextChooseRole');
    case 'preparing':
      return words.t('page:nextPreparing');
    case 'mfaNeeded':
      return view.usable
        ? words.t('page:nextMfaUsable')
        : words.t('page:nextMfa', { role: plainText(roleOf(view), 80) });
    case 'ready':
    case 'renewing':
      if (view.endless) return words.t('page:nextStatic');
      return words.t(view.ssoSession ? 'page:nextReady' : 'page:nextSource');
    default:
      return words.t('page:nextProblem');
  }
}

/** The name of the role that a code is asked for, of its ARN. */
function roleOf({ action }: Overview): string {
  return action.kind === 'answerMfa' ? (action.mfa.roleArn.split('/').pop() ?? '') : '';
}

function TimeLeft({
  until,
  of,
  now,
}: {
  until: number;
  of: 'credentials' | 'signIn';
  now: number;
}): ReactNode {
  const words = useWords();
  const left = until - now;
  const spoken = durationMessage(left);
  return (
    <div className="time-left">
      <span className="clock number" aria-hidden="true">
        {durationClock(left)}
      </span>
      <span className="unseen">{words.t(`page:${spoken.key}`, spoken.params)}</span>
      <span className="quiet small">
        {words.t(of === 'credentials' ? 'page:leftOnCredentials' : 'page:leftOnSignIn')}
      </span>
    </div>
  );
}

function HeroAction({ view }: { view: Overview }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { prompt } = useSnapshot();
  const retry = useAct();
  const { action } = view;
  switch (action.kind) {
    case 'addSsoSession':
      return (
        <div className="hero-action">
          <Button look={['primary', 'large']} onPress={() => navigate('setup')}>
            {words.t('firstRun:entry')}
          </Button>
          <Button look={['plain']} onPress={() => navigate('access', 'add')}>
            {words.t('page:addPortal')}
          </Button>
        </div>
      );
    case 'chooseRole':
      return (
        <div className="hero-action">
          <Button look={['primary', 'large']} onPress={() => navigate('access', 'roles')}>
            {words.t(view.state === 'chooseRole' ? 'page:chooseRole' : 'page:chooseOtherRole')}
          </Button>
        </div>
      );
    case 'signIn':
      return (
        <div className="hero-action">
          <SignInButton ssoSession={action.ssoSession} look={['primary', 'large']} withCode />
          {prompt?.ssoSession === action.ssoSession && <Snooze prompt={prompt} />}
        </div>
      );
    case 'answerMfa':
      return <MfaForm mfa={action.mfa} />;
    case 'cancelSignIn':
      return <SignInPanel signIn={action.signIn} />;
    case 'openClaude':
      return <OpenClaude />;
    case 'retry':
      return (
        <div className="hero-action">
          <Button
            look={['primary', 'large']}
            isPending={retry.pending}
            onPress={() =>
              void retry.run<unknown>(() =>
                view.state === 'configProblem'
                  ? agent.call('profiles.list', {})
                  : agent.call('models.list', {}),
              )
            }
          >
            {words.t('page:tryAgain')}
          </Button>
        </div>
      );
    case 'wait':
      return (
        <div className="hero-action">
          <Button look={['large']} isDisabled>
            {words.t('page:openClaude')}
          </Button>
        </div>
      );
  }
}

/** Opens Claude Code where it was opened last; the first time the folder is asked for. */
function OpenClaude(): ReactNode {
  const words = useWords();
  const { recentFolders } = useSnapshot();
  const { open, pending, error } = useOpenClaude();
  const last = recentFolders[0];
  return (
    <>
      <div className="hero-action">
        <Button
          look={['primary', 'large']}
          isPending={pending}
          onPress={() => (last === undefined ? navigate('sessions', 'new') : void open(last))}
        >
          {words.t('page:openClaude')}
        </Button>
        {last !== undefined && (
          <>
            <span className="quiet">{words.t('page:inFolder', { folder: folderName(last) })}</span>
            <Button look={['plain']} icon="folder" onPress={() => navigate('sessions', 'new')}>
              {words.t('page:otherFolder')}
            </Button>
          </>
        )}
      </div>
      <ErrorNotice error={error} />
    </>
  );
}
