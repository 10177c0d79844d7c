import type { ReactNode } from 'react';
import type { SessionView } from '../../../src/contract/state.ts';
import { useWords } from '../model/app-context.tsx';
import { sessionIndicator, sessionStateWords } from '../model/session-words.ts';
import { IndicatorSign } from './indicator.tsx';

export function SessionBadge({ session }: { session: SessionView }): ReactNode {
  const words = useWords();
  const indicator = sessionIndicator(session);
  return (
    <span className={`badge tone-${indicator}`}>
      <IndicatorSign of={indicator} size={13} />
      {sessionStateWords(session, words)}
    </span>
  );
}
