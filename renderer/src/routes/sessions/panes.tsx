import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useRef,
  useState,
} from 'react';
import type { LayoutTab } from '../../../../src/contract/state.ts';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { MOST_PANES, type Side } from '../../model/layout.ts';
import { navigateInPlace } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { useDesk } from './desk.tsx';
import { useSessionList } from './list-context.tsx';
import { SessionPane } from './session-pane.tsx';

/** Terminals kept as they are while another tab is shown; older ones are rebuilt from the session's own memory. */
const KEPT = 6;

/**
 * The panes of the tab that is worked in, and, hidden, those that were before. They all stand in one element, so that
 * a session which is split, moved or taken out keeps its terminal.
 */
export function Panes({
  hidden,
  onWork,
}: {
  hidden: boolean;
  /** The keyboard has come to a pane. */
  onWork: () => void;
}): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  const desk = useDesk();
  const { dragged } = useSessionList();
  const box = useRef<HTMLDivElement>(null);
  const { tab, current } = desk;
  const [recent, setRecent] = useState<readonly string[]>([]);
  const visible = tab?.panes ?? [];
  const wanted = [...visible, ...recent.filter((id) => !visible.includes(id))].slice(
    0,
    Math.max(KEPT, visible.length),
  );
  if (!hidden && wanted.join() !== recent.join()) setRecent(wanted);
  const kept = new Set(hidden ? recent : wanted);
  const tracks = tab ? template(tab) : '1fr';
  return (
    <div
      id="panes"
      className="panes"
      role="tabpanel"
      aria-labelledby={tab ? `tab-${tab.id}` : undefined}
      data-direction={tab?.direction}
      data-split={visible.length > 1 || undefined}
      ref={box}
      style={
        hidden
          ? { display: 'none' }
          : tab?.direction === 'column'
            ? { gridTemplateRows: tracks }
            : { gridTemplateColumns: tracks }
      }
    >
      {sessions
        .filter((s) => kept.has(s.id))
        .map((s) => {
          const at = visible.indexOf(s.id);
          return (
            <section
              key={s.id}
              id={`pane-${s.id}`}
              className="pane"
              data-current={s.id === current?.id || undefined}
              aria-label={sessionLabel(s)}
              tabIndex={-1}
              style={at < 0 ? { display: 'none' } : place(tab as LayoutTab, at * 2)}
              onFocusCapture={() => {
                onWork();
                if (!hidden && at >= 0 && s.id !== current?.id) navigateInPlace('sessions', s.id);
              }}
            >
              <SessionPane
                session={s}
                visible={at >= 0 && !hidden}
                focused={s.id === current?.id}
                compact={visible.length > 1}
              />
              {dragged !== null && dragged !== s.id && at >= 0 && (
                <DropZones
                  full={visible.length >= MOST_PANES && !visible.includes(dragged)}
                  onDrop={(side) => desk.split(dragged, side, s.id)}
                />
              )}
            </section>
          );
        })}
      {tab !== null &&
        visible
          .slice(0, -1)
          .map((id, n) => (
            <Divider
              key={`behind ${id}`}
              tab={tab}
              at={n}
              box={() => box.current?.getBoundingClientRect() ?? null}
              label={words.t('sessions:divider')}
            />
          ))}
    </div>
  );
}

/** Pane, divider, pane, ...: the tracks of the grid. */
function template(tab: LayoutTab): string {
  return tab.shares.map((s) => `minmax(0, ${s.toFixed(4)}fr)`).join(' var(--divider) ');
}

function place(tab: LayoutTab, track: number): CSSProperties {
  return tab.direction === 'row'
    ? { gridColumn: track + 1, gridRow: 1 }
    : { gridRow: track + 1, gridColumn: 1 };
}

/** The line between two panes: dragged, or moved by arrow keys; Enter or a double click makes all panes alike. */
function Divider({
  tab,
  at,
  box,
  label,
}: {
  tab: LayoutTab;
  at: number;
  box: () => DOMRect | null;
  label: string;
}): ReactNode {
  const desk = useDesk();
  const from = useRef<number | null>(null);
  const row = tab.direction === 'row';
  const [first, second] = [tab.shares[at] ?? 0, tab.shares[at + 1] ?? 0];
  const shareAt = (event: PointerEvent): number => {
    const rect = box();
    if (!rect) return 0;
    return row ? event.clientX / rect.width : event.clientY / rect.height;
  };
  const end = (): void => {
    if (from.current === null) return;
    from.current = null;
    desk.moveDivider(tab.id, at, 0, true);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowLeft: -0.02, ArrowUp: -0.02, ArrowRight: 0.02, ArrowDown: 0.02 }[event.key];
    if (step !== undefined) desk.moveDivider(tab.id, at, step, true);
    else if (event.key === 'Enter') desk.evenShares(tab.panes[at] ?? '');
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no hr.
    <div
      className="divider"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={row ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round((first / (first + second)) * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      style={place(tab, at * 2 + 1)}
      onKeyDown={keys}
      onDoubleClick={() => desk.evenShares(tab.panes[at] ?? '')}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = shareAt(event);
      }}
      onPointerMove={(event) => {
        if (from.current === null) return;
        const now = shareAt(event);
        desk.moveDivider(tab.id, at, now - from.current, false);
        from.current = now;
      }}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}

const sides: readonly Side[] = ['left', 'right', 'up', 'down'];

/** Where a session that is dragged over a pane will stand. */
function DropZones({ full, onDrop }: { full: boolean; onDrop: (side: Side) => void }): ReactNode {
  const words = useWords();
  const [over, setOver] = useState<Side | null>(null);
  if (full) return <div className="drop-zones">{words.t('sessions:tabFull')}</div>;
  return (
    <div className="drop-zones" aria-hidden="true">
      {sides.map((side) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: only a pointer drags; menus and chords do the same.
        <div
          key={side}
          className={`drop-zone ${side}`}
          data-over={over === side || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(side);
          }}
          onDragLeave={() => setOver(null)}
          onDrop={(event) => {
            event.preventDefault();
            onDrop(side);
          }}
        />
      ))}
    </div>
  );
}
