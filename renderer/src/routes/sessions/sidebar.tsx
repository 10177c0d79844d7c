import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import {
  Button as AriaButton,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import type { SessionView } from '../../../../src/contract/state.ts';
import type { Translator } from '../../../../src/locales/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { folderLabel, plainText } from '../../model/plain-text.ts';
import type { Preferences } from '../../model/preferences.ts';
import { navigate } from '../../model/route.ts';
import {
  groupSessions,
  type ListGrouping,
  type ListOrder,
  listGroupings,
  listOrders,
  movedBefore,
  movedBy,
  ownOrder,
  type SessionGroup,
} from '../../model/session-list.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { focusPane, NEW, useDesk } from './desk.tsx';
import { useSessionList } from './list-context.tsx';
import { NeedsYou } from './needs-you.tsx';
import { type RowDrag, SessionRow } from './session-row.tsx';

/** All sessions, with what each is doing, and first of all those that wait for their person. */
export function Sidebar(): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  const desk = useDesk();
  const { preferences, change, show, dragged, drag: setDragged } = useSessionList();
  const list = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const { order, grouping } = preferences;
  const groups = groupSessions(sessions, order, grouping);
  const interrupted = sessions.filter((s) => s.state === 'lost');
  const stop = desk.current?.id ?? ownOrder(sessions)[0]?.id;

  // The chord for the list shows it and goes to the entry of the session that is worked in; from there, it hides the
  // list and goes back.
  const currentId = desk.current?.id ?? null;
  useEffect(() => {
    const goThere = (): void => {
      if (list.current?.contains(document.activeElement)) {
        show(false);
        if (currentId !== null) focusPane(currentId);
        return;
      }
      show(true);
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          list.current?.querySelector<HTMLElement>('.s-link[tabindex="0"]')?.focus(),
        ),
      );
    };
    addEventListener('sessions-list', goThere);
    return () => removeEventListener('sessions-list', goThere);
  }, [show, currentId]);

  const move = (group: SessionGroup, session: SessionView, by: -1 | 1): void => {
    if (order !== 'own') {
      setSaid(words.t('sessions:orderIsNeeds'));
      return;
    }
    const ids = movedBy(sessions, group.sessions, session.id, by);
    if (!ids) return;
    desk.reorder(ids);
    const place = group.sessions.indexOf(session) + by + 1;
    setSaid(
      words.t('sessions:movedTo', { session: sessionLabel(session), place, count: group.sessions.length }),
    );
  };
  const drag = (group: SessionGroup): RowDrag => ({
    dragged,
    onDrag: setDragged,
    accepts: (id) => {
      const [moved, on] = [dragged, id].map((x) => group.sessions.find((s) => s.id === x));
      return order === 'own' && !!moved && !!on && moved !== on && moved.pinned === on.pinned;
    },
    onDrop: (on, before) => {
      if (dragged === null) return;
      const behind = group.sessions[group.sessions.findIndex((s) => s.id === on) + 1];
      desk.reorder(movedBefore(sessions, dragged, before ? on : (behind?.id ?? null)));
      setDragged(null);
    },
  });
  const keys = (event: KeyboardEvent<HTMLElement>): void => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('.s-link[href]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
  };
  const rows = (group: SessionGroup): ReactNode => (
    <ul className="s-list">
      {group.sessions.map((s) => (
        <SessionRow
          key={s.id}
          session={s}
          isStop={s.id === stop}
          showFolder={group.kind !== 'folder'}
          showEnvironment={group.kind !== 'environment'}
          onMove={(by) => move(group, s, by)}
          drag={drag(group)}
        />
      ))}
    </ul>
  );
  return (
    <aside
      className="sidebar"
      aria-label={words.t('sessions:list')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !desk.current) return;
        event.stopPropagation();
        desk.go(desk.current.id);
      }}
    >
      <div className="sidebar-head">
        <Button icon="plus" onPress={() => navigate('sessions', NEW)}>
          {words.t('page:newSession')}
        </Button>
        <span className="sidebar-tools">
          <IconButton
            icon="command"
            label={words.t('sessions:act_palette')}
            onPress={() => desk.act('palette')}
          />
          <ViewMenu order={order} grouping={grouping} change={change} />
          <IconButton icon="list" label={words.t('sessions:hideList')} onPress={() => show(false)} />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys go from entry to entry. */}
      <div className="sidebar-scroll" ref={list} onKeyDown={keys}>
        <ErrorNotice
          error={desk.error}
          action={
            <Button look={['plain']} onPress={desk.forgetError}>
              {words.t('page:close')}
            </Button>
          }
        />
        {interrupted.length > 0 && <Interrupted sessions={interrupted} />}
        <NeedsYou />
        {groups.map((group) => (
          <section
            key={`${group.kind} ${group.name}`}
            aria-label={groupName(group, words)}
            className="s-group"
          >
            {group.kind === 'ended' ? (
              <Ended
                count={group.sessions.length}
                open={preferences.endedOpen}
                onToggle={() => change({ endedOpen: !preferences.endedOpen })}
                onClear={() => desk.remove(group.sessions.map((s) => s.id))}
              >
                {rows(group)}
              </Ended>
            ) : (
              <>
                {(group.kind !== 'all' || groups.length > 1) && (
                  <h2
                    className="s-heading"
                    title={group.kind === 'folder' ? plainText(group.name, 400) : undefined}
                  >
                    {groupName(group, words)} <span className="number quiet">{group.sessions.length}</span>
                  </h2>
                )}
                {rows(group)}
              </>
            )}
          </section>
        ))}
        <p className="unseen" role="status">
          {said}
        </p>
      </div>
    </aside>
  );
}

function groupName(group: SessionGroup, { t }: Pick<Translator, 't'>): string {
  switch (group.kind) {
    case 'environment':
      return plainText(group.name, 80);
    case 'folder':
      return folderLabel(group.name);
    case 'all':
      return t('page:openSessions');
    case 'needs':
      return t('sessions:groupNeeds');
    case 'working':
      return t('sessions:groupWorking');
    case 'done':
      return t('sessions:groupDone');
    case 'interrupted':
      return t('sessions:groupInterrupted');
    case 'ended':
      return t('sessions:groupEnded');
  }
}

/** After a restart of the computer: all of them again, or none. */
function Interrupted({ sessions }: { sessions: readonly SessionView[] }): ReactNode {
  const words = useWords();
  const desk = useDesk();
  const resumable = sessions.filter((s) => s.resumable);
  return (
    <Notice tone="attention">
      <p>{words.t('sessions:interrupted', { count: sessions.length })}</p>
      <div className="row-actions">
        {resumable.length > 0 && (
          <Button
            look={['primary']}
            isPending={desk.pending}
            onPress={() => desk.resume(resumable.map((s) => s.id))}
          >
            {words.t('sessions:resumeAll', { count: resumable.length })}
          </Button>
        )}
        <Button look={['plain']} onPress={() => desk.remove(sessions.map((s) => s.id))}>
          {words.t('sessions:removeAll')}
        </Button>
      </div>
    </Notice>
  );
}

/** Ended sessions, folded away. */
function Ended({
  count,
  open,
  onToggle,
  onClear,
  children,
}: {
  count: number;
  open: boolean;
  onToggle: () => void;
  onClear: () => void;
  children: ReactNode;
}): ReactNode {
  const words = useWords();
  return (
    <>
      <div className="s-fold">
        <h2 className="s-heading">
          <AriaButton className="fold-button" aria-expanded={open} onPress={onToggle}>
            <Icon name={open ? 'up' : 'down'} size={13} />
            {words.t('sessions:groupEnded')} <span className="number quiet">{count}</span>
          </AriaButton>
        </h2>
        {open && <IconButton icon="trash" label={words.t('sessions:removeEnded')} onPress={onClear} />}
      </div>
      {open && children}
    </>
  );
}

const orderWords = { own: 'sessions:orderOwn', needs: 'sessions:orderNeeds' } as const;
const groupingWords = {
  none: 'sessions:groupByNone',
  environment: 'sessions:groupByEnvironment',
  folder: 'sessions:groupByFolder',
  state: 'sessions:groupByState',
} as const;

function ViewMenu({
  order,
  grouping,
  change,
}: {
  order: ListOrder;
  grouping: ListGrouping;
  change: (patch: Partial<Preferences>) => void;
}): ReactNode {
  const words = useWords();
  const label = words.t('sessions:orderAndGroups');
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className="button plain icon-only">
        <Icon name="sort" size={16} />
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="listbox" aria-label={label}>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[order]}
            onSelectionChange={(keys) => {
              const [next] = keys === 'all' ? [] : [...keys];
              if (next) change({ order: next as ListOrder });
            }}
          >
            <Header className="listbox-header">{words.t('sessions:order')}</Header>
            {listOrders.map((o) => (
              <MenuItem key={o} id={o} className="option">
                {words.t(orderWords[o])}
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[grouping]}
            onSelectionChange={(keys) => {
              const [next] = keys === 'all' ? [] : [...keys];
              if (next) change({ grouping: next as ListGrouping });
            }}
          >
            <Header className="listbox-header">{words.t('sessions:groups')}</Header>
            {listGroupings.map((g) => (
              <MenuItem key={g} id={g} className="option">
                {words.t(groupingWords[g])}
              </MenuItem>
            ))}
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
