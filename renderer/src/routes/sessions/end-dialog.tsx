import type { ReactNode } from 'react';
import type { SessionView } from '../../../../src/contract/state.ts';
import { Confirm } from '../../components/confirm.tsx';
import { useWords } from '../../model/app-context.tsx';
import { sessionLabel } from '../../model/session-words.ts';
import { useDesk } from './desk.tsx';

/** Asks before Claude Code and all it started are ended. */
export function EndDialog({ session, onClose }: { session: SessionView; onClose: () => void }): ReactNode {
  const words = useWords();
  const desk = useDesk();
  return (
    <Confirm
      title={words.t('page:endSessionTitle', { session: sessionLabel(session) })}
      open
      onClose={onClose}
      confirm={words.t('page:endSession')}
      onConfirm={() => desk.end(session.id)}
    >
      {words.t('page:endSessionExplained')}
    </Confirm>
  );
}
