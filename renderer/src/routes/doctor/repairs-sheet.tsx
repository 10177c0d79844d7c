import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DoctorFix } from '../../../../src/contract/doctor.ts';
import type { ProcedureOutput } from '../../../../src/contract/procedures.ts';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { Diff } from '../../components/diff.tsx';
import { ErrorNotice, Notice, useErrorText } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

export type Repaired = ProcedureOutput<'doctor.fix'>;

/** What the safe repairs would do, exactly; done with a press. `fix`: that one alone. */
export function RepairsSheet({
  environment,
  fix,
  onClose,
  onDone,
}: {
  environment: string | null;
  fix: DoctorFix | null;
  onClose: () => void;
  onDone: (repaired: Repaired) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [round, setRound] = useState(0);
  const wish = {
    ...(environment === null ? {} : { environment }),
    ...(fix === null ? {} : { fixes: [fix] }),
  };
  const preview = useAsk('doctor.preview', wish, round);
  // An answer of an earlier look is none of now.
  const changes = preview.loading ? null : preview.data?.changes;
  return (
    <Sheet title={words.t('doctor:page.repairsTitle')} open onClose={onClose}>
      {preview.loading && <Skeleton lines={3} />}
      <ErrorNotice error={preview.error} />
      {changes && (
        <>
          <p>{words.t(changes.length === 0 ? 'doctor:page.repairsNone' : 'doctor:page.repairsMore')}</p>
          {changes.map((change) => (
            <div key={`${change.fix} ${change.file}`} className="repair">
              <h3>{words.t(`doctor:page.fix.${change.fix}`)}</h3>
              {change.file !== null && <p className="mono small quiet">{plainText(change.file, 400)}</p>}
              <Diff text={change.diff} label={words.t(`doctor:page.fix.${change.fix}`)} />
            </div>
          ))}
        </>
      )}
      <ErrorNotice error={error} />
      <div className="dialog-buttons">
        <Button onPress={onClose}>{words.t(changes?.length === 0 ? 'page:close' : 'page:cancel')}</Button>
        {changes && changes.length > 0 && (
          <Button
            look={['primary']}
            isPending={pending}
            onPress={() =>
              void run(() => agent.call('doctor.fix', { ...wish, digest: preview.data?.digest ?? '' })).then(
                (repaired) => {
                  if (repaired) onDone(repaired);
                  // What has changed since is shown.
                  else setRound((n) => n + 1);
                },
              )
            }
          >
            {words.t('doctor:page.repairsApply', { count: changes.length })}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

/** What was repaired and what was not, and the way back. The keyboard goes on here. */
export function RepairsDone({
  repaired,
  onUndone,
  onClose,
}: {
  repaired: Repaired;
  onUndone: () => void;
  onClose: () => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const errorText = useErrorText();
  const { run, pending, error } = useAct();
  const [undone, setUndone] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => bar.current?.focus({ preventScroll: true }), []);
  const { done, failed } = repaired;
  return (
    <div className="undoable" ref={bar} tabIndex={-1}>
      <Notice
        tone={undone ? 'off' : failed.length > 0 ? 'attention' : 'ready'}
        action={
          <div className="row-actions">
            {!undone && done.length > 0 && (
              <Button
                isPending={pending}
                onPress={() =>
                  void run(() => agent.call('doctor.undo', {})).then((answer) => {
                    if (!answer) return;
                    setUndone(true);
                    onUndone();
                  })
                }
              >
                {words.t('doctor:page.repairsUndo')}
              </Button>
            )}
            <Button look={['plain']} onPress={onClose}>
              {words.t('page:close')}
            </Button>
          </div>
        }
      >
        <div role="status">
          <p>
            {undone
              ? words.t('doctor:page.repairsUndone')
              : words.t('doctor:page.repairsDone', { count: done.length })}
          </p>
          {!undone &&
            failed.map(({ fix, problem }) => (
              <p key={fix} className="small">
                {words.t('doctor:page.repairsFailed', {
                  fix: words.t(`doctor:page.fix.${fix}`),
                  problem: errorText(problem),
                })}
              </p>
            ))}
        </div>
      </Notice>
      <ErrorNotice error={error} />
    </div>
  );
}
