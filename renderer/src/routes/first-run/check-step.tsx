import { type ReactNode, useEffect, useState } from 'react';
import type { DoctorCheck, DoctorLink } from '../../../../src/contract/doctor.ts';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { Environment, SsoSessionView } from '../../../../src/contract/state.ts';
import { firstRunLinks } from '../../../../src/domain/doctor/first-run-links.ts';
import { Button } from '../../components/button.tsx';
import { CheckLine } from '../../components/check-line.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { decide } from './plan.ts';
import { StepFrame } from './step-frame.tsx';
import type { Step } from './steps.ts';

const waiting = (link: DoctorLink): DoctorCheck => ({
  link,
  state: 'waiting',
  evidence: null,
  command: null,
  findings: [],
  ms: null,
});

interface Shown {
  checks: readonly DoctorCheck[];
  done: boolean;
  /** Why it broke off. */
  problem: ErrorView | null;
}
/** Nothing is known yet: the rows stand there already, so that nothing moves when they are. */
const unknown: Shown = { checks: firstRunLinks.map(waiting), done: false, problem: null };

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
  const [{ checks, done, problem }, setState] = useState(unknown);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round checks anew.
  useEffect(() => {
    setState(unknown);
    const wish = { environment: environment.name, ask: true, links: [...firstRunLinks] };
    // Not begun again by itself after the connection broke: each run costs.
    return agent.follow(
      'doctor.run',
      wish,
      (told) =>
        setState({
          checks: firstRunLinks.map((link) => told.checks.find((c) => c.link === link) ?? waiting(link)),
          done: told.done,
          problem: null,
        }),
      (error) => {
        if (!error) return;
        setState(({ checks: known }) => ({
          checks: known.map((c) => (c.state === 'running' ? { ...c, state: 'skipped' as const } : c)),
          done: true,
          problem: error.view(),
        }));
      },
    );
  }, [agent, environment.name, round]);

  // Claude Code itself may still be installed in the next step.
  const inTheWay = checks.filter((c) => c.state === 'failed' && c.link !== 'claude');
  const failed = done && (problem !== null || inTheWay.length > 0);
  const remedies = remediesOf(checks, ssoSession !== null);
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
      status={problem === null ? '' : words.error(problem)}
      more={failed && <Button onPress={goOn}>{words.t('firstRun:checkAnyway')}</Button>}
    >
      <ol className="fr-checks" aria-label={words.t('firstRun:checkList')} aria-busy={!done}>
        {checks.map((check) => (
          <li className="fr-check" key={check.link}>
            <CheckLine check={check} size={20} />
            {check.findings.map((f) => (
              <p className="small fr-problem" key={f.code}>
                {plainText(words.finding(f).cause, 1000)}
              </p>
            ))}
            {done && <RemedyButton remedy={remedies.get(check.link) ?? null} onGoTo={onGoTo} />}
          </li>
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

/** One way back for each step, at the first link that it mends: a cause often fails several. */
function remediesOf(checks: readonly DoctorCheck[], hasSsoSession: boolean): Map<DoctorLink, Remedy> {
  const remedies = new Map<DoctorLink, Remedy>();
  const steps = new Set<Step>();
  for (const check of checks) {
    const remedy = check.state === 'failed' ? remedyOf(check, hasSsoSession) : null;
    if (remedy === null || steps.has(remedy.step)) continue;
    steps.add(remedy.step);
    remedies.set(check.link, remedy);
  }
  return remedies;
}

function RemedyButton({
  remedy,
  onGoTo,
}: {
  remedy: Remedy | null;
  onGoTo: (step: Step) => void;
}): ReactNode {
  const words = useWords();
  return remedy && <Button onPress={() => onGoTo(remedy.step)}>{words.t(remedy.label)}</Button>;
}
