import { type ReactNode, useState } from 'react';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useLook } from '../../model/look.ts';
import { usePreferences } from '../../model/preferences.ts';
import { CapDialog } from './cap-dialog.tsx';
import { NEW, useDesk } from './desk.tsx';
import { EndDialog } from './end-dialog.tsx';
import { NewSession } from './new-session.tsx';
import { Panes } from './panes.tsx';
import { Sidebar } from './sidebar.tsx';
import { TabBar } from './tab-bar.tsx';

/** Claude Code sessions: the list of all of them, tabs, and the panes of the tab that is worked in. */
export function SessionsView({ item, hidden }: { item: string | null; hidden: boolean }): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  const { current, tab, dialog, ask } = useDesk();
  const [preferences, change] = usePreferences();
  const [dragged, setDragged] = useState<string | null>(null);
  const isNew = current === null || item === NEW;
  useLook(hidden || isNew ? [] : (tab?.panes ?? []));
  const about = dialog && 'id' in dialog ? sessions.find((s) => s.id === dialog.id) : undefined;
  return (
    <div
      className="sessions"
      style={hidden ? { display: 'none' } : {}}
      data-list={preferences.hidden ? 'hidden' : 'shown'}
    >
      <h1 className="unseen">{words.t('page:navSessions')}</h1>
      {sessions.length > 0 && (
        <Sidebar preferences={preferences} change={change} dragged={dragged} onDrag={setDragged} />
      )}
      <div className="sessions-main">
        {sessions.length > 0 && (
          <TabBar
            isNew={isNew}
            preferences={preferences}
            change={change}
            dragged={dragged}
            onDrag={setDragged}
          />
        )}
        <Panes hidden={hidden || isNew} dragged={dragged} />
        {isNew && <NewSession first={sessions.length === 0} />}
      </div>
      {dialog?.kind === 'end' && about && <EndDialog session={about} onClose={() => ask(null)} />}
      {dialog?.kind === 'cap' && about && <CapDialog session={about} onClose={() => ask(null)} />}
    </div>
  );
}
