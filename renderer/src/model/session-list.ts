import { type SessionView, sessionIsOpen } from '../../../src/contract/state.ts';
import { byAttention } from '../../../src/domain/sessions/session-attention.ts';

/** `own`: as the person arranged them. `needs`: by who needs the person. */
export const listOrders = ['own', 'needs'] as const;
export type ListOrder = (typeof listOrders)[number];
export const listGroupings = ['none', 'environment', 'folder', 'state'] as const;
export type ListGrouping = (typeof listGroupings)[number];

export interface SessionGroup {
  kind: 'all' | 'environment' | 'folder' | 'needs' | 'working' | 'done' | 'interrupted' | 'ended';
  /** The environment's or folder's own name; empty for the other kinds. */
  name: string;
  sessions: readonly SessionView[];
}

/** Pinned ones first, then as arranged, then the oldest first: a new session appears at the end. */
export function ownOrder(sessions: readonly SessionView[]): SessionView[] {
  return [...sessions].sort(
    (a, b) => Number(b.pinned) - Number(a.pinned) || a.order - b.order || a.startedAt - b.startedAt,
  );
}

function stateGroup(session: SessionView): SessionGroup['kind'] {
  if (session.state === 'lost') return 'interrupted';
  if (!sessionIsOpen(session)) return 'ended';
  switch (session.activity.state) {
    case 'needsYou':
    case 'trust':
    case 'paused':
    case 'failed':
      return 'needs';
    case 'done':
      return 'done';
    default:
      return 'working';
  }
}

const stateOrder: readonly SessionGroup['kind'][] = ['needs', 'working', 'done', 'interrupted', 'ended'];

/** The list as it is shown: groups in order, each sorted; ended and interrupted sessions stand at the end. */
export function groupSessions(
  sessions: readonly SessionView[],
  order: ListOrder,
  grouping: ListGrouping,
): SessionGroup[] {
  const sorted = order === 'own' ? ownOrder(sessions) : byAttention(sessions);
  const groups = new Map<string, SessionGroup & { sessions: SessionView[] }>();
  const put = (kind: SessionGroup['kind'], name: string, session: SessionView): void => {
    const key = `${kind} ${name}`;
    const group = groups.get(key) ?? { kind, name, sessions: [] };
    group.sessions.push(session);
    groups.set(key, group);
  };
  for (const s of sorted) {
    const state = stateGroup(s);
    if (grouping === 'state' || state === 'ended' || state === 'interrupted') put(state, '', s);
    else if (grouping === 'environment') put('environment', s.environment ?? s.profile, s);
    else if (grouping === 'folder') put('folder', s.cwd, s);
    else put('all', '', s);
  }
  return [...groups.values()].sort((a, b) => stateOrder.indexOf(a.kind) - stateOrder.indexOf(b.kind));
}

/** The ids in the person's order after one has been moved before another (null: to the end). */
export function movedBefore(
  sessions: readonly SessionView[],
  moved: string,
  before: string | null,
): string[] {
  const others = ownOrder(sessions)
    .map((s) => s.id)
    .filter((id) => id !== moved);
  const at = before === null ? -1 : others.indexOf(before);
  return at < 0 ? [...others, moved] : [...others.slice(0, at), moved, ...others.slice(at)];
}

/** The ids after one has changed places with the next one of its group that it may stand beside; null where there is none. */
export function movedBy(
  sessions: readonly SessionView[],
  group: readonly SessionView[],
  moved: string,
  by: -1 | 1,
): string[] | null {
  const at = group.findIndex((s) => s.id === moved);
  const [self, other] = [group[at], group[at + by]];
  // Pinned ones stay above the others.
  if (!self || !other || self.pinned !== other.pinned) return null;
  const ids = ownOrder(sessions).map((s) => s.id);
  return movedBefore(sessions, moved, by < 0 ? other.id : (ids[ids.indexOf(other.id) + 1] ?? null));
}
