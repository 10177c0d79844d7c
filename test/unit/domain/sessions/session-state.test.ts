import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../../src/contract/state.ts';
import { nextSessionState, type SessionEvent } from '../../../../src/domain/sessions/session-state.ts';

const events: SessionEvent[] = ['ready', 'signInNeeded', 'spawned', 'ended', 'hostGone', 'shutDown'];

describe('session states', () => {
  it('lead from waiting to a process and to its end', () => {
    const way: SessionEvent[] = ['ready', 'spawned', 'ended'];
    expect(way.reduce(nextSessionState, 'waiting' as SessionState)).toBe('exited');
    expect(nextSessionState('exited', 'signInNeeded')).toBe('waiting');
    expect(nextSessionState('lost', 'ready')).toBe('starting');
  });

  it('are never left open by an end, nor changed by late news of one', () => {
    for (const state of SessionState.options) {
      expect(['exited']).toContain(nextSessionState(state, 'ended'));
      expect(['exited', 'lost']).toContain(nextSessionState(state, 'hostGone'));
      for (const event of events) expect(SessionState.options).toContain(nextSessionState(state, event));
    }
    expect(nextSessionState('exited', 'hostGone')).toBe('exited');
    for (const state of SessionState.options) expect(nextSessionState(state, 'shutDown')).toBe('lost');
  });
});
