import type { LayoutTab } from '../../../src/contract/state.ts';

/** How the sessions page is arranged. Every session stands in exactly one pane of one tab. */
export type Tabs = readonly LayoutTab[];
export type Direction = LayoutTab['direction'];
/** A way to go or to grow on the screen. */
export type Side = 'left' | 'right' | 'up' | 'down';

/** Panes of a tab: more are too small to read. */
export const MOST_PANES = 4;
/** The smallest share of a pane. */
export const LEAST_SHARE = 0.12;

const alone = (session: string): LayoutTab => ({
  id: session,
  panes: [session],
  direction: 'row',
  shares: [1],
});

/**
 * The tabs to show: as a person arranged them, without sessions that are gone or named twice, then a tab for each
 * session that none of them names.
 */
export function shownTabs(arranged: Tabs, sessions: readonly string[]): LayoutTab[] {
  const left = new Set(sessions);
  const tabs: LayoutTab[] = [];
  for (const tab of arranged) {
    // Deleting while looking takes out what is named twice.
    const kept = tab.panes.flatMap((pane, n) => (left.delete(pane) ? [{ pane, share: tab.shares[n] }] : []));
    if (kept.length === 0) continue;
    tabs.push({
      id: tab.id,
      panes: kept.map((k) => k.pane),
      direction: tab.direction,
      shares: sharesOf(kept.map((k) => k.share)),
    });
  }
  return named([...tabs, ...[...left].map(alone)]);
}

/** Gives each tab an id of its own: never that of another tab, nor of a session that stands elsewhere. */
function named(tabs: Tabs): LayoutTab[] {
  const sessions = new Set(tabs.flatMap((t) => t.panes));
  const taken = new Set<string>();
  return tabs.map((tab) => {
    const isOwn = !taken.has(tab.id) && (!sessions.has(tab.id) || tab.panes.includes(tab.id));
    const id = isOwn ? tab.id : (tab.panes[0] as string);
    taken.add(id);
    return id === tab.id ? tab : { ...tab, id };
  });
}

/** Shares that add up to 1; those that are missing get as much as the others have on average. */
function sharesOf(wanted: readonly (number | undefined)[]): number[] {
  const known = wanted.filter((s) => s !== undefined && s > 0) as number[];
  const usual = known.length === 0 ? 1 : known.reduce((a, b) => a + b, 0) / known.length;
  const all = wanted.map((s) => (s !== undefined && s > 0 ? s : usual));
  const sum = all.reduce((a, b) => a + b, 0);
  return all.map((s) => s / sum);
}

export const tabOf = (tabs: Tabs, session: string | null): LayoutTab | null =>
  tabs.find((t) => session !== null && t.panes.includes(session)) ?? null;

/** Takes a session out of wherever it stands; its neighbours share its room. */
function without(tabs: Tabs, session: string): LayoutTab[] {
  return tabs.flatMap((tab) => {
    if (!tab.panes.includes(session)) return [tab];
    const kept = tab.panes.flatMap((pane, n) => (pane === session ? [] : [{ pane, share: tab.shares[n] }]));
    if (kept.length === 0) return [];
    return [{ ...tab, panes: kept.map((k) => k.pane), shares: sharesOf(kept.map((k) => k.share)) }];
  });
}

/**
 * Puts `added` beside (right, left) or above or below `beside`, in its tab. There is one level of splits: the whole
 * tab takes that direction. `beside` gives half of its room. A full tab stays as it is.
 */
export function split(tabs: Tabs, beside: string, added: string, side: Side): LayoutTab[] {
  const target = tabOf(tabs, beside);
  if (!target || beside === added) return [...tabs];
  const isMove = target.panes.includes(added);
  if (!isMove && target.panes.length >= MOST_PANES) return [...tabs];
  const direction: Direction = side === 'left' || side === 'right' ? 'row' : 'column';
  const next = without(tabs, added).map((tab) => {
    const at = tab.panes.indexOf(beside);
    if (at < 0) return tab;
    const half = (tab.shares[at] ?? 1) / 2;
    const to = side === 'left' || side === 'up' ? at : at + 1;
    const shares = tab.shares.map((s, n) => (n === at ? half : s));
    return {
      ...tab,
      direction,
      panes: [...tab.panes.slice(0, to), added, ...tab.panes.slice(to)],
      shares: sharesOf([...shares.slice(0, to), half, ...shares.slice(to)]),
    };
  });
  return named(next);
}

/** Several sessions side by side in one tab, in this order, where the first of them stands. */
export function together(tabs: Tabs, sessions: readonly string[]): LayoutTab[] {
  return sessions
    .slice(1, MOST_PANES)
    .reduce<LayoutTab[]>(
      (all, session, n) => evenShares(split(all, sessions[n] as string, session, 'right'), session),
      [...tabs],
    );
}

/** Gives a session a tab of its own again, behind the one it stood in. */
export function takeOut(tabs: Tabs, session: string): LayoutTab[] {
  const tab = tabOf(tabs, session);
  if (!tab || tab.panes.length === 1) return [...tabs];
  const rest = without(tabs, session);
  const at = rest.findIndex((t) => t.id === tab.id);
  // The tab may have been called after the session that leaves it.
  return named([...rest.slice(0, at + 1), alone(session), ...rest.slice(at + 1)]);
}

/** Moves a tab to a place (from 0) among the others. */
export function moveTab(tabs: Tabs, id: string, to: number): LayoutTab[] {
  const tab = tabs.find((t) => t.id === id);
  if (!tab) return [...tabs];
  const others = tabs.filter((t) => t !== tab);
  const at = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, at), tab, ...others.slice(at)];
}

/** The tab so many places further, around the ends. */
export function stepTab(tabs: Tabs, current: string | null, by: number): LayoutTab | null {
  if (tabs.length === 0) return null;
  const at = tabs.findIndex((t) => t.id === current);
  if (at < 0) return tabs[by > 0 ? 0 : tabs.length - 1] ?? null;
  return tabs[(((at + by) % tabs.length) + tabs.length) % tabs.length] ?? null;
}

/** The pane on that side of another one; null at the edge and across the tab's direction. */
export function neighbour(tab: LayoutTab, session: string, side: Side): string | null {
  const along = tab.direction === 'row' ? ['left', 'right'] : ['up', 'down'];
  const step = along.indexOf(side) * 2 - 1;
  const at = tab.panes.indexOf(session);
  if (at < 0 || !along.includes(side)) return null;
  return tab.panes[at + step] ?? null;
}

/** Moves the divider behind pane `at` by a share of the tab; both its panes keep the least share. */
export function moveDivider(tabs: Tabs, id: string, at: number, by: number): LayoutTab[] {
  return tabs.map((tab) => {
    const [before, after] = [tab.shares[at], tab.shares[at + 1]];
    if (tab.id !== id || before === undefined || after === undefined) return tab;
    const both = before + after;
    const least = Math.min(LEAST_SHARE, both / 2);
    const first = Math.max(least, Math.min(both - least, before + by));
    const shares = tab.shares.map((s, n) => (n === at ? first : n === at + 1 ? both - first : s));
    return { ...tab, shares };
  });
}

/** Lets a pane grow (or, at the end of its tab, shrink) towards a side, as a chord asks. */
export function growPane(tabs: Tabs, session: string, side: Side, by = 0.05): LayoutTab[] {
  const tab = tabOf(tabs, session);
  if (!tab || tab.panes.length === 1) return [...tabs];
  const along = tab.direction === 'row' ? ['left', 'right'] : ['up', 'down'];
  if (!along.includes(side)) return [...tabs];
  const at = tab.panes.indexOf(session);
  // The divider behind the pane; the last pane has only the one before it.
  const divider = Math.min(at, tab.panes.length - 2);
  return moveDivider(tabs, tab.id, divider, side === 'right' || side === 'down' ? by : -by);
}

/** All panes of the tab that shows a session get the same room. */
export function evenShares(tabs: Tabs, session: string): LayoutTab[] {
  return tabs.map((tab) =>
    tab.panes.includes(session) ? { ...tab, shares: tab.panes.map(() => 1 / tab.panes.length) } : tab,
  );
}

/** Turns a split from side by side to one above the other, and back. */
export function turn(tabs: Tabs, session: string): LayoutTab[] {
  return tabs.map((tab) =>
    tab.panes.includes(session) ? { ...tab, direction: tab.direction === 'row' ? 'column' : 'row' } : tab,
  );
}

/** Whether two arrangements are the same to the eye. */
export function sameTabs(a: Tabs, b: Tabs): boolean {
  return (
    a.length === b.length &&
    a.every((tab, n) => {
      const other = b[n];
      return (
        other !== undefined &&
        tab.id === other.id &&
        tab.direction === other.direction &&
        tab.panes.join() === other.panes.join() &&
        tab.shares.every((s, i) => Math.abs(s - (other.shares[i] ?? 0)) < 0.001)
      );
    })
  );
}
