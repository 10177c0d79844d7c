import { type ReactNode, useEffect, useState } from 'react';
import type { DoctorCheck } from '../../../../src/contract/doctor.ts';
import type { Environment, SsoSessionView } from '../../../../src/contract/state.ts';
import { firstRunLinks } from '../../../../src/domain/doctor/first-run-links.ts';
import type { Indicator } from '../../../../src/domain/overview.ts';
import { Button } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { decide } from './plan.ts';
import { StepFrame } from './step-frame.tsx';
import type { Step } from './steps.ts';

const signs: Record<DoctorCheck['state'], Indicator> = {
  waiting: 'off',
  running: 'busy',
  ok: 'ready',
  warning: 'attention',
  failed: 'problem',
  skipped: 'off',
};

type Link = (typeof firstRunLinks)[number];
const waiting = (link: Link): DoctorCheck => ({
  link,
  state: 'waiting',
  evidence: null,
  command: null,
  findings: [],
  ms: null,
});

/** Nothing is known yet: the rows stand there already, so that nothing moves when they are. */
const unknown: readonly DoctorCheck[] = firstRunLinks.map(waiting);

/** Step 5: each link from the sign-in to a model's answer, once. */
export function CheckStep({
  environment,
  ssoSession,
  onBack,
  onDone,
  onGoTo,
}: {
  environment: Environment;
  ssoSession: SsoSessionView | null;
  onBack: (() => void) | null;
  onDone: () => void;
  /** Back to the step where a failure is mended. */
  onGoTo: (step: Step) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const [round, setRound] = useState(0);
  const [{ checks, done }, setState] = useState({ checks: unknown, done: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round checks anew.
  useEffect(() => {
    setState({ checks: unknown, done: false });
    const wish = { environment: environment.name, ask: true, links: [...firstRunLinks] };
    return agent.watch('doctor.run', wish, (told) =>
      setState({
        checks: firstRunLinks.map((link) => told.checks.find((c) => c.link === link) ?? waiting(link)),
        done: told.done,
      }),
    );
  }, [agent, environment.name, round]);

  // Claude Code itself may still be installed in the next step.
  const inTheWay = checks.filter((c) => c.state === 'failed' && c.link !== 'claude');
  const failed = done && inTheWay.length > 0;
  const goOn = (): void => {
    decide({ checked: true });
    onDone();
  };
  const again = (): void => setRound((n) => n + 1);
  return (
    <StepFrame
      title={words.t(
        failed ? 'firstRun:checkTitleFailed' : done ? 'firstRun:checkTitleOk' : 'firstRun:checkTitle',
      )}
      lead={words.t(
        failed ? 'firstRun:checkLeadFailed' : done ? 'firstRun:checkLeadOk' : 'firstRun:checkLead',
      )}
      onNext={failed ? again : goOn}
      next={words.t(failed ? 'firstRun:checkAgain' : 'firstRun:continue')}
      nextDisabled={!done}
      onBack={onBack}
      more={failed && <Button onPress={goOn}>{words.t('firstRun:checkAnyway')}</Button>}
    >
      <ol className="fr-checks" aria-label={words.t('firstRun:checkList')} aria-busy={!done}>
        {checks.map((check) => (
          <CheckRow
            key={check.link}
            check={check}
            remedy={check.state === 'failed' && done ? remedyOf(check, ssoSession !== null) : null}
            onGoTo={onGoTo}
          />
        ))}
      </ol>
      <p className="unseen" role="status">
        {done ? words.t(failed ? 'firstRun:checkTitleFailed' : 'firstRun:checkTitleOk') : ''}
      </p>
    </StepFrame>
  );
}

interface Remedy {
  label: 'firstRun:remedySignIn' | 'firstRun:remedyRole' | 'firstRun:remedyProfile' | 'firstRun:remedyModel';
  step: Step;
}

/** Where a failure is mended, if it is in one of the steps before. What is outside is mended there and checked again. */
function remedyOf(check: DoctorCheck, hasSsoSession: boolean): Remedy | null {
  const code = check.findings[0]?.code;
  if (code === 'NetworkUnavailable' || code === 'NotAws' || code === 'Throttled') return null;
  switch (check.link) {
    case 'signIn':
      return hasSsoSession ? { label: 'firstRun:remedySignIn', step: 'signIn' } : null;
    case 'credentials':
    case 'identity':
      return hasSsoSession
        ? { label: 'firstRun:remedyRole', step: 'roles' }
        : { label: 'firstRun:remedyProfile', step: 'portal' };
    case 'models':
    case 'answer':
    case 'streaming':
      if (code === 'AccessDenied')
        return hasSsoSession
          ? { label: 'firstRun:remedyRole', step: 'roles' }
          : { label: 'firstRun:remedyProfile', step: 'portal' };
      return { label: 'firstRun:remedyModel', step: 'bedrock' };
    default:
      return null;
  }
}

function CheckRow({
  check,
  remedy,
  onGoTo,
}: {
  check: DoctorCheck;
  remedy: Remedy | null;
  onGoTo: (step: Step) => void;
}): ReactNode {
  const words = useWords();
  return (
    <li className="fr-check" data-state={check.state}>
      <IndicatorSign of={signs[check.state]} size={20} />
      <div className="fr-check-main">
        <p className="fr-check-name">
          {words.t(`doctor:link.${check.link}`)}
          <span className={check.state === 'failed' ? 'small fr-check-state' : 'unseen'}>
            {' '}
            {words.t(`doctor:state.${check.state}`)}
          </span>
        </p>
        {check.evidence !== null && check.evidence !== '' && (
          <p className="quiet small fr-evidence" title={plainText(check.evidence, 500)}>
            {plainText(check.evidence, 500)}
          </p>
        )}
        {check.findings.map((f) => (
          <p className="small fr-problem" key={f.code}>
            {plainText(words.finding(f).cause, 1000)}
          </p>
        ))}
      </div>
      {remedy && <Button onPress={() => onGoTo(remedy.step)}>{words.t(remedy.label)}</Button>}
    </li>
  );
}
