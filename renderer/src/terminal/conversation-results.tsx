import { type ReactNode, useEffect, useState } from 'react';
import type { ErrorView } from '../../../src/contract/errors.ts';
import type { ConversationMatch } from '../../../src/contract/state.ts';
import { ErrorNotice } from '../components/notice.tsx';
import { useAgent, useWords } from '../model/app-context.tsx';
import { errorView } from '../model/ask.ts';
import { plainLines, plainText } from '../model/plain-text.ts';

/** Typing settles for this long before the agent is asked, in ms. */
const TYPING_SETTLES = 200;

type Found = { matches: ConversationMatch[]; more: boolean };

/** Where a conversation contains a text. `onJump` goes to a place in the terminal, and says whether it is still there. */
export function ConversationResults({
  conversation,
  text,
  onJump,
}: {
  conversation: string;
  text: string;
  onJump: ((text: string) => boolean) | null;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    setGone(false);
    setError(null);
    if (text === '') return setFound(null);
    let wanted = true;
    const timer = setTimeout(() => {
      agent.call('history.find', { conversation, text }).then(
        (answer) => {
          if (wanted) setFound(answer);
        },
        (failure) => {
          if (wanted) setError(errorView(failure));
        },
      );
    }, TYPING_SETTLES);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [agent, conversation, text]);
  if (error) return <ErrorNotice error={error} />;
  if (!found || text === '') return null;
  const roles = {
    user: words.t('terminal:roleUser'),
    assistant: words.t('terminal:roleAssistant'),
    tool: words.t('terminal:roleTool'),
  };
  return (
    <>
      <p className="small quiet find-found" role="status">
        {gone
          ? words.t('terminal:notInScrollback')
          : found.matches.length === 0
            ? words.t('page:findNothing')
            : words.t(found.more ? 'terminal:matchesMore' : 'terminal:matches', {
                count: found.matches.length,
              })}
      </p>
      <ul className="find-results" aria-label={words.t('terminal:findConversation')}>
        {found.matches.map((match, n) => {
          const line = (
            <>
              <span className="quiet small">
                {roles[match.role]} · {words.time(match.at)}
              </span>
              <span className="find-text">
                <Marked text={match.text} matches={match.matches} />
              </span>
            </>
          );
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: matches have no name, and the list is replaced as a whole.
            <li key={n}>
              {onJump ? (
                <button type="button" className="find-result" onClick={() => setGone(!jump(match, onJump))}>
                  {line}
                </button>
              ) : (
                // biome-ignore lint/a11y/noNoninteractiveTabindex: the list scrolls, also by keyboard.
                <div className="find-result" tabIndex={0}>
                  {line}
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** The words around the match as they may stand in one row of the terminal, else the match alone. */
function jump({ text, matches }: ConversationMatch, find: (text: string) => boolean): boolean {
  const [from, to] = matches[0] ?? [0, 0];
  const line = text.slice(text.lastIndexOf('\n', from) + 1).split('\n')[0] ?? '';
  const around = line.trim().slice(0, 40);
  const match = plainText(text.slice(from, to));
  return (around.includes(match) && find(around)) || find(match);
}

function Marked({ text, matches }: Pick<ConversationMatch, 'text' | 'matches'>): ReactNode {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of matches) {
    if (from < at || to <= from || to > text.length) continue;
    pieces.push(plainLines(text.slice(at, from)), <mark key={from}>{plainLines(text.slice(from, to))}</mark>);
    at = to;
  }
  return [...pieces, plainLines(text.slice(at))];
}
