import type { ReactNode } from 'react';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useLook } from '../../model/look.ts';
import { useNarrow } from '../../model/window-width.ts';
import { CapDialog } from './cap-dialog.tsx';
import { NEW, useDesk } from './desk.tsx';
import { EndDialog } from './end-dialog.tsx';
import { SessionListProvider, useSessionList } from './list-context.tsx';
import { NewSession } from './new-session.tsx';
import { Panes } from './panes.tsx';
import { Sidebar } from './sidebar.tsx';
import { TabBar } from './tab-bar.tsx';

/** Claude Code sessions: the list of all of them, tabs, and the panes of the tab that is worked in. */
export function SessionsView({ item, hidden }: { item: string | null; hidden: boolean }): ReactNode {
  return (
    <SessionListProvider place={`${item} ${hidden}`}>
      <Sessions item={item} hidden={hidden} />
    </SessionListProvider>
  );
}

function Sessions({ item, hidden }: { item: string | null; hidden: boolean }): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  const { current, tab, dialog, ask } = useDesk();
  const list = useSessionList();
  const narrow = useNarrow();
  const isNew = current === null || item === NEW;
  useLook(hidden || isNew ? [] : (tab?.panes ?? []));
  const about = dialog && 'id' in dialog ? sessions.find((s) => s.id === dialog.id) : undefined;
  return (
    <div
      className="sessions"
      style={hidden ? { display: 'none' } : {}}
      data-list={list.shown ? 'shown' : 'hidden'}
    >
      <h1 className="unseen">{words.t('page:navSessions')}</h1>
      {sessions.length > 0 && <Sidebar />}
      <div className="sessions-main">
        {sessions.length > 0 && <TabBar isNew={isNew} />}
        <Panes
          hidden={hidden || isNew}
          onWork={() => {
            if (narrow) list.show(false);
          }}
        />
        {isNew && <NewSession first={sessions.length === 0} />}
      </div>
      {dialog?.kind === 'end' && about && <EndDialog session={about} onClose={() => ask(null)} />}
      {dialog?.kind === 'cap' && about && <CapDialog session={about} onClose={() => ask(null)} />}
    </div>
  );
}
