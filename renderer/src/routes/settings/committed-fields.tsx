import { type ReactNode, useState } from 'react';
import { TextInput } from '../../components/fields.tsx';
import { useWords } from '../../model/app-context.tsx';

/** A text that is saved when the person presses Enter or leaves the field. */
export function CommittedText({
  label,
  hint,
  value,
  check,
  onCommit,
}: {
  label: string;
  hint?: string;
  value: string;
  check: (text: string) => string | null;
  onCommit: (text: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? value;
  const error = check(text.trim());
  const commit = (): void => {
    if (typed === null || error) return;
    setTyped(null);
    if (typed.trim() !== value) onCommit(typed.trim());
  };
  return (
    <TextInput
      label={label}
      hint={hint}
      value={text}
      onChange={setTyped}
      error={error}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) commit();
        // As it was, for whoever thinks better of it.
        if (event.key === 'Escape' && typed !== null) setTyped(null);
      }}
    />
  );
}

interface NumberField {
  label: string;
  hint?: string;
  value: number;
  min: number;
  max: number;
  onCommit: (n: number) => void;
}

function CommittedFigure({
  pattern,
  value,
  min,
  max,
  onCommit,
  ...rest
}: NumberField & { pattern: RegExp }): ReactNode {
  const words = useWords();
  // A comma is a decimal point in half of the world.
  const read = (text: string): number => Number(text.replace(',', '.'));
  return (
    <CommittedText
      {...rest}
      value={String(value)}
      check={(text) =>
        pattern.test(text) && read(text) >= min && read(text) <= max
          ? null
          : words.t('page:numberWrong', { min, max })
      }
      onCommit={(text) => onCommit(read(text))}
    />
  );
}

export function CommittedNumber(field: NumberField): ReactNode {
  return <CommittedFigure {...field} pattern={/^\d+$/} />;
}

export function CommittedDecimal(field: NumberField): ReactNode {
  return <CommittedFigure {...field} pattern={/^\d+([.,]\d{1,3})?$/} />;
}
