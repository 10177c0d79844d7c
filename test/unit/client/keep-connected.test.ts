import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type ConnectionState,
  keepConnected,
  reconnectionDelay,
} from '../../../src/client/keep-connected.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import { BedrockTrayError } from '../../../src/contract/index.ts';

/** A connection that a test ends by hand. */
class FakeConnection {
  readonly watched: string[] = [];
  closed = false;
  #ended: (onPurpose: boolean) => void = () => {};
  readonly agent = {
    call: async (name: string) => ({ called: name }),
    watch: (name: string) => {
      this.watched.push(name);
      return () => {
        this.watched.splice(this.watched.indexOf(name), 1);
      };
    },
    onClose: (listener: (onPurpose: boolean) => void) => {
      this.#ended = listener;
      return () => {};
    },
    close: () => {
      this.closed = true;
    },
  } as unknown as AgentConnection;
  end(onPurpose = false): void {
    const ended = this.#ended;
    this.#ended = () => {};
    ended(onPurpose);
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const flush = () => vi.advanceTimersByTimeAsync(0);
const refusal = new BedrockTrayError('AgentUnavailable', { reason: 'no' });

function connector(outcomes: ('ok' | 'refused')[]) {
  const made: FakeConnection[] = [];
  let tries = 0;
  const connect = async () => {
    tries++;
    if ((outcomes.shift() ?? 'ok') === 'refused') throw refusal;
    const connection = new FakeConnection();
    made.push(connection);
    return connection.agent;
  };
  return { connect, made, tries: () => tries };
}

test('delays double, stay within their bounds and differ', () => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const whole = Math.min(30_000, 250 * 2 ** attempt);
    expect(reconnectionDelay(attempt, () => 0)).toBe(whole / 2);
    expect(reconnectionDelay(attempt, () => 0.999)).toBeLessThan(whole);
  }
});

test('a connection that ends is replaced at once, and watches go on', async () => {
  const c = connector([]);
  const kept = keepConnected(c.connect);
  const states: ConnectionState['kind'][] = [];
  kept.onState((state) => states.push(state.kind));
  const stop = kept.watch('state.watch', {}, () => {});
  await flush();
  expect(c.made[0]?.watched).toEqual(['state.watch']);
  c.made[0]?.end();
  await flush();
  expect(c.made[1]?.watched).toEqual(['state.watch']);
  expect(states).toEqual(['connected', 'connecting', 'connected']);
  stop();
  expect(c.made[1]?.watched).toEqual([]);
  kept.close();
  expect(c.made[1]?.closed).toBe(true);
});

test('one that ends again and again is not a hot loop', async () => {
  const c = connector([]);
  const kept = keepConnected(c.connect);
  await flush();
  for (let n = 0; n < 2000; n++) {
    c.made.at(-1)?.end();
    await vi.advanceTimersByTimeAsync(10);
  }
  // 20 s: the back-off has long passed 5 s.
  expect(c.tries()).toBeLessThan(12);
  kept.close();
});

test('failures are told and tried again; a person who acts does not wait', async () => {
  const c = connector(['refused', 'refused', 'refused', 'ok']);
  const kept = keepConnected(c.connect);
  await flush();
  expect(kept.state()).toEqual({ kind: 'failed', problem: refusal.view() });
  await vi.advanceTimersByTimeAsync(250);
  expect(c.tries()).toBe(2);
  await expect(kept.call('regions.list', {})).rejects.toBe(refusal);
  expect(c.tries()).toBe(3);
  expect(await kept.call('regions.list', {})).toEqual({ called: 'regions.list' });
  expect(kept.state()).toEqual({ kind: 'connected' });
  kept.close();
});

test('after close nothing is tried any more, and a connection that comes late is closed', async () => {
  let arrive = (_: AgentConnection) => {};
  const kept = keepConnected(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  kept.close();
  const late = new FakeConnection();
  arrive(late.agent);
  await flush();
  expect(late.closed).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  await expect(kept.call('regions.list', {})).rejects.toMatchObject({ code: 'AgentUnavailable' });
});

test('an agent that was stopped on purpose is started by a person only, and found when somebody else starts it', async () => {
  let running: FakeConnection | null = new FakeConnection();
  const asked: boolean[] = [];
  const kept = keepConnected(async (mayStart) => {
    asked.push(mayStart);
    if (!running && !mayStart) throw refusal;
    running ??= new FakeConnection();
    return running.agent;
  });
  const stop = async () => {
    const ended = running;
    running = null;
    ended?.end(true);
    await flush();
    expect(kept.state().kind).toBe('failed');
    asked.length = 0;
    await vi.advanceTimersByTimeAsync(300_000);
    expect(kept.state().kind).toBe('failed');
    expect(new Set(asked)).toEqual(new Set([false]));
  };
  await flush();
  await stop();
  // Somebody else starts one.
  running = new FakeConnection();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(kept.state().kind).toBe('connected');
  await stop();
  kept.retryNow();
  await flush();
  expect(kept.state().kind).toBe('connected');
  await stop();
  expect(await kept.call('regions.list', {})).toEqual({ called: 'regions.list' });
  // One that is killed is replaced without a person.
  const killed: FakeConnection | null = running;
  running = null;
  (killed as FakeConnection | null)?.end(false);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(kept.state().kind).toBe('connected');
  kept.close();
});
