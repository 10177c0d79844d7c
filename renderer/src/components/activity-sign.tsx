import type { ReactNode } from 'react';
import type { SessionView } from '../../../src/contract/state.ts';
import {
  type ActivitySignName,
  activitySign,
  activityTone,
  activityWords,
  ageWords,
  stateSince,
} from '../model/activity-words.ts';
import { useWords } from '../model/app-context.tsx';
import { useCoarseNow } from '../model/coarse-clock.ts';
import { Sign } from './indicator.tsx';

const ring = <circle cx="12" cy="12" r="8.8" stroke="currentColor" strokeWidth="2.2" />;
const dashes = (
  <circle cx="12" cy="12" r="8.8" stroke="currentColor" strokeWidth="2.2" strokeDasharray="3.2 3.7" />
);

/** One shape for each state, so that colour is never the only difference. */
const shapes: Readonly<Record<ActivitySignName, ReactNode>> = {
  starting: (
    <>
      {dashes}
      <circle cx="12" cy="12" r="2.6" fill="currentColor" />
    </>
  ),
  // A shield: may this folder be trusted?
  trust: (
    <>
      <path d="M12 2l9 3.4v6.2c0 5-3.7 8.9-9 10.4-5.3-1.5-9-5.4-9-10.4V5.4z" fill="currentColor" />
      <path
        d="M9.4 9.6a2.6 2.6 0 1 1 3.7 2.4c-.8.4-1.1.8-1.1 1.7M12 16.9v.1"
        stroke="var(--surface)"
        strokeWidth="2"
      />
    </>
  ),
  working: (
    <>
      <circle cx="12" cy="12" r="8.8" stroke="var(--tone-soft)" strokeWidth="2.6" />
      <path d="M12 3.2a8.8 8.8 0 0 1 8.8 8.8" stroke="currentColor" strokeWidth="2.6" />
    </>
  ),
  // A bubble that asks.
  needsYou: (
    <>
      <path
        d="M3 3h18a1.6 1.6 0 0 1 1.6 1.6v11.2a1.6 1.6 0 0 1-1.6 1.6h-7.4L8.4 22v-4.6H3a1.6 1.6 0 0 1-1.6-1.6V4.6A1.6 1.6 0 0 1 3 3z"
        fill="currentColor"
      />
      <path d="M12 6v5M12 14.2v.1" stroke="var(--surface)" strokeWidth="2.4" />
    </>
  ),
  doneUnseen: (
    <>
      <circle cx="12" cy="12" r="10" fill="currentColor" />
      <path d="M7.5 12.4l3 3 6-6.6" stroke="var(--surface)" strokeWidth="2.3" />
    </>
  ),
  done: (
    <>
      {ring}
      <path d="M8.2 12.3l2.7 2.7 5-5.6" stroke="currentColor" strokeWidth="2.1" />
    </>
  ),
  // A key: somebody has to sign in.
  paused: (
    <>
      <circle cx="8" cy="15.5" r="5" stroke="currentColor" strokeWidth="2.4" />
      <path d="M11.7 11.9L20.5 3M16.4 7.3l3.2 3.2" stroke="currentColor" strokeWidth="2.4" />
    </>
  ),
  failed: (
    <>
      <path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z" fill="currentColor" />
      <path d="M8.6 8.6l6.8 6.8M15.4 8.6l-6.8 6.8" stroke="var(--surface)" strokeWidth="2.2" />
    </>
  ),
  ended: <rect x="5" y="5" width="14" height="14" rx="2" stroke="currentColor" strokeWidth="2.2" />,
  endedBadly: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="2" stroke="currentColor" strokeWidth="2.2" />
      <path d="M9 9l6 6M15 9l-6 6" stroke="currentColor" strokeWidth="2.2" />
    </>
  ),
  // A plug that was pulled.
  interrupted: <path d="M13.5 2.5L5 13.5h6l-1 8 9-11.5h-6.4z" stroke="currentColor" strokeWidth="2.2" />,
  unknown: (
    <>
      {dashes}
      <path
        d="M9.6 9.4a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1.1.8-1.1 1.6M12 16.3v.1"
        stroke="currentColor"
        strokeWidth="2"
      />
    </>
  ),
  shell: <path d="M3 4.5h18v15H3zM7 9l3 3-3 3M12.5 15h4.5" stroke="currentColor" strokeWidth="2" />,
};

export function ActivitySign({ of, size = 16 }: { of: ActivitySignName; size?: number }): ReactNode {
  return (
    <Sign tone={activityTone[of]} size={size} spins={of === 'working'}>
      {shapes[of]}
    </Sign>
  );
}

/** How long a session has been in its state. */
export function Age({ session }: { session: SessionView }): ReactNode {
  const words = useWords();
  const now = useCoarseNow();
  return <span className="number">{ageWords(stateSince(session), now, words)}</span>;
}

/** Sign, words and age of a session's state: "Needs you · 2 min". */
export function ActivityBadge({
  session,
  plain = false,
}: {
  session: SessionView;
  plain?: boolean;
}): ReactNode {
  const words = useWords();
  const sign = activitySign(session);
  const tone = `tone-${activityTone[sign]}`;
  return (
    <span className={plain ? `state ${tone}` : `badge ${tone}`}>
      <ActivitySign of={sign} size={14} />
      <span>
        {activityWords(session, words)}
        <span className="quiet-part">
          {' · '}
          <Age session={session} />
        </span>
      </span>
      {sign === 'doneUnseen' && <span className="unseen-mark">{words.t('sessions:unseen')}</span>}
    </span>
  );
}
