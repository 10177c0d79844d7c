import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { LayoutTab, SessionView } from '../../../../src/contract/state.ts';
import { mostUrgent } from '../../../../src/domain/sessions/session-attention.ts';
import { useAgent, useAgentState } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { whenIdle } from '../../model/idle.ts';
import {
  evenShares,
  growPane,
  moveDivider,
  moveTab,
  neighbour,
  type Side,
  sameTabs,
  shownTabs,
  split,
  stepTab,
  type Tabs,
  tabOf,
  takeOut,
  together,
  turn,
} from '../../model/layout.ts';
import { navigate, navigateInPlace, type Route } from '../../model/route.ts';
import { ownOrder } from '../../model/session-list.ts';
import type { ShortcutAct } from '../../model/shortcuts.ts';
import { loadTerminal } from './terminal-chunk.ts';

/** The tab for a new session. */
export const NEW = 'new';

/** What is open above the page. `at` of a rename: where its field stands. */
export type DeskDialog =
  | { kind: 'palette'; split?: Side }
  | { kind: 'rename'; id: string; at: 'list' | 'head' }
  | { kind: 'end'; id: string }
  | { kind: 'cap'; id: string };

/** What can be done with sessions, from wherever: list, tabs, panes, palette and chords do the same. */
export interface Desk {
  tabs: Tabs;
  /** The session that is worked in, also while another view is shown; null while the form for a new one is. */
  current: SessionView | null;
  tab: LayoutTab | null;
  dialog: DeskDialog | null;
  /** An act goes on: a session is resumed, ended, … */
  pending: boolean;
  /** What the last act was refused with. */
  error: ErrorView | null;
  forgetError(): void;
  ask(dialog: DeskDialog | null): void;
  /** Shows sessions that were just opened where the settings say: here, or in the person's own terminal. */
  opened(ids: readonly string[]): void;
  /** Shows a session and takes the keyboard to it. */
  go(id: string): void;
  goTab(tab: LayoutTab | null): void;
  act(act: ShortcutAct): void;
  moveTab(id: string, to: number): void;
  split(added: string, side: Side, beside?: string): void;
  /** Shows these sessions in one tab. */
  together(ids: readonly string[]): void;
  takeOut(id: string): void;
  turn(id: string): void;
  /** `commit` false while the pointer drags. */
  moveDivider(tab: string, at: number, by: number, commit: boolean): void;
  evenShares(id: string): void;
  reorder(ids: readonly string[]): void;
  rename(id: string, name: string): void;
  pin(session: SessionView): void;
  resume(ids: readonly string[]): void;
  remove(ids: readonly string[]): void;
  end(id: string): void;
  showInTerminal(id: string): void;
}

const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('outside of DeskProvider');
  return desk;
}

/** Takes the keyboard to a session's terminal, or to its pane where it has none. */
export function focusPane(id: string): void {
  const pane = document.getElementById(`pane-${id}`);
  (pane?.querySelector<HTMLElement>('textarea.xterm-helper-textarea') ?? pane)?.focus();
}

const none: readonly SessionView[] = [];
const noTabs: Tabs = [];

export function DeskProvider({ route, children }: { route: Route; children: ReactNode }): ReactNode {
  const agent = useAgent();
  const { snapshot } = useAgentState();
  const sessions = snapshot?.sessions ?? none;
  const inTerminal = snapshot?.settings.sessions.showIn === 'terminal';
  const { run, pending, error, forget } = useAct();
  const [dialog, setDialog] = useState<DeskDialog | null>(null);
  // Shown at once; the agent's own arrangement counts again as soon as it has heard of it.
  const [draft, setDraft] = useState<Tabs | null>(null);
  const arranged = snapshot?.layout ?? noTabs;
  // Whoever has sessions will look at one: its terminal's code is there by then, and was loaded while nothing was to do.
  const some = sessions.length > 0;
  useEffect(() => {
    if (!some) return;
    return whenIdle(loadTerminal, 2_000);
  }, [some]);
  const ids = useMemo(() => ownOrder(sessions).map((s) => s.id), [sessions]);
  const told = useMemo(() => shownTabs(arranged, ids), [arranged, ids]);
  const tabs = useMemo(() => (draft === null ? told : shownTabs(draft, ids)), [draft, told, ids]);
  const last = useRef<string | null>(null);
  const item = route.name === 'sessions' ? route.item : null;
  if (item !== null) last.current = item;
  const wanted = item ?? last.current;
  const newest = sessions.reduce<SessionView | null>(
    (a, b) => (a === null || b.startedAt > a.startedAt ? b : a),
    null,
  );
  const current = wanted === NEW ? null : (sessions.find((s) => s.id === wanted) ?? newest);
  const tab = tabOf(tabs, current?.id ?? null);

  const arrange = useCallback(
    (next: Tabs, commit = true): void => {
      setDraft(next);
      if (!commit) return;
      if (sameTabs(next, told)) {
        setDraft(null);
        return;
      }
      agent
        .call('layout.set', { tabs: [...next] })
        .catch(() => undefined)
        .finally(() => setDraft((now) => (now === next ? null : now)));
    },
    [agent, told],
  );

  const desk = useMemo<Desk>(() => {
    const id = current?.id ?? null;
    const go = (session: string): void => {
      setDialog(null);
      if (route.name === 'sessions' && route.item === session) focusPane(session);
      else if (tab?.panes.includes(session) && route.name === 'sessions') {
        navigateInPlace('sessions', session);
        focusPane(session);
      } else navigate('sessions', session);
    };
    const goTab = (to: LayoutTab | null): void => {
      // The pane of it that was worked in last would be better; the first is at least always the same.
      if (to) go(to.panes[0] as string);
    };
    const goSide = (side: Side): void => {
      const next = tab && id ? neighbour(tab, id, side) : null;
      if (next) go(next);
    };
    const each = (ids: readonly string[], what: (id: string) => Promise<unknown>): void => {
      void run(async () => {
        for (const one of ids) await what(one);
        return true;
      });
    };
    return {
      tabs,
      current,
      tab,
      dialog,
      pending,
      error,
      forgetError: forget,
      ask: setDialog,
      opened: (ids) => {
        const [first] = ids;
        if (first === undefined) return;
        if (!inTerminal) {
          navigate('sessions', first);
          return;
        }
        void run(async () => {
          for (const one of ids) await agent.call('sessions.showInTerminal', { id: one });
          return true;
        }).then((shown) => {
          // Where there is no terminal they are shown here; the list says why.
          if (!shown) navigate('sessions', first);
        });
      },
      go,
      goTab,
      act: (act) => {
        const number = /^tab(\d)$/.exec(act)?.[1];
        if (number) return goTab(tabs[Number(number) - 1] ?? null);
        switch (act) {
          case 'palette':
            return setDialog({ kind: 'palette' });
          case 'newSession':
            return navigate('sessions', NEW);
          case 'goHistory':
            return navigate('history');
          case 'goNeedsYou': {
            const urgent = mostUrgent(sessions);
            return urgent ? go(urgent.id) : undefined;
          }
          case 'goList':
            if (route.name !== 'sessions') navigate('sessions');
            dispatchEvent(new Event('sessions-list'));
            return;
          case 'tabLast':
            return goTab(tabs.at(-1) ?? null);
          case 'tabNext':
          case 'tabPrevious':
            return goTab(stepTab(tabs, tab?.id ?? null, act === 'tabNext' ? 1 : -1));
          case 'tabMoveLeft':
          case 'tabMoveRight':
            if (tab) arrange(moveTab(tabs, tab.id, tabs.indexOf(tab) + (act === 'tabMoveRight' ? 1 : -1)));
            return;
          case 'splitRight':
          case 'splitDown':
            return id === null
              ? undefined
              : setDialog({ kind: 'palette', split: act === 'splitRight' ? 'right' : 'down' });
          case 'takeOut':
            return id === null ? undefined : arrange(takeOut(tabs, id));
          case 'paneLeft':
            return goSide('left');
          case 'paneRight':
            return goSide('right');
          case 'paneUp':
            return goSide('up');
          case 'paneDown':
            return goSide('down');
          case 'growLeft':
            return id === null ? undefined : arrange(growPane(tabs, id, 'left'));
          case 'growRight':
            return id === null ? undefined : arrange(growPane(tabs, id, 'right'));
          case 'growUp':
            return id === null ? undefined : arrange(growPane(tabs, id, 'up'));
          case 'growDown':
            return id === null ? undefined : arrange(growPane(tabs, id, 'down'));
        }
      },
      moveTab: (moved, to) => arrange(moveTab(tabs, moved, to)),
      split: (added, side, beside = id ?? '') => {
        arrange(split(tabs, beside, added, side));
        go(added);
      },
      together: (ids) => arrange(together(shownTabs(tabs, [...tabs.flatMap((t) => t.panes), ...ids]), ids)),
      takeOut: (out) => arrange(takeOut(tabs, out)),
      turn: (turned) => arrange(turn(tabs, turned)),
      moveDivider: (moved, at, by, commit) => arrange(moveDivider(tabs, moved, at, by), commit),
      evenShares: (even) => arrange(evenShares(tabs, even)),
      reorder: (ids) => void run(() => agent.call('sessions.reorder', { ids: [...ids] })),
      rename: (renamed, name) => void run(() => agent.call('sessions.update', { id: renamed, name })),
      pin: (session) =>
        void run(() => agent.call('sessions.update', { id: session.id, pinned: !session.pinned })),
      resume: (ids) =>
        void run(async () => {
          let shown: SessionView | undefined;
          for (const one of ids) shown = await agent.call('sessions.resume', { id: one });
          if (shown && ids.length === 1) navigate('sessions', shown.id);
        }),
      remove: (ids) => each(ids, (one) => agent.call('sessions.remove', { id: one })),
      end: (ended) => void run(() => agent.call('sessions.kill', { id: ended })),
      showInTerminal: (shown) => void run(() => agent.call('sessions.showInTerminal', { id: shown })),
    };
  }, [agent, arrange, current, dialog, error, forget, pending, inTerminal, route, run, sessions, tab, tabs]);

  // A dialog about a session that has gone closes.
  const about = dialog && 'id' in dialog ? dialog.id : null;
  useEffect(() => {
    if (about !== null && !sessions.some((s) => s.id === about)) setDialog(null);
  }, [about, sessions]);

  return <DeskContext.Provider value={desk}>{children}</DeskContext.Provider>;
}
