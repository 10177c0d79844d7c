import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChangeEmitter } from '../../../src/agent/change-emitter.ts';
import type { HistoryRoom } from '../../../src/agent/history/history-room.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { HistoryHome } from '../../support/history.ts';

/** When transcripts are looked at: the clock is moved, the rest is real. */
let home: HistoryHome;
let clock: FakeClock;
let sessions: ChangeEmitter;
let room: HistoryRoom;
beforeEach(async () => {
  home = new HistoryHome();
  clock = new FakeClock();
  sessions = new ChangeEmitter();
  room = await home.room(new Map(), { clock, sessions: [sessions] });
  await room.start();
});
afterEach(async () => {
  await room.stop();
  home[Symbol.dispose]();
});

/** Resolves at the next word that conversations have changed. */
const told = () =>
  new Promise<void>((resolve) => {
    const stop = room.onChange(() => {
      if (room.status().pending > 0) return;
      stop();
      resolve();
    });
  });
const inMs = () => (clock.nextAt ?? Number.POSITIVE_INFINITY) - clock.now();

it('looks once after the start, and then seldom: nothing else is waited for', async () => {
  home.conversation(['hello']);
  expect(inMs()).toBe(5_000);
  const first = told();
  await clock.advance(5_000);
  await first;
  expect([clock.pending, inMs()]).toEqual([1, 30 * 60_000]);
  // Sessions of ours may do what they like while nobody looks at the list.
  sessions.emit();
  expect(inMs()).toBe(30 * 60_000);
  home.conversation(['another']);
  const second = told();
  await clock.advance(30 * 60_000);
  await second;
  expect(room.status().revision).toBe(2);
});

it('looks each minute while somebody asks, and soon after a session of ours did something', async () => {
  const conversation = home.conversation(['hello']);
  expect((await room.list({ limit: 5 })).conversations).toHaveLength(1);
  await clock.advance(5_000);
  expect(inMs()).toBeLessThanOrEqual(60_000);
  conversation.say('more');
  const changed = told();
  sessions.emit();
  expect(inMs()).toBe(5_000);
  await clock.advance(5_000);
  await changed;
  await clock.advance(11 * 60_000);
  expect(inMs()).toBeGreaterThan(10 * 60_000);
});

it('starts nothing where Claude Code has never been', async () => {
  rmSync(home.projects, { recursive: true });
  await clock.advance(5_000);
  await clock.advance(30 * 60_000);
  expect(room.status()).toEqual({ revision: 0, pending: 0 });
  expect(home.warnings).toEqual([]);
});
