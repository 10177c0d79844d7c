import { useEffect, useRef, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { ProcedureInput } from '../../../../src/contract/procedures.ts';
import type { ConversationView } from '../../../../src/contract/state.ts';
import { useAgent, useLink } from '../../model/app-context.tsx';
import { errorView } from '../../model/ask.ts';

export type Wish = Pick<ProcedureInput<'history.list'>, 'query' | 'cwd' | 'endingSoon'>;

/** Conversations asked for at once. */
const PAGE = 50;
/** Somebody who types is not done yet, in ms. */
const TYPING = 220;

interface Shown {
  key: string;
  conversations: readonly ConversationView[];
  more: boolean;
}

export interface Conversations {
  /** Null before the first answer. The last answer stays while another question is asked. */
  conversations: readonly ConversationView[] | null;
  /** What is shown answers an older question. */
  stale: boolean;
  more: boolean;
  loading: boolean;
  error: ErrorView | null;
  showMore: () => void;
  again: () => void;
}

/**
 * Past conversations, a page at a time. When they change (`revision`), as many are asked for again as are shown, so
 * that nobody who reads further down is thrown back.
 */
export function useConversations(wish: Wish, revision: number): Conversations {
  const agent = useAgent();
  const { link, connection } = useLink();
  const key = JSON.stringify(wish);
  const [shown, setShown] = useState<Shown | null>(null);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<ErrorView | null>(null);
  const [round, setRound] = useState(0);
  const stop = useRef(new AbortController());
  const latest = useRef<Shown | null>(null);
  latest.current = shown;

  const ask = (before: number | undefined, limit: number, keep: readonly ConversationView[]): void => {
    stop.current.abort();
    const own = new AbortController();
    stop.current = own;
    setLoading(true);
    setError(null);
    agent
      .call(
        'history.list',
        { ...wish, limit, ...(before === undefined ? {} : { before }) },
        { signal: own.signal },
      )
      .then(
        ({ conversations, more }) => {
          if (own.signal.aborted) return;
          const known = new Set(keep.map((c) => c.id));
          setShown({ key, conversations: [...keep, ...conversations.filter((c) => !known.has(c.id))], more });
          setLoading(false);
        },
        (e) => {
          if (own.signal.aborted) return;
          setError(errorView(e));
          setLoading(false);
        },
      );
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the wish; revision, round and connection ask again.
  useEffect(() => {
    if (link !== 'online') return;
    const known = latest.current?.key === key ? latest.current.conversations.length : 0;
    const timer = setTimeout(
      () => ask(undefined, Math.min(200, Math.max(PAGE, known)), []),
      latest.current === null || latest.current.key === key ? 0 : TYPING,
    );
    return () => {
      clearTimeout(timer);
      stop.current.abort();
    };
  }, [agent, key, revision, round, connection, link]);

  return {
    conversations: shown?.conversations ?? null,
    stale: shown !== null && shown.key !== key,
    more: shown?.more ?? false,
    loading,
    error,
    showMore: () => {
      const oldest = shown?.conversations.at(-1);
      if (shown && oldest) ask(oldest.lastAt, PAGE, shown.conversations);
    },
    again: () => setRound((n) => n + 1),
  };
}
