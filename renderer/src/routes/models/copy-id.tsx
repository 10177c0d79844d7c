import type { ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';

/** An id as text with a small button that copies it. */
export function CopyId({ id }: { id: string }): ReactNode {
  const words = useWords();
  const shown = plainText(id, 300);
  return (
    <p className="copy-id">
      <code className="model-id">{shown}</code>
      <CopyButton text={id} label={words.t('models:page.copyId', { id: shown })} sign />
    </p>
  );
}
