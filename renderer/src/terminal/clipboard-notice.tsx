import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';

/** `n` rises with each wish of a program. */
export interface ClipboardWish {
  text: string;
  n: number;
}

/** A text that came just now is not taken by a press that was meant for the one before, ms. */
const SETTLES = 600;

/** A program wants to put text on the clipboard: the person sees whose session it is and how the text begins. */
export function ClipboardNotice({
  session,
  text,
  onAlways,
  onDone,
}: {
  session: string;
  text: string;
  /** From now on nobody is asked. */
  onAlways: () => void;
  onDone: () => void;
}): ReactNode {
  const words = useWords();
  const [ready, setReady] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), SETTLES);
    return () => clearTimeout(timer);
  }, []);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(onDone, () => setFailed(true));
  };
  return (
    <div className="session-notice clipboard-notice">
      <Notice
        tone="attention"
        live
        action={
          <span className="row-actions">
            <Button isDisabled={!ready} onPress={copy}>
              {words.t('terminal:copy')}
            </Button>
            <Button onPress={onDone}>{words.t('terminal:doNotCopy')}</Button>
            <Button
              isDisabled={!ready}
              onPress={() => {
                onAlways();
                copy();
              }}
            >
              {words.t('terminal:alwaysCopy')}
            </Button>
          </span>
        }
      >
        {failed
          ? words.t('terminal:copyFailed')
          : words.t('terminal:clipboardWish', { session, count: [...text].length })}
        <br />
        <q className="mono">{plainText(text, 100)}</q>
      </Notice>
    </div>
  );
}
