import { type ReactNode, useState } from 'react';
import { AbsolutePath } from '../../../../src/contract/names.ts';
import { namedConversation } from '../../../../src/domain/conversations/conversation-id.ts';
import { Button } from '../../components/button.tsx';
import { Choice, TextInput, Toggle } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { NEW } from '../sessions/desk.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { useConversations } from './use-conversations.ts';

const EVERYWHERE = '';

/** All past conversations of Claude Code on this machine, ours or not: searched by what was said in them. */
export function HistoryView({ query }: { query: string }): ReactNode {
  const words = useWords();
  const { history, recentFolders, pinnedFolders, environments, activeEnvironment } = useSnapshot();
  const [typed, setTyped] = useState(query);
  // Another search, from the palette, while this view is shown.
  const [given, setGiven] = useState(query);
  if (query !== given) {
    setGiven(query);
    setTyped(query);
  }
  const [folder, setFolder] = useState(EVERYWHERE);
  const [endingSoon, setEndingSoon] = useState(false);
  const [environment, setEnvironment] = useState<string | null>(null);
  const text = typed.trim();
  const { conversations, stale, more, loading, error, showMore, again } = useConversations(
    {
      ...(text === '' ? {} : { query: text.slice(0, 200) }),
      ...(folder === EVERYWHERE ? {} : { cwd: folder }),
      ...(endingSoon ? { endingSoon } : {}),
    },
    history.revision,
  );
  const folders = [
    ...new Set([
      ...pinnedFolders,
      ...recentFolders,
      ...(conversations ?? []).map((c) => c.cwd).filter((cwd) => AbsolutePath.safeParse(cwd).success),
      ...(folder === EVERYWHERE ? [] : [folder]),
    ]),
  ];
  const isFiltered = text !== '' || folder !== EVERYWHERE || endingSoon;
  const status =
    conversations === null || stale
      ? ''
      : words.t(more ? 'sessions:historyCountMore' : 'sessions:historyCount', {
          count: conversations.length,
        });
  return (
    <div className="main-scroll">
      <div className="page history">
        <div className="page-head">
          <h1>{words.t('page:navHistory')}</h1>
          <p className="quiet small" role="status">
            {history.pending > 0 ? words.t('sessions:historyPending') : status}
          </p>
        </div>
        <section className="panel" aria-label={words.t('sessions:historySearch')}>
          <TextInput
            label={words.t('sessions:historySearch')}
            hint={words.t('sessions:historySearchHint')}
            type="search"
            value={typed}
            onChange={setTyped}
            maxLength={200}
          />
          <div className="form-pair">
            <Choice
              label={words.t('page:folder')}
              value={folder}
              options={[
                { id: EVERYWHERE, label: words.t('sessions:everywhere') },
                ...folders.map((f) => ({ id: f, label: plainText(f, 300) })),
              ]}
              onChange={setFolder}
            />
            {environments.length > 1 && (
              <Choice
                label={words.t('sessions:resumeWith')}
                value={environment ?? activeEnvironment}
                options={environments.map((e) => ({
                  id: e.name,
                  label: plainText(e.name),
                  detail: `${plainText(e.profile)} · ${e.region}`,
                }))}
                onChange={setEnvironment}
              />
            )}
          </div>
          <Toggle
            label={words.t('sessions:endingSoon')}
            hint={words.t('sessions:endingSoonHint')}
            isSelected={endingSoon}
            onChange={setEndingSoon}
          />
        </section>
        <ErrorNotice error={error} action={<Button onPress={again}>{words.t('page:tryAgain')}</Button>} />
        <section aria-label={words.t('page:navHistory')} aria-busy={loading} className="conversations">
          {conversations === null && !error && (
            <div className="panel" aria-hidden="true">
              <span className="skeleton skeleton-line" />
              <span className="skeleton skeleton-line" />
              <span className="skeleton skeleton-line" />
            </div>
          )}
          {conversations?.length === 0 && !loading && !error && (
            <div className="panel">
              <div className="empty">
                <p>{words.t(isFiltered ? 'sessions:historyNothing' : 'sessions:historyEmpty')}</p>
                {isFiltered ? (
                  <Button
                    onPress={() => {
                      setTyped('');
                      setFolder(EVERYWHERE);
                      setEndingSoon(false);
                    }}
                  >
                    {words.t('sessions:historyAll')}
                  </Button>
                ) : (
                  <a className="button" href={routeHref('sessions', NEW)}>
                    {words.t('page:openClaude')}
                  </a>
                )}
              </div>
            </div>
          )}
          {conversations !== null && conversations.length > 0 && (
            <ul className="panel conversation-list" data-stale={stale || undefined}>
              {conversations.map((c) => (
                <ConversationRow
                  key={c.id}
                  conversation={c}
                  // By its id it is found whatever was said in it.
                  query={namedConversation(text) === c.id ? '' : text}
                  environment={environment}
                />
              ))}
            </ul>
          )}
          {more && !stale && (
            <div>
              <Button isPending={loading} onPress={showMore}>
                {words.t('sessions:historyMore')}
              </Button>
            </div>
          )}
        </section>
      </div>
    </div>
  );
}
