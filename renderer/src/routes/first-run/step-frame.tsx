import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../../components/button.tsx';
import { useWords } from '../../model/app-context.tsx';

/**
 * One decision: its heading, what helps to decide, and the way on. The keyboard begins at the heading, where Enter goes
 * on with what is proposed.
 */
export function StepFrame({
  title,
  lead,
  children,
  onNext,
  next,
  nextPending = false,
  nextDisabled = false,
  onBack = null,
  status = '',
  more,
}: {
  title: string;
  lead: string;
  children?: ReactNode;
  /** Null where there is nothing to go on with yet. */
  onNext: (() => void) | null;
  /** What the way on is called; default "Continue". */
  next?: string;
  nextPending?: boolean;
  nextDisabled?: boolean;
  onBack?: (() => void) | null;
  /** What goes on meanwhile, or what is chosen; told to screen readers too. */
  status?: string;
  /** More ways on, beside the main one. */
  more?: ReactNode;
}): ReactNode {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const at = document.activeElement;
    // Not out of a dialog, nor out of a field that this step brought the focus to itself.
    if (at?.closest('[role=dialog], [role=alertdialog]') || heading.current?.closest('form')?.contains(at))
      return;
    heading.current?.focus();
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!nextPending && !nextDisabled) onNext?.();
  };
  return (
    <Form className="fr-step" onSubmit={submit} validationBehavior="aria" aria-labelledby="first-run-step">
      <div className="fr-head">
        <h1
          id="first-run-step"
          tabIndex={-1}
          ref={heading}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.repeat) return;
            event.preventDefault();
            event.currentTarget.closest('form')?.requestSubmit();
          }}
        >
          {title}
        </h1>
        <p className="quiet">{lead}</p>
      </div>
      <div className="fr-body">{children}</div>
      <div className="fr-foot">
        {onBack && (
          <Button look={['plain']} onPress={onBack}>
            {words.t('firstRun:back')}
          </Button>
        )}
        <p className="quiet small fr-status" role="status">
          {status}
        </p>
        {more}
        {onNext && (
          <Button type="submit" look={['primary', 'large']} isPending={nextPending} isDisabled={nextDisabled}>
            {next ?? words.t('firstRun:continue')}
          </Button>
        )}
      </div>
    </Form>
  );
}
