import type { ReactNode } from 'react';
import type { ProfileNote } from '../../../src/contract/state.ts';
import { useWords } from '../model/app-context.tsx';
import { noteWords, sortedNotes } from '../model/profile-words.ts';
import { Icon } from './icons.tsx';
import { IndicatorSign } from './indicator.tsx';

/** What a person should know about a profile: warnings told apart by sign and word, not by colour alone. */
export function Notes({ notes }: { notes: readonly ProfileNote[] }): ReactNode {
  const words = useWords();
  if (notes.length === 0) return null;
  return (
    <ul className="notes small">
      {sortedNotes(notes).map((note) => (
        <li key={`${note.code} ${JSON.stringify(note.params)}`} className={`note note-${note.level}`}>
          {note.level === 'warning' ? (
            <IndicatorSign of="attention" size={15} />
          ) : (
            <Icon name="info" size={15} />
          )}
          <span>
            <span className="unseen">
              {words.t(note.level === 'warning' ? 'page:noteWarning' : 'page:noteInfo')}{' '}
            </span>
            {noteWords(note, words)}
          </span>
        </li>
      ))}
    </ul>
  );
}
