import { beforeEach, expect, it, vi } from 'vitest';
import { tellingActs } from '../../../src/agent/api/acts.ts';
import type { Handlers } from '../../../src/agent/api/dispatch.ts';
import { PresenceRoom } from '../../../src/agent/presence/presence-room.ts';
import { procedures } from '../../../src/contract/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const minute = 60_000;
let clock: FakeClock;
let room: PresenceRoom;
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  room = new PresenceRoom(clock);
  told = [];
  room.onChange(() => told.push(room.now()));
});
const desktop = (over: object = {}) => room.report('desktop', { idleMs: 0, locked: false, ...over });

it('tells of each change once, and looks at the clock only when the answer may change', async () => {
  desktop();
  await clock.advance(minute);
  desktop({ idleMs: minute });
  await clock.advance(minute);
  desktop({ idleMs: 2 * minute });
  expect(clock.fired).toBe(0);
  await clock.advance(minute);
  desktop({ idleMs: 3 * minute, locked: true });
  desktop({ idleMs: 0 });
  await clock.advance(2 * minute);
  expect(told).toEqual(['there', 'away', 'there', 'unknown']);
  expect(clock.pending).toBe(0);
});

it('a computer that wakes up is told of, whoever is there', async () => {
  desktop({ suspended: true, locked: true });
  desktop({ suspended: false, locked: true });
  expect(told).toEqual(['away', 'away']);
  await clock.sleep(9 * 60 * minute);
  desktop({ suspended: false });
  expect(told.at(-1)).toBe('there');
});

it('a command that was typed a while ago was an act then', async () => {
  room.report('terminal', { idleMs: 3 * minute, locked: null });
  expect(room.now()).toBe('unknown');
  room.report('terminal', { idleMs: minute, locked: null });
  expect(room.now()).toBe('there');
  await clock.advance(minute);
  expect(room.now()).toBe('unknown');
});

it('acts of a person are acts; what shells and programs ask by themselves is not', async () => {
  const handlers = Object.fromEntries(Object.keys(procedures).map((name) => [name, () => name])) as never;
  const act = vi.fn();
  const telling = tellingActs(handlers as Handlers, { act }) as Record<
    string,
    (...args: unknown[]) => unknown
  >;
  const acts = Object.keys(procedures).filter((name) => {
    act.mockClear();
    expect(telling[name]?.()).toBe(name);
    return act.mock.calls.length > 0;
  });
  expect(acts).toEqual(
    expect.arrayContaining(['signIn.start', 'prompt.snooze', 'sessions.openWith', 'settings.set']),
  );
  for (const name of [
    'state.get',
    'state.watch',
    'endpoint.open',
    'signIn.wait',
    'models.list',
    'presence.report',
  ]) {
    expect(acts).not.toContain(name);
  }
});
