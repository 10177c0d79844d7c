import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useAgent, useWords } from '../model/app-context.tsx';
import { useAct } from '../model/ask.ts';
import { plainText } from '../model/plain-text.ts';
import { Button } from './button.tsx';
import { ErrorNotice, Notice } from './notice.tsx';

/**
 * Says what was written to ~/.aws/config and takes it back where wanted. It stays in sight however far a long list is
 * scrolled, and the keyboard goes on here, as the button that led here has gone.
 */
export function Undoable({ children, onClose }: { children: ReactNode; onClose: () => void }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [undone, setUndone] = useState<string | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => bar.current?.focus({ preventScroll: true }), []);
  return (
    <div className="undoable" ref={bar} tabIndex={-1}>
      <Notice
        tone={undone === null ? 'ready' : 'off'}
        action={
          <div className="row-actions">
            {undone === null && (
              <Button
                isPending={pending}
                onPress={() =>
                  void run(() => agent.call('config.undo', {})).then((answer) => {
                    if (answer) setUndone(answer.file);
                  })
                }
              >
                {words.t('page:undo')}
              </Button>
            )}
            <Button look={['plain']} onPress={onClose}>
              {words.t('page:close')}
            </Button>
          </div>
        }
      >
        <span role="status">
          {undone === null ? children : words.t('page:undone', { file: plainText(undone, 300) })}
        </span>
      </Notice>
      <ErrorNotice error={error} />
    </div>
  );
}
