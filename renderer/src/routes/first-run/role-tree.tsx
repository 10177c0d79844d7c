import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/icons.tsx';
import { useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { type RoleRow, rowFrom } from './role-rows.ts';

/** Height of a row in px: only those in sight are drawn, however many there are. */
const ROW = 36;
const IN_SIGHT = 8;
/** Rows drawn beyond what is in sight, so that scrolling shows no gaps. */
const BEYOND = 6;

/** Accounts with their roles, several to be chosen; one stop of the keyboard, within it the arrow keys. */
export function RoleTree({
  label,
  rows,
  chosen,
  onToggle,
  onExpand,
  onEnter,
  onChooseAll,
}: {
  label: string;
  rows: readonly RoleRow[];
  chosen: ReadonlySet<string>;
  onToggle: (row: RoleRow & { kind: 'role' }) => void;
  onExpand: (accountId: string) => void;
  /** Enter on a role. */
  onEnter: (row: RoleRow & { kind: 'role' }) => void;
  onChooseAll: () => void;
}): ReactNode {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [top, setTop] = useState(0);
  const found = rows.findIndex((r) => r.key === activeKey);
  const first = rows.findIndex((r) => r.kind === 'role');
  const active = found >= 0 ? found : Math.max(0, first);

  // What the keyboard is on stays in sight, also when the rows change under it.
  const reveal = (at: number): void => {
    const element = box.current;
    if (!element) return;
    if (at * ROW < element.scrollTop) element.scrollTop = at * ROW;
    else if ((at + 1) * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = (at + 1) * ROW - element.clientHeight;
  };
  useEffect(() => {
    const element = box.current;
    if (element && element.scrollTop > rows.length * ROW) element.scrollTop = 0;
  }, [rows.length]);
  const go = (at: number): void => {
    const row = rows[at];
    if (!row) return;
    setActiveKey(row.key);
    reveal(at);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active];
    if (!row) return;
    const handled = ((): boolean => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
        onChooseAll();
        return true;
      }
      if (event.altKey || event.ctrlKey || event.metaKey) return false;
      switch (event.key) {
        case 'ArrowDown':
          go(rowFrom(rows, active, 1));
          return true;
        case 'ArrowUp':
          go(rowFrom(rows, active, -1));
          return true;
        case 'PageDown':
          go(rowFrom(rows, active, IN_SIGHT - 1));
          return true;
        case 'PageUp':
          go(rowFrom(rows, active, 1 - IN_SIGHT));
          return true;
        case 'Home':
          go(rowFrom(rows, 0, 0));
          return true;
        case 'End':
          go(rowFrom(rows, rows.length - 1, 0));
          return true;
        case 'ArrowRight':
          if (row.kind === 'account') {
            if (row.expanded) go(rowFrom(rows, active, 1));
            else onExpand(row.account.accountId);
          }
          return true;
        case 'ArrowLeft':
          if (row.kind === 'account') {
            if (row.expanded) onExpand(row.account.accountId);
          } else go(rows.findIndex((r) => r.key === row.account.accountId));
          return true;
        case ' ':
          if (row.kind === 'role') onToggle(row);
          else if (row.kind === 'account') onExpand(row.account.accountId);
          return true;
        case 'Enter':
          if (row.kind === 'account') onExpand(row.account.accountId);
          else if (row.kind === 'role') onEnter(row);
          return true;
        default:
          return false;
      }
    })();
    if (handled) event.preventDefault();
  };

  const from = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const drawn = rows.slice(from, from + IN_SIGHT + 2 * BEYOND);
  const height = Math.min(rows.length, IN_SIGHT) * ROW;
  return (
    <div
      className="fr-tree"
      role="tree"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={rows[active] ? rowId(rows[active]) : undefined}
      tabIndex={0}
      ref={box}
      style={{ blockSize: `${height + 2}px` }}
      onKeyDown={onKeyDown}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div role="presentation" style={{ blockSize: `${rows.length * ROW}px`, position: 'relative' }}>
        {drawn.map((row, n) => (
          <Row
            key={row.key}
            row={row}
            at={from + n}
            isActive={from + n === active}
            isChosen={chosen.has(row.key)}
            words={words}
            onPress={() => {
              setActiveKey(row.key);
              if (row.kind === 'role') onToggle(row);
              else if (row.kind === 'account') onExpand(row.account.accountId);
            }}
          />
        ))}
      </div>
    </div>
  );
}

const rowId = (row: RoleRow): string => `fr-row-${row.key.replace(/[^\w-]/g, '_')}`;

function Row({
  row,
  at,
  isActive,
  isChosen,
  words,
  onPress,
}: {
  row: RoleRow;
  at: number;
  isActive: boolean;
  isChosen: boolean;
  words: ReturnType<typeof useWords>;
  onPress: () => void;
}): ReactNode {
  const place = { insetBlockStart: `${at * ROW}px`, blockSize: `${ROW}px` };
  const name = plainText(row.account.name, 100) || row.account.accountId;
  if (row.kind === 'note')
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus (aria-activedescendant).
      <div
        className="fr-row fr-note quiet small"
        role="treeitem"
        aria-level={2}
        id={rowId(row)}
        style={place}
      >
        {row.note === 'asking'
          ? words.t('firstRun:rolesAsking')
          : row.note === 'none'
            ? words.t('firstRun:rolesNone')
            : words.error(row.note)}
      </div>
    );
  const shared = {
    id: rowId(row),
    role: 'treeitem',
    style: place,
    'aria-posinset': row.position,
    'aria-setsize': row.of,
    'data-active': isActive || undefined,
    onClick: onPress,
  } as const;
  if (row.kind === 'account')
    return (
      // biome-ignore lint/a11y: the tree has focus and keys.
      <div className="fr-row fr-account" aria-level={1} aria-expanded={row.expanded} {...shared}>
        <Icon name={row.expanded ? 'up' : 'down'} size={15} />
        <span className="fr-account-name">{name}</span>
        <span className="quiet small number">{row.account.accountId}</span>
        <span className="quiet small fr-mail">{plainText(row.account.email, 80)}</span>
      </div>
    );
  return (
    // biome-ignore lint/a11y: the tree has focus and keys.
    <div
      className="fr-row fr-role"
      aria-level={2}
      aria-selected={isChosen}
      aria-label={`${plainText(row.roleName, 80)}, ${name}`}
      {...shared}
    >
      <span className="fr-box" aria-hidden="true" data-on={isChosen || undefined}>
        {isChosen && <Icon name="check" size={13} />}
      </span>
      <span>{plainText(row.roleName, 80)}</span>
    </div>
  );
}
