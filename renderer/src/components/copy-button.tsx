import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../model/app-context.tsx';
import { Button, IconButton } from './button.tsx';

/** Copies an identifier, a command or an address (never a secret) and says so. `sign`: a small one, without a word. */
export function CopyButton({
  text,
  label,
  sign = false,
}: {
  text: string;
  label: string;
  sign?: boolean;
}): ReactNode {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const icon = copied ? 'check' : 'copy';
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <>
      {sign ? (
        <IconButton icon={icon} label={label} onPress={copy} />
      ) : (
        <Button icon={icon} aria-label={label} onPress={copy}>
          {words.t(copied ? 'page:copied' : 'page:copy')}
        </Button>
      )}
      <span className="unseen" role="status">
        {copied ? words.t('page:copied') : ''}
      </span>
    </>
  );
}
