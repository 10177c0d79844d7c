import { expect, test } from 'vitest';
import { Attendance } from '../../../src/agent/attendance.ts';
import { endWhenUnneeded, GRACE_MS } from '../../../src/agent/self-ending.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function watchEnd(wanted = () => false) {
  const clock = new FakeClock();
  const attendance = new Attendance();
  let ended = 0;
  const stop = endWhenUnneeded({
    clock,
    isNeeded: () => wanted() || attendance.count > 0,
    watched: [attendance],
    end: () => {
      ended++;
    },
  });
  return { clock, attendance, stop, ended: () => ended };
}

test('nobody comes: it ends after the grace, not before', async () => {
  const t = watchEnd();
  await t.clock.advance(GRACE_MS - 1);
  expect(t.ended()).toBe(0);
  await t.clock.advance(1);
  expect(t.ended()).toBe(1);
});

test('whoever is there keeps it; the grace begins anew when the last one leaves', async () => {
  const t = watchEnd();
  const leave = t.attendance.enter();
  const leaveToo = t.attendance.enter();
  expect(t.clock.pending).toBe(0);
  await t.clock.advance(10 * GRACE_MS);
  leave();
  leave();
  await t.clock.advance(10 * GRACE_MS);
  expect(t.ended()).toBe(0);
  leaveToo();
  await t.clock.advance(GRACE_MS - 1);
  const back = t.attendance.enter();
  await t.clock.advance(GRACE_MS);
  expect(t.ended()).toBe(0);
  back();
  await t.clock.advance(GRACE_MS);
  expect(t.ended()).toBe(1);
});

test('keep-alive keeps it without any timer', () => {
  const t = watchEnd(() => true);
  expect(t.clock.pending).toBe(0);
});
