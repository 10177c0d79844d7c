import type { ReactNode } from 'react';
import { sessionIsOpen } from '../../../../src/contract/state.ts';
import { byAttention } from '../../../../src/domain/sessions/session-attention.ts';
import { ActivityBadge } from '../../components/activity-sign.tsx';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { folderName, plainText, shortPath } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { useOpenClaude } from './use-open-claude.ts';

/** Sessions that are open and folders that Claude Code was opened in before. */
export function Folders({ usable }: { usable: boolean }): ReactNode {
  const words = useWords();
  const { recentFolders, pinnedFolders, sessions } = useSnapshot();
  const { open, pending, error } = useOpenClaude();
  const running = byAttention(sessions.filter(sessionIsOpen));
  const folders = [...new Set([...pinnedFolders, ...recentFolders])];
  return (
    <>
      {running.length > 0 && (
        <section className="panel" aria-labelledby="open-sessions">
          <h2 id="open-sessions">{words.t('page:openSessions')}</h2>
          <ul className="rows">
            {running.map((s) => (
              <li key={s.id} className="row">
                <div className="row-main">
                  <a href={routeHref('sessions', s.id)}>{sessionLabel(s)}</a>
                  <p className="quiet small">{shortPath(s.cwd)}</p>
                </div>
                <ActivityBadge session={s} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel" aria-labelledby="folders">
        <h2 id="folders">{words.t('page:recentFolders')}</h2>
        {folders.length === 0 ? (
          <p className="quiet">{words.t('page:noFolders')}</p>
        ) : (
          <ul className="rows">
            {folders.slice(0, 8).map((folder) => (
              <li key={folder} className="row">
                <Icon name="folder" />
                <div className="row-main">
                  <p>{folderName(folder)}</p>
                  <p className="quiet small">{shortPath(folder)}</p>
                </div>
                <Button
                  isDisabled={pending}
                  aria-label={words.t('page:openIn', { folder: plainText(folder) })}
                  onPress={() => void open(folder)}
                >
                  {words.t('page:open')}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {!usable && folders.length > 0 && <p className="quiet small">{words.t('page:openAsksForSignIn')}</p>}
        <ErrorNotice error={error} />
      </section>
    </>
  );
}
