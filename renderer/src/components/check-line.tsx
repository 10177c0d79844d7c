import type { ReactNode } from 'react';
import type { DoctorCheck } from '../../../src/contract/doctor.ts';
import type { Indicator } from '../../../src/domain/overview.ts';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import { IndicatorSign } from './indicator.tsx';

/** Each state has a shape of its own; what failed or deserves a look is said in words, too. */
export const checkSigns: Readonly<Record<DoctorCheck['state'], Indicator>> = {
  waiting: 'off',
  running: 'busy',
  ok: 'ready',
  warning: 'attention',
  failed: 'problem',
  skipped: 'off',
};

/** One link of the chain in one line of one height, whatever it is told: nothing moves while results arrive. */
export function CheckLine({ check, size = 18 }: { check: DoctorCheck; size?: number }): ReactNode {
  const words = useWords();
  const { state, evidence } = check;
  const isSaid = state === 'failed' || state === 'warning' || state === 'skipped';
  return (
    <span className="check-line" data-state={state}>
      <IndicatorSign of={checkSigns[state]} size={size} />
      <span className="check-name">{words.t(`doctor:link.${check.link}`)}</span>
      <span className="check-evidence">{evidence === null ? '' : plainText(evidence, 300)}</span>
      <span className={isSaid ? 'check-state' : 'unseen'}>{words.t(`doctor:state.${state}`)}</span>
    </span>
  );
}

/** The state of a link as a badge: sign and word. */
export function CheckBadge({ state }: { state: DoctorCheck['state'] }): ReactNode {
  const words = useWords();
  return (
    <span className={`badge tone-${checkSigns[state]}`}>
      <IndicatorSign of={checkSigns[state]} size={13} />
      {words.t(`doctor:state.${state}`)}
    </span>
  );
}
