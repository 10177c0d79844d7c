import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import type { CostCap } from '../../../../src/contract/cost-cap.ts';
import type { SessionView } from '../../../../src/contract/state.ts';
import { usdText } from '../../../../src/domain/cost/session-cost.ts';
import { Button } from '../../components/button.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { TextInput, Toggle } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { capOf, tokens } from '../../model/meter-words.ts';
import { modelLabel } from '../../model/model-label.ts';
import { sessionLabel } from '../../model/session-words.ts';

/** What is wrong with a cap as typed; an empty one is none. */
export function useCapText(cap: CostCap | null): {
  text: string;
  setText: (text: string) => void;
  stop: boolean;
  setStop: (stop: boolean) => void;
  wrong: string | null;
  /** Undefined while what is typed is wrong. */
  value: CostCap | null | undefined;
} {
  const words = useWords();
  const [text, setText] = useState(cap ? String(cap.usd) : '');
  const [stop, setStop] = useState(cap?.stop ?? false);
  const usd = capOf(text);
  const isEmpty = text.trim() === '';
  return {
    text,
    setText,
    stop,
    setStop,
    wrong: isEmpty || usd !== null ? null : words.t('sessions:capWrong'),
    value: isEmpty ? null : usd === null ? undefined : { usd, stop },
  };
}

export function CapFields({ cap }: { cap: ReturnType<typeof useCapText> }): ReactNode {
  const words = useWords();
  return (
    <>
      <TextInput
        label={words.t('sessions:capUsd')}
        hint={words.t('sessions:capHint')}
        value={cap.text}
        onChange={cap.setText}
        error={cap.wrong}
        inputMode="decimal"
        placeholder={words.t('sessions:capNone')}
      />
      <Toggle
        label={words.t('sessions:capStop')}
        hint={words.t('sessions:capStopHint')}
        isSelected={cap.stop}
        onChange={cap.setStop}
      />
    </>
  );
}

/** What a session has used so far, and the cap that its person sets. */
export function CapDialog({ session, onClose }: { session: SessionView; onClose: () => void }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const cap = useCapText(session.cap);
  const { meter } = session;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { value } = cap;
    if (value === undefined) return;
    void run(() => agent.call('sessions.update', { id: session.id, cap: value })).then((done) => {
      if (done) onClose();
    });
  };
  const facts: readonly (readonly [string, string])[] = meter
    ? [
        [
          words.t('sessions:costSoFar'),
          meter.costUsd === null ? words.t('sessions:costUnknown') : usdText(meter.costUsd, words.language),
        ],
        ...(meter.model ? [[words.t('page:model'), modelLabel(meter.model)] as const] : []),
        [words.t('sessions:tokensIn'), tokens(meter.inputTokens)],
        [words.t('sessions:tokensOut'), tokens(meter.outputTokens)],
        [words.t('sessions:tokensCacheRead'), tokens(meter.cacheReadTokens)],
        [words.t('sessions:tokensCacheWrite'), tokens(meter.cacheWriteTokens)],
      ]
    : [];
  return (
    <Sheet title={words.t('sessions:capTitle', { session: sessionLabel(session) })} open onClose={onClose}>
      {meter ? (
        <>
          <dl className="facts">
            {facts.map(([name, value]) => (
              <div className="fact" key={name}>
                <dt>{name}</dt>
                <dd className="number">{value}</dd>
              </div>
            ))}
          </dl>
          <p className="quiet small">{words.t('sessions:costExplained')}</p>
        </>
      ) : (
        <p className="quiet">{words.t('sessions:costNone')}</p>
      )}
      <Form className="form" onSubmit={submit} validationBehavior="aria">
        <CapFields cap={cap} />
        <ErrorNotice error={error} />
        <div className="dialog-buttons">
          <Button onPress={onClose}>{words.t('page:cancel')}</Button>
          <Button type="submit" look={['primary']} isPending={pending} isDisabled={cap.value === undefined}>
            {words.t('sessions:save')}
          </Button>
        </div>
      </Form>
    </Sheet>
  );
}
