import { type ReactNode, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import { Button } from '../../components/button.tsx';
import { Icon, Mark } from '../../components/icons.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useAgentNow, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { navigate } from '../../model/route.ts';
import { Circumstances } from '../overview/circumstances.tsx';
import { BedrockStep } from './bedrock-step.tsx';
import { CheckStep } from './check-step.tsx';
import { OpenStep } from './open-step.tsx';
import { forgetPlan, usePlan } from './plan.ts';
import { PortalStep } from './portal-step.tsx';
import { RolesStep } from './roles-step.tsx';
import { SignInStep } from './sign-in-step.tsx';
import {
  chosenEnvironment,
  chosenSsoSession,
  isSignedIn,
  nextStep,
  type Step,
  stepBefore,
  steps,
} from './steps.ts';

const names = {
  portal: 'firstRun:namePortal',
  signIn: 'firstRun:nameSignIn',
  roles: 'firstRun:nameRoles',
  bedrock: 'firstRun:nameBedrock',
  check: 'firstRun:nameCheck',
  open: 'firstRun:nameOpen',
} as const;

/**
 * The first run: from what is on this computer to Claude's first answer, one decision at a time. What is shown follows
 * from the agent's state, so it can be left at any moment and goes on where it was.
 */
export function FirstRunView(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const snapshot = useSnapshot();
  const plan = usePlan();
  const now = useAgentNow();
  const leaving = useAct();
  const [lookedAt, setLookedAt] = useState<Step | null>(null);

  const next = nextStep(snapshot, plan);
  // Only back: what is not decided cannot be passed over.
  const step = lookedAt !== null && steps.indexOf(lookedAt) < steps.indexOf(next) ? lookedAt : next;
  const ssoSession = chosenSsoSession(snapshot, plan);
  const environment = chosenEnvironment(snapshot, plan);
  const before = stepBefore(step, plan);
  const goBack = before === null ? null : () => setLookedAt(before);
  const [problem, setProblem] = useState<ErrorView | null>(null);
  const goOn = (why: ErrorView | null = null): void => {
    setProblem(why);
    setLookedAt(null);
  };
  const { setupDone } = snapshot.settings;

  const leave = (): void => {
    void leaving.run(async () => {
      if (!setupDone) await agent.call('settings.set', { setupDone: true });
      forgetPlan();
      navigate('overview');
    });
  };

  return (
    <div className="main-scroll">
      <div className="page first-run">
        <header className="fr-top">
          <p className="fr-brand">
            <Mark size={26} />
            <span>{words.t('firstRun:title')}</span>
          </p>
          <Button look={['plain']} isPending={leaving.pending} onPress={leave}>
            {words.t(setupDone ? 'firstRun:leave' : 'firstRun:skip')}
          </Button>
        </header>
        <Progress step={step} />
        <ErrorNotice error={leaving.error} />
        <Circumstances now={now} />
        <section className="panel fr-panel" key={step} aria-labelledby="first-run-step">
          {step === 'portal' && <PortalStep onDone={goOn} />}
          {step === 'signIn' && ssoSession && (
            <SignInStep ssoSession={ssoSession} problem={problem} onBack={goBack} key={ssoSession.id} />
          )}
          {step === 'roles' && ssoSession && isSignedIn(ssoSession) && (
            <RolesStep ssoSession={ssoSession} onBack={goBack} onDone={goOn} key={ssoSession.id} />
          )}
          {step === 'bedrock' && environment && (
            <BedrockStep environment={environment} onBack={goBack} onDone={goOn} />
          )}
          {step === 'check' && environment && (
            <CheckStep
              environment={environment}
              ssoSession={ssoSession}
              onBack={goBack}
              onDone={goOn}
              onGoTo={setLookedAt}
            />
          )}
          {step === 'open' && environment && <OpenStep environment={environment} onBack={goBack} />}
        </section>
      </div>
    </div>
  );
}

/** Where one is among the steps. */
function Progress({ step }: { step: Step }): ReactNode {
  const words = useWords();
  const at = steps.indexOf(step);
  return (
    <nav className="fr-progress" aria-label={words.t('firstRun:steps')}>
      <p className="small fr-progress-words">
        {words.t('firstRun:progress', { step: at + 1, of: steps.length, name: words.t(names[step]) })}
      </p>
      <ol>
        {steps.map((name, n) => (
          <li
            key={name}
            aria-current={n === at ? 'step' : undefined}
            data-state={n < at ? 'done' : n === at ? 'current' : 'to-come'}
          >
            <span className="fr-dot" aria-hidden="true">
              {n < at ? <Icon name="check" size={13} /> : n + 1}
            </span>
            <span className="fr-name">{words.t(names[name])}</span>
            {n < at && <span className="unseen"> ({words.t('firstRun:done')})</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
