import { type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from '../components/button.tsx';
import { useWords } from '../model/app-context.tsx';
import { ConversationResults } from './conversation-results.tsx';

export type FindPlace = 'terminal' | 'conversation';

/**
 * Search in the terminal, or in the conversation that it shows: a program that draws the whole screen leaves no
 * scrollback to search. Enter goes on, Shift+Enter back, Escape ends it.
 */
export function FindBar({
  results,
  conversation,
  fullScreen,
  onFind,
  onClose,
}: {
  results: { index: number; count: number };
  /** The conversation's id; null where there is none to read. */
  conversation: string | null;
  fullScreen: boolean;
  /** Answers whether the text is in the terminal. */
  onFind: (text: string, direction: 'next' | 'previous' | 'typed') => boolean;
  onClose: () => void;
}): ReactNode {
  const words = useWords();
  const [text, setText] = useState('');
  const [place, setPlace] = useState<FindPlace>(
    fullScreen && conversation !== null ? 'conversation' : 'terminal',
  );
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const status =
    text === '' || place === 'conversation'
      ? ''
      : results.count === 0
        ? words.t('page:findNothing')
        : words.t('page:findCount', { index: results.index + 1, count: results.count });
  const choose = (chosen: FindPlace): void => {
    setPlace(chosen);
    onFind(chosen === 'terminal' ? text : '', 'typed');
    input.current?.focus();
  };
  return (
    <search
      className="find-bar"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
        event.preventDefault();
        onClose();
      }}
    >
      <div className="find-row">
        <input
          ref={input}
          className="input"
          type="search"
          aria-label={words.t('page:find')}
          placeholder={words.t('page:find')}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (place === 'terminal') onFind(event.target.value, 'typed');
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || event.key !== 'Enter' || place !== 'terminal') return;
            onFind(text, event.shiftKey ? 'previous' : 'next');
            event.preventDefault();
          }}
        />
        {place === 'terminal' && (
          <>
            <span className="small quiet number find-count" role="status">
              {status}
            </span>
            <IconButton
              icon="up"
              label={words.t('page:findPrevious')}
              onPress={() => onFind(text, 'previous')}
            />
            <IconButton icon="down" label={words.t('page:findNext')} onPress={() => onFind(text, 'next')} />
          </>
        )}
        <IconButton icon="close" label={words.t('page:close')} onPress={onClose} />
      </div>
      {conversation !== null && (
        <fieldset className="find-places small">
          <legend>{words.t('terminal:findIn')}</legend>
          <PlaceChoice place="terminal" chosen={place} onChoose={choose}>
            {words.t('terminal:findTerminal')}
          </PlaceChoice>
          <PlaceChoice place="conversation" chosen={place} onChoose={choose}>
            {words.t('terminal:findConversation')}
          </PlaceChoice>
        </fieldset>
      )}
      {place === 'conversation' && conversation !== null && (
        <ConversationResults
          conversation={conversation}
          text={text}
          onJump={fullScreen ? null : (found) => onFind(found, 'previous')}
        />
      )}
    </search>
  );
}

function PlaceChoice({
  place,
  chosen,
  onChoose,
  children,
}: {
  place: FindPlace;
  chosen: FindPlace;
  onChoose: (place: FindPlace) => void;
  children: ReactNode;
}): ReactNode {
  return (
    <button
      type="button"
      className="foot-button"
      aria-pressed={place === chosen}
      onClick={() => onChoose(place)}
    >
      {children}
    </button>
  );
}
