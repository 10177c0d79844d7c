import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evenShares,
  growPane,
  LEAST_SHARE,
  MOST_PANES,
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
} from '../../../renderer/src/model/layout.ts';
import { LayoutTab } from '../../../src/contract/state.ts';

const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((n) => `${n}1111111-1111-4111-8111-111111111111`) as [
  string,
  string,
  string,
  string,
  string,
];
const fresh = (...ids: string[]) => shownTabs([], ids);
const panes = (tabs: Tabs) => tabs.map((t) => t.panes);

describe('tabs', () => {
  test('every session has its tab: arranged ones first, strangers and doubles left out', () => {
    const arranged: LayoutTab[] = [
      { id: 'x', panes: [b, e], direction: 'column', shares: [0.25, 0.75] },
      { id: 'x', panes: [c, b], direction: 'row', shares: [0.5, 0.5] },
    ];
    expect(shownTabs(arranged, [a, b, c])).toEqual([
      { id: 'x', panes: [b], direction: 'column', shares: [1] },
      { id: c, panes: [c], direction: 'row', shares: [1] },
      { id: a, panes: [a], direction: 'row', shares: [1] },
    ]);
  });

  test('a split halves the pane beside it and takes the added session out of its own tab', () => {
    const two = split(fresh(a, b, c), a, b, 'right');
    expect(panes(two)).toEqual([[a, b], [c]]);
    expect(two[0]?.shares).toEqual([0.5, 0.5]);
    const three = split(two, a, c, 'left');
    expect(panes(three)).toEqual([[c, a, b]]);
    expect(three[0]?.shares).toEqual([0.25, 0.25, 0.5]);
    // One level: the tab turns as a whole.
    expect(split(two, b, c, 'down')[0]).toMatchObject({ direction: 'column', panes: [a, b, c] });
  });

  test('a full tab stays as it is; inside of it panes can still be moved', () => {
    const full = together(fresh(a, b, c, d, e), [a, b, c, d, e]);
    expect(panes(full)).toEqual([[a, b, c, d], [e]]);
    expect(full[0]?.shares).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(panes(split(full, a, e, 'right'))).toEqual(panes(full));
    expect(panes(split(full, a, d, 'left'))).toEqual([[d, a, b, c], [e]]);
  });

  test('a session taken out stands in a tab of its own behind the rest', () => {
    const two = split(fresh(a, b, c), a, b, 'right');
    expect(panes(takeOut(two, b))).toEqual([[a], [b], [c]]);
    // Also the one that the tab was called after.
    const out = takeOut(two, a);
    expect(panes(out)).toEqual([[b], [a], [c]]);
    expect(new Set(out.map((t) => t.id)).size).toBe(3);
    expect(takeOut(out, c)).toEqual(out);
  });

  test('tabs are moved and stepped through, around the ends', () => {
    const tabs = fresh(a, b, c);
    expect(panes(moveTab(tabs, a, 2))).toEqual([[b], [c], [a]]);
    expect(panes(moveTab(tabs, c, -1))).toEqual([[c], [a], [b]]);
    expect(stepTab(tabs, c, 1)?.id).toBe(a);
    expect(stepTab(tabs, a, -1)?.id).toBe(c);
    expect(stepTab(tabs, null, 1)?.id).toBe(a);
    expect(stepTab([], null, 1)).toBeNull();
  });

  test('the neighbour lies along the direction only', () => {
    const [row] = split(fresh(a, b), a, b, 'right') as [LayoutTab];
    expect(neighbour(row, a, 'right')).toBe(b);
    expect(neighbour(row, b, 'right')).toBeNull();
    expect(neighbour(row, a, 'down')).toBeNull();
    const [column] = turn([row], a) as [LayoutTab];
    expect(neighbour(column, b, 'up')).toBe(a);
  });

  test('a divider moves as far as both panes can be read', () => {
    const two = split(fresh(a, b), a, b, 'right');
    expect(moveDivider(two, a, 0, 0.2)[0]?.shares).toEqual([0.7, expect.closeTo(0.3)]);
    expect(moveDivider(two, a, 0, 9)[0]?.shares).toEqual([1 - LEAST_SHARE, expect.closeTo(LEAST_SHARE)]);
    expect(growPane(two, b, 'left')[0]?.shares[1]).toBeCloseTo(0.55);
    expect(growPane(two, a, 'down')).toEqual(two);
    expect(evenShares(moveDivider(two, a, 0, 0.2), b)[0]?.shares).toEqual([0.5, 0.5]);
  });

  test('two arrangements are compared by what the eye sees', () => {
    const two = split(fresh(a, b), a, b, 'right');
    expect(sameTabs(two, structuredClone(two))).toBe(true);
    expect(sameTabs(two, turn(two, a))).toBe(false);
    expect(sameTabs(two, fresh(a, b))).toBe(false);
  });

  test('whatever is done, each session stands in one place and the agent takes the layout', () => {
    const all = [a, b, c, d, e];
    const id = fc.constantFrom(...all);
    const side = fc.constantFrom<Side>('left', 'right', 'up', 'down');
    const act = fc.oneof(
      fc.tuple(id, id, side).map(
        ([x, y, s]) =>
          (t: Tabs) =>
            split(t, x, y, s),
      ),
      id.map((x) => (t: Tabs) => takeOut(t, x)),
      id.map((x) => (t: Tabs) => turn(t, x)),
      fc.tuple(id, side).map(
        ([x, s]) =>
          (t: Tabs) =>
            growPane(t, x, s),
      ),
      fc.tuple(id, fc.integer({ min: -2, max: 7 })).map(([x, n]) => (t: Tabs) => {
        const tab = tabOf(t, x);
        return tab ? moveTab(t, tab.id, n) : [...t];
      }),
      fc.subarray(all).map((left) => (t: Tabs) => shownTabs(shownTabs(t, left), all)),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const end = acts.reduce<Tabs>((tabs, next) => next(tabs), fresh(...all));
        expect(end.flatMap((t) => t.panes).sort()).toEqual([...all].sort());
        expect(new Set(end.map((t) => t.id)).size).toBe(end.length);
        for (const tab of end) {
          expect(() => LayoutTab.parse(tab)).not.toThrow();
          expect(tab.panes.length).toBeLessThanOrEqual(MOST_PANES);
          expect(tab.shares.length).toBe(tab.panes.length);
          expect(tab.shares.reduce((x, y) => x + y, 0)).toBeCloseTo(1);
        }
      }),
    );
  });
});
