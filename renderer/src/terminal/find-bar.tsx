import { type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from '../components/button.tsx';
import { useWords } from '../model/app-context.tsx';

/** Search in the terminal: Enter goes on, Shift+Enter back, Escape ends it. */
export function FindBar({
  results,
  onFind,
  onClose,
}: {
  results: { index: number; count: number };
  onFind: (text: string, direction: 'next' | 'previous' | 'typed') => void;
  onClose: () => void;
}): ReactNode {
  const words = useWords();
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const status =
    text === ''
      ? ''
      : results.count === 0
        ? words.t('page:findNothing')
        : words.t('page:findCount', { index: results.index + 1, count: results.count });
  return (
    <search className="find-bar">
      <input
        ref={input}
        className="input"
        type="search"
        aria-label={words.t('page:find')}
        placeholder={words.t('page:find')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onFind(event.target.value, 'typed');
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') onFind(text, event.shiftKey ? 'previous' : 'next');
          else if (event.key === 'Escape') onClose();
          else return;
          event.preventDefault();
        }}
      />
      <span className="small quiet number find-count" role="status">
        {status}
      </span>
      <IconButton icon="up" label={words.t('page:findPrevious')} onPress={() => onFind(text, 'previous')} />
      <IconButton icon="down" label={words.t('page:findNext')} onPress={() => onFind(text, 'next')} />
      <IconButton icon="close" label={words.t('page:close')} onPress={onClose} />
    </search>
  );
}
