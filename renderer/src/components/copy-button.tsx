import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../model/app-context.tsx';
import { Button } from './button.tsx';

/** Copies an identifier or address (never a secret) and says so. */
export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <Button
        icon={copied ? 'check' : 'copy'}
        aria-label={label}
        onPress={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        {copied ? words.t('page:copied') : words.t('page:copy')}
      </Button>
      <span className="unseen" role="status">
        {copied ? words.t('page:copied') : ''}
      </span>
    </>
  );
}
