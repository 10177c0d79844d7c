import { type ReactNode, useEffect, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';

/** An id as text with a small button that copies it. */
export function CopyId({ id }: { id: string }): ReactNode {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const shown = plainText(id, 300);
  return (
    <p className="copy-id">
      <code className="model-id">{shown}</code>
      <IconButton
        icon={copied ? 'check' : 'copy'}
        label={words.t('models:page.copyId', { id: shown })}
        onPress={() => void navigator.clipboard.writeText(id).then(() => setCopied(true))}
      />
      <span className="unseen" role="status">
        {copied ? words.t('page:copied') : ''}
      </span>
    </p>
  );
}
