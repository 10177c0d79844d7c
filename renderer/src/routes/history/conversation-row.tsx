import { type ReactNode, useState } from 'react';
import type { ConversationMatch, ConversationView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { MarkedText } from '../../components/marked-text.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { useCoarseNow } from '../../model/coarse-clock.ts';
import { modelLabel } from '../../model/model-label.ts';
import { plainMarked, plainText, shortPath } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';

const DAY = 24 * 3_600_000;
const WEEK = 7 * DAY;

/** A past conversation: what it was about, where a search found it, and the way back into it. */
export function ConversationRow({
  conversation,
  query,
  environment,
}: {
  conversation: ConversationView;
  query: string;
  /** The environment it is resumed with; null: the active one. */
  environment: string | null;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const now = useCoarseNow();
  const { run, pending, error } = useAct();
  const [open, setOpen] = useState(false);
  const { id, session, snippet, deletedAt, model } = conversation;
  const title = plainText(conversation.title, 160) || words.t('sessions:untitled');
  const resume = (): void => {
    void run(() =>
      agent.call('history.resume', { conversation: id, ...(environment === null ? {} : { environment }) }),
    ).then((opened) => {
      if (opened) navigate('sessions', opened.id);
    });
  };
  const soon = deletedAt !== null && deletedAt - now < WEEK;
  const days = deletedAt === null ? 0 : Math.max(0, Math.floor((deletedAt - now) / DAY));
  const shown = snippet && plainMarked(snippet.text, snippet.matches);
  return (
    <li className="conversation">
      <div className="conversation-main">
        <h2 className="conversation-title">{title}</h2>
        <p className="quiet small">
          {[
            shortPath(conversation.cwd),
            words.time(conversation.lastAt),
            words.t('sessions:messages', { count: conversation.messages }),
            model ? modelLabel(model) : '',
          ]
            .filter((f) => f !== '')
            .join(' · ')}
        </p>
        {shown && (
          <p className="snippet small">
            <MarkedText text={shown.text} matches={shown.matches} />
          </p>
        )}
        <p className="conversation-signs">
          {session && (
            <span className="badge tone-busy">
              <IndicatorSign of="ready" size={13} />
              {words.t('sessions:isOpen')}
            </span>
          )}
          {soon && (
            <span className="badge tone-attention">
              <IndicatorSign of="attention" size={13} />
              {days === 0 ? words.t('sessions:deletedToday') : words.t('sessions:deletedIn', { count: days })}
            </span>
          )}
        </p>
        <ErrorNotice error={error} />
        {open && <Matches conversation={id} text={query} />}
      </div>
      <div className="row-actions">
        {query !== '' && (
          <Button look={['plain']} aria-expanded={open} onPress={() => setOpen(!open)}>
            {words.t(open ? 'sessions:hideMatches' : 'sessions:showMatches')}
          </Button>
        )}
        {session ? (
          <Button
            aria-label={words.t('sessions:goToOf', { title })}
            onPress={() => navigate('sessions', session)}
          >
            {words.t('sessions:goTo')}
          </Button>
        ) : (
          <Button isPending={pending} aria-label={words.t('sessions:resumeOf', { title })} onPress={resume}>
            {words.t('page:resume')}
          </Button>
        )}
      </div>
    </li>
  );
}

const roleWords = {
  user: 'sessions:saidByYou',
  assistant: 'sessions:saidByClaude',
  tool: 'sessions:saidByTool',
} as const satisfies Record<ConversationMatch['role'], string>;

/** The places in a conversation where the search found something. */
function Matches({ conversation, text }: { conversation: string; text: string }): ReactNode {
  const words = useWords();
  const { data, error, loading } = useAsk('history.find', { conversation, text });
  if (error) return <ErrorNotice error={error} />;
  if (!data)
    return loading ? (
      <p className="quiet small" role="status">
        {words.t('page:loading')}
      </p>
    ) : null;
  if (data.matches.length === 0) return <p className="quiet small">{words.t('page:findNothing')}</p>;
  return (
    <ol className="matches">
      {data.matches.map((match, n) => {
        const shown = plainMarked(match.text, match.matches);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two places may say the same at the same time.
          <li key={`${n} ${match.at}`}>
            <span className="quiet small">
              {words.t(roleWords[match.role])} · {words.time(match.at)}
            </span>
            <p className="snippet small">
              <MarkedText text={shown.text} matches={shown.matches} />
            </p>
          </li>
        );
      })}
      {data.more && <li className="quiet small">{words.t('sessions:moreMatches')}</li>}
    </ol>
  );
}
