import { type DragEvent, type KeyboardEvent, memo, type ReactNode, useState } from 'react';
import type { SessionView } from '../../../../src/contract/state.ts';
import { usdText } from '../../../../src/domain/cost/session-cost.ts';
import { ActivityBadge } from '../../components/activity-sign.tsx';
import { ContextBar } from '../../components/context-bar.tsx';
import { Icon } from '../../components/icons.tsx';
import { MenuButton } from '../../components/menu.tsx';
import { RenameField } from '../../components/rename-field.tsx';
import { activityDetail } from '../../model/activity-words.ts';
import { useWords } from '../../model/app-context.tsx';
import { modelLabel } from '../../model/model-label.ts';
import { folderLabel, plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { type Desk, useDesk } from './desk.tsx';
import { sessionEntries } from './session-entries.ts';

export interface RowDrag {
  /** The session that is dragged, from wherever. */
  dragged: string | null;
  onDrag: (id: string | null) => void;
  /** Puts the dragged session before this one, or behind it. */
  onDrop: (on: string, before: boolean) => void;
  /** Whether the dragged session may stand beside this one. */
  accepts: (id: string) => boolean;
}

/** One session in the list. */
export function SessionRow({
  session,
  isStop,
  showFolder,
  showEnvironment,
  onMove,
  drag,
}: {
  session: SessionView;
  /** The one entry that the Tab key reaches. */
  isStop: boolean;
  showFolder: boolean;
  showEnvironment: boolean;
  onMove: (by: -1 | 1) => void;
  drag: RowDrag;
}): ReactNode {
  const words = useWords();
  const desk = useDesk();
  const [edge, setEdge] = useState<'before' | 'after' | null>(null);
  const { id } = session;
  const renaming = desk.dialog?.kind === 'rename' && desk.dialog.id === id && desk.dialog.at === 'list';
  const isShown = desk.tab?.panes.includes(id) ?? false;

  const over = (event: DragEvent<HTMLElement>): void => {
    if (!drag.accepts(id)) return;
    event.preventDefault();
    const { top, height } = event.currentTarget.getBoundingClientRect();
    setEdge(event.clientY < top + height / 2 ? 'before' : 'after');
  };
  const keys = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === 'F2') desk.ask({ kind: 'rename', id, at: 'list' });
    else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown'))
      onMove(event.key === 'ArrowUp' ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li
      className="s-row"
      data-edge={edge ?? undefined}
      data-dragged={drag.dragged === id || undefined}
      data-shown={isShown || undefined}
      draggable={!renaming}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', sessionLabel(session));
        event.dataTransfer.effectAllowed = 'move';
        // The element is copied for the pointer before it changes.
        setTimeout(() => drag.onDrag(id));
      }}
      onDragEnd={() => drag.onDrag(null)}
      onDragOver={over}
      onDragLeave={() => setEdge(null)}
      onDrop={(event) => {
        event.preventDefault();
        if (edge && drag.accepts(id)) drag.onDrop(id, edge === 'before');
        setEdge(null);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        event.currentTarget.querySelector<HTMLElement>('.s-menu button')?.click();
      }}
    >
      {renaming ? (
        <div className="s-link">
          <RenameField
            label={words.t('sessions:nameOf', { session: sessionLabel(session) })}
            value={session.name}
            onDone={(name) => {
              desk.ask(null);
              if (name !== null) desk.rename(id, name);
              requestAnimationFrame(() => document.getElementById(`row-${id}`)?.focus());
            }}
          />
        </div>
      ) : (
        <a
          id={`row-${id}`}
          className="s-link"
          href={routeHref('sessions', id)}
          tabIndex={isStop ? 0 : -1}
          aria-current={desk.current?.id === id ? 'true' : undefined}
          draggable={false}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            desk.go(id);
          }}
          onKeyDown={keys}
        >
          <RowContent session={session} showFolder={showFolder} showEnvironment={showEnvironment} />
        </a>
      )}
      <Actions session={session} desk={desk} isStop={isStop} />
    </li>
  );
}

function Actions({
  session,
  desk,
  isStop,
}: {
  session: SessionView;
  desk: Desk;
  isStop: boolean;
}): ReactNode {
  const words = useWords();
  return (
    <span className="s-menu">
      <MenuButton
        label={words.t('sessions:actsOf', { session: sessionLabel(session) })}
        entries={sessionEntries(session, desk, words, 'list')}
        tabIndex={isStop ? 0 : -1}
      />
    </span>
  );
}

/** What an entry says; drawn again only when the session itself changes. */
const RowContent = memo(function RowContent({
  session,
  showFolder,
  showEnvironment,
}: {
  session: SessionView;
  showFolder: boolean;
  showEnvironment: boolean;
}): ReactNode {
  const words = useWords();
  const { meter, activity } = session;
  const detail = activityDetail(session, words);
  const model = meter?.model ?? session.model;
  const facts = [
    showFolder ? folderLabel(session.cwd) : '',
    showEnvironment ? plainText(session.environment ?? session.profile, 60) : '',
  ].filter((f) => f !== '');
  return (
    <>
      <span className="s-top">
        <strong className="s-name">{sessionLabel(session)}</strong>
        {session.pinned && (
          <span className="s-pin" title={words.t('sessions:pinned')}>
            <Icon name="pin" size={13} />
            <span className="unseen"> {words.t('sessions:pinned')}</span>
          </span>
        )}
      </span>
      <ActivityBadge session={session} plain />
      {detail && (
        <span className={activity.state === 'failed' ? 's-detail failed' : 's-detail'}>{detail}</span>
      )}
      {activity.background > 0 && (
        <span className="s-facts">{words.t('sessions:background', { count: activity.background })}</span>
      )}
      {facts.length > 0 && (
        <span className="s-facts" title={plainText(session.cwd, 400)}>
          {facts.join(' · ')}
        </span>
      )}
      {(session.program === 'claude' || model) && (
        <span className="s-meter">
          {meter && meter.costUsd !== null && (
            <span className="number" title={words.t('sessions:costExplained')}>
              <span className="unseen">{words.t('sessions:cost')} </span>≈{' '}
              {usdText(meter.costUsd, words.language)}
            </span>
          )}
          <ContextBar meter={meter} />
          {model && <span className="s-model">{modelLabel(model)}</span>}
        </span>
      )}
    </>
  );
});
