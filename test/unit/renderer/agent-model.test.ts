import { expect, test } from 'vitest';
import { AgentModel } from '../../../renderer/src/model/agent-model.ts';
import type { ConnectionState } from '../../../src/client/keep-connected.ts';
import type { Snapshot } from '../../../src/contract/state.ts';
import * as given from '../../support/tray/snapshots.ts';

/** A connection whose state and snapshots the test decides. */
function scripted() {
  let state: ConnectionState = { kind: 'connecting' };
  let onState = (_: ConnectionState): void => {};
  let onSnapshot = (_: Snapshot): void => {};
  return {
    agent: {
      state: () => state,
      onState: (listener: typeof onState) => {
        onState = listener;
        return () => {};
      },
      watch: ((_name: string, _input: unknown, listener: typeof onSnapshot) => {
        onSnapshot = listener;
        return () => {};
      }) as never,
    },
    become(next: ConnectionState) {
      state = next;
      onState(next);
    },
    say: (snapshot: Snapshot) => onSnapshot(snapshot),
  };
}

const problem = { code: 'AgentUnavailable' as const, params: { reason: 'gone' } };

test('counts down on the agent’s clock whatever ours says', () => {
  const { agent, say, become } = scripted();
  const model = new AgentModel(agent, () => 5_000);
  become({ kind: 'connected' });
  say(given.snapshot(1_000_000));
  expect(model.getState()).toMatchObject({ link: 'online', clockOffset: 995_000, connection: 1 });
});

test('keeps the last snapshot while the agent is away and counts connections', () => {
  const { agent, say, become } = scripted();
  const model = new AgentModel(agent, () => 0);
  expect(model.getState().link).toBe('connecting');
  become({ kind: 'failed', problem });
  expect(model.getState()).toMatchObject({ link: 'offline', snapshot: null, problem });
  become({ kind: 'connected' });
  say(given.snapshot(1));
  let changes = 0;
  model.subscribe(() => changes++);
  become({ kind: 'connecting' });
  expect(model.getState()).toMatchObject({ link: 'offline', snapshot: { at: 1 } });
  become({ kind: 'connected' });
  say(given.snapshot(2));
  say(given.snapshot(3));
  expect(model.getState()).toMatchObject({ link: 'online', problem: null, connection: 2 });
  expect(changes).toBe(3);
});
