import type { ReactNode } from 'react';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import { CopyButton } from './copy-button.tsx';

/** A command that anyone can run, whole, to be copied. */
export function CommandLine({ command }: { command: string }): ReactNode {
  const words = useWords();
  const shown = plainText(command, 1_000);
  return (
    <div className="command-line">
      <code>{shown}</code>
      <CopyButton text={shown} label={words.t('doctor:page.copyCommand', { command: shown })} />
    </div>
  );
}
