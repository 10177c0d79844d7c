import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import type { MfaView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { TextInput } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/** What the contract takes as a code. */
const CODE = /^\d{6,8}$/;

/** Asks for the code of an MFA device; whichever shell answers first, the question goes everywhere. */
export function MfaForm({ mfa }: { mfa: MfaView }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const form = useRef<HTMLDivElement>(null);
  const [code, setCode] = useState('');
  const [shown, setShown] = useState(false);
  const wrong = !CODE.test(code);

  // The keyboard goes on here, unless the person is busy elsewhere; after a refusal it comes back.
  const refusal = mfa.problem === null ? null : JSON.stringify(mfa.problem);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each question and each refusal asks anew.
  useEffect(() => {
    const at = document.activeElement;
    const busy = at && at !== document.body && at.id !== 'main' && !form.current?.contains(at);
    if (!busy) form.current?.querySelector('input')?.focus();
    setCode('');
    setShown(false);
  }, [mfa.id, refusal]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShown(true);
    if (wrong) return;
    void run(() => agent.call('mfa.answer', { id: mfa.id, code })).then(() => {
      setCode('');
      setShown(false);
    });
  };
  return (
    <div className="mfa" ref={form}>
      <dl className="facts">
        {(
          [
            ['page:profile', mfa.profile],
            ['page:role', mfa.roleArn],
            ['page:mfaDevice', mfa.mfaSerial],
          ] as const
        ).map(([term, text]) => (
          <div key={term} className="fact">
            <dt>{words.t(term)}</dt>
            <dd className="mono">{plainText(text, 300)}</dd>
          </div>
        ))}
      </dl>
      <Form className="mfa-answer" onSubmit={submit} validationBehavior="aria">
        <TextInput
          label={words.t('page:mfaCode')}
          hint={words.t('page:mfaCodeHint')}
          value={code}
          onChange={(text) => setCode(text.replace(/\s+/g, '').slice(0, 8))}
          error={shown && wrong ? words.t('page:mfaCodeWrong') : null}
          inputMode="numeric"
          autoComplete="one-time-code"
          mono
          isRequired
        />
        <div className="mfa-buttons">
          <Button type="submit" look={['primary', 'large']} isPending={pending}>
            {words.t('page:mfaContinue')}
          </Button>
          <Button
            look={['plain']}
            isDisabled={pending}
            onPress={() => void run(() => agent.call('mfa.cancel', { id: mfa.id }))}
          >
            {words.t('page:mfaNotNow')}
          </Button>
        </div>
      </Form>
      <ErrorNotice error={error ?? mfa.problem} />
    </div>
  );
}
