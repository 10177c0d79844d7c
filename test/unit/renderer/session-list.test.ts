import { describe, expect, test } from 'vitest';
import { groupSessions, movedBefore, movedBy, ownOrder } from '../../../renderer/src/model/session-list.ts';
import type { ActivityState, SessionView } from '../../../src/contract/state.ts';
import { AT, session } from '../../support/tray/snapshots.ts';

const at = (id: string, state: ActivityState, more: Partial<SessionView> = {}, sinceAt = AT): SessionView =>
  session(AT, {
    id,
    activity: { state, sinceAt, request: null, seen: true, reason: null, background: 0 },
    ...more,
  });
const ids = (sessions: readonly SessionView[]) => sessions.map((s) => s.id).join('');
const list = [
  at('a', 'working', { order: 2 }),
  at('b', 'needsYou', { order: 1, environment: 'prod' }),
  at('c', 'done', { order: 0, pinned: true }),
  at('d', 'exited', { order: 3, state: 'exited' }),
  at('e', 'exited', { order: 4, state: 'lost' }),
  at('f', 'needsYou', { order: 5 }, AT - 9),
];

describe('the list of sessions', () => {
  test('pinned ones first, then as arranged', () => {
    expect(ids(ownOrder(list))).toBe('cbadef');
  });

  test('who needs the person longest comes first where that is wished', () => {
    expect(ids(groupSessions(list, 'needs', 'none')[0]?.sessions ?? [])).toBe('fbac');
  });

  test('groups keep the order; what was interrupted or has ended stands at the end', () => {
    const groups = (grouping: Parameters<typeof groupSessions>[2]) =>
      groupSessions(list, 'own', grouping).map((g) => `${g.kind} ${g.name}: ${ids(g.sessions)}`);
    expect(groups('none')).toEqual(['all : cbaf', 'interrupted : e', 'ended : d']);
    expect(groups('environment')).toEqual([
      'environment work: caf',
      'environment prod: b',
      'interrupted : e',
      'ended : d',
    ]);
    expect(groups('state')).toEqual([
      'needs : bf',
      'working : a',
      'done : c',
      'interrupted : e',
      'ended : d',
    ]);
    expect(groups('folder')[0]).toBe('folder /home/dana/src/billing-service: cbaf');
  });

  test('one is moved before another, or by one place in its group', () => {
    expect(movedBefore(list, 'f', 'b').join('')).toBe('cfbade');
    expect(movedBefore(list, 'b', null).join('')).toBe('cadefb');
    const [group] = groupSessions(list, 'own', 'none');
    const shown = group?.sessions ?? [];
    expect(movedBy(list, shown, 'a', -1)?.join('')).toBe('cabdef');
    expect(movedBy(list, shown, 'b', 1)?.join('')).toBe('cabdef');
    expect(movedBy(list, shown, 'a', 1)?.join('')).toBe('cbdefa');
    // Never past a pinned one, never out of the list.
    expect(movedBy(list, shown, 'b', -1)).toBeNull();
    expect(movedBy(list, shown, 'f', 1)).toBeNull();
  });
});
