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
      }}
    />
  );
}

export function CommittedNumber({
  label,
  value,
  min,
  max,
  onCommit,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  onCommit: (n: number) => void;
}): ReactNode {
  const words = useWords();
  return (
    <CommittedText
      label={label}
      value={String(value)}
      check={(text) =>
        /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max
          ? null
          : words.t('page:numberWrong', { min, max })
      }
      onCommit={(text) => onCommit(Number(text))}
    />
  );
}
