import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import type { LayoutTab, SessionView } from '../../../../src/contract/state.ts';
import { byAttention } from '../../../../src/domain/sessions/session-attention.ts';
import { ActivitySign } from '../../components/activity-sign.tsx';
import { IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icons.tsx';
import { activitySign, activityWords } from '../../model/activity-words.ts';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { NEW, useDesk } from './desk.tsx';
import { useSessionList } from './list-context.tsx';

/** The tabs, as their person arranged them; each shows one session or several. */
export function TabBar({ isNew }: { isNew: boolean }): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  const desk = useDesk();
  const { shown: listShown, show, dragged, drag } = useSessionList();
  const bar = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useState<string | null>(null);
  const [on, setOn] = useState<string | null>(null);
  const shown = isNew ? NEW : (desk.tab?.id ?? NEW);
  const byId = new Map(sessions.map((s) => [s.id, s]));

  const keys = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const tabs = [...(bar.current?.querySelectorAll<HTMLElement>('[role=tab]') ?? [])];
    const at = tabs.indexOf(document.activeElement as HTMLElement);
    const to = {
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      ArrowRight: (at + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    const id = tabs[at]?.dataset.session;
    if (event.key === 'F2' && id) desk.ask({ kind: 'rename', id, at: 'head' });
    else if (to !== undefined) tabs[to]?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div className="tab-bar">
      <span className="list-button">
        <IconButton
          icon="list"
          label={words.t('sessions:showList')}
          aria-pressed={listShown}
          onPress={() => show(!listShown)}
        />
      </span>
      <div className="tabs" role="tablist" aria-label={words.t('sessions:tabs')} ref={bar} onKeyDown={keys}>
        {desk.tabs.map((tab, n) => {
          const inside = tab.panes.flatMap((id) => byId.get(id) ?? []);
          return (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`tab-${tab.id}`}
              className="tab"
              data-session={tab.panes[0]}
              data-over={on === tab.id || undefined}
              aria-selected={tab.id === shown}
              aria-controls="panes"
              tabIndex={tab.id === shown ? 0 : -1}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData('text/plain', inside.map(sessionLabel).join(', '));
                event.dataTransfer.effectAllowed = 'move';
                setTimeout(() => {
                  setMoved(tab.id);
                  if (tab.panes.length === 1) drag(tab.panes[0] ?? null);
                });
              }}
              onDragEnd={() => {
                setMoved(null);
                setOn(null);
                drag(null);
              }}
              onDragOver={(event) => {
                if ((moved ?? dragged) === null) return;
                event.preventDefault();
                setOn(tab.id);
              }}
              onDragLeave={() => setOn(null)}
              onDrop={(event) => {
                event.preventDefault();
                setOn(null);
                const id = moved ?? desk.tabs.find((t) => dragged !== null && t.panes.includes(dragged))?.id;
                if (id) desk.moveTab(id, n);
                drag(null);
              }}
              onClick={() => desk.goTab(tab)}
            >
              <TabContent tab={tab} inside={inside} />
            </button>
          );
        })}
        <button
          type="button"
          role="tab"
          className="tab"
          aria-selected={shown === NEW}
          aria-controls="panes"
          tabIndex={shown === NEW ? 0 : -1}
          onClick={() => navigate('sessions', NEW)}
        >
          <Icon name="plus" size={14} />
          <span>{words.t('page:newSession')}</span>
        </button>
      </div>
    </div>
  );
}

function TabContent({ tab, inside }: { tab: LayoutTab; inside: readonly SessionView[] }): ReactNode {
  const words = useWords();
  // The sign of the pane that wants its person most.
  const first = byAttention(inside)[0];
  if (!first) return null;
  const [only] = inside;
  return (
    <>
      <ActivitySign of={activitySign(first)} size={14} />
      <span className="tab-name">{inside.map(sessionLabel).join(' | ')}</span>
      <span className="unseen">{activityWords(first, words)}</span>
      {inside.length === 1 && only && only.title !== '' && (
        <span className="tab-title quiet">{plainText(only.title, 60)}</span>
      )}
      {inside.length > 1 && <Icon name={tab.direction === 'row' ? 'splitRight' : 'splitDown'} size={13} />}
    </>
  );
}
