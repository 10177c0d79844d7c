import { type ReactNode, useCallback, useState } from 'react';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useLook } from '../../model/look.ts';
import { usePreferences } from '../../model/preferences.ts';
import { useNarrow } from '../../model/window-width.ts';
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
  const narrow = useNarrow();
  // In a narrow window the list is there on request, until a session has been chosen.
  const [open, setOpen] = useState(false);
  const place = `${item} ${hidden}`;
  const [seen, setSeen] = useState(place);
  if (place !== seen) {
    setSeen(place);
    setOpen(false);
  }
  const listShown = narrow ? open : !preferences.hidden;
  const showList = useCallback(
    (shown: boolean): void => (narrow ? setOpen(shown) : change({ hidden: !shown })),
    [narrow, change],
  );
  const [dragged, setDragged] = useState<string | null>(null);
  const isNew = current === null || item === NEW;
  useLook(hidden || isNew ? [] : (tab?.panes ?? []));
  const about = dialog && 'id' in dialog ? sessions.find((s) => s.id === dialog.id) : undefined;
  return (
    <div
      className="sessions"
      style={hidden ? { display: 'none' } : {}}
      data-list={listShown ? 'shown' : 'hidden'}
    >
      <h1 className="unseen">{words.t('page:navSessions')}</h1>
      {sessions.length > 0 && (
        <Sidebar
          preferences={preferences}
          change={change}
          showList={showList}
          dragged={dragged}
          onDrag={setDragged}
        />
      )}
      <div className="sessions-main">
        {sessions.length > 0 && (
          <TabBar
            isNew={isNew}
            listShown={listShown}
            showList={showList}
            dragged={dragged}
            onDrag={setDragged}
          />
        )}
        <Panes hidden={hidden || isNew} dragged={dragged} onWork={() => setOpen(false)} />
        {isNew && <NewSession first={sessions.length === 0} />}
      </div>
      {dialog?.kind === 'end' && about && <EndDialog session={about} onClose={() => ask(null)} />}
      {dialog?.kind === 'cap' && about && <CapDialog session={about} onClose={() => ask(null)} />}
    </div>
  );
}
