import { describe, expect, it } from 'vitest';
import { nothingKnown, type PresenceReport, presenceAt } from '../../../../src/domain/keep-alive/presence.ts';

const minute = 60_000;
const t0 = Date.UTC(2030, 0, 1);
const report = (over: Partial<PresenceReport> = {}): PresenceReport => ({
  at: t0,
  idleMs: 0,
  locked: false,
  suspended: false,
  ...over,
});

describe('presence', () => {
  it.each([
    ['nothing said', nothingKnown, t0, 'unknown', null],
    ['input a moment ago', { report: report(), actAt: null }, t0, 'there', t0 + 2 * minute],
    ['idle for 4 min', { report: report({ idleMs: 4 * minute }), actAt: null }, t0, 'there', t0 + minute],
    [
      'idle for 4 min, a minute later',
      { report: report({ idleMs: 4 * minute }), actAt: null },
      t0 + minute,
      'away',
      t0 + 2 * minute,
    ],
    ['idle for 5 min', { report: report({ idleMs: 5 * minute }), actAt: null }, t0, 'away', t0 + 2 * minute],
    ['locked', { report: report({ locked: true }), actAt: null }, t0, 'away', t0 + 2 * minute],
    ['about to sleep', { report: report({ suspended: true }), actAt: null }, t0, 'away', t0 + 2 * minute],
    [
      'a desktop that cannot tell',
      { report: report({ idleMs: null, locked: null }), actAt: null },
      t0,
      'unknown',
      t0 + 2 * minute,
    ],
    ['a report of 2 min ago', { report: report(), actAt: null }, t0 + 2 * minute, 'unknown', null],
    [
      'a lock of 2 min ago: that tray is gone',
      { report: report({ locked: true }), actAt: null },
      t0 + 2 * minute,
      'unknown',
      null,
    ],
    ['an act', { report: null, actAt: t0 }, t0 + minute, 'there', t0 + 2 * minute],
    ['an act of 2 min ago', { report: null, actAt: t0 }, t0 + 2 * minute, 'unknown', null],
    [
      'an act at another terminal of a locked computer',
      { report: report({ locked: true }), actAt: t0 + 1 },
      t0 + 1,
      'there',
      t0 + 1 + 2 * minute,
    ],
    ['locked after an act', { report: report({ locked: true }), actAt: t0 - 1 }, t0, 'away', t0 + 2 * minute],
    [
      'an act, then idleness of a desktop that nobody touched',
      { report: report({ idleMs: 9 * minute }), actAt: t0 - 1 },
      t0,
      'there',
      t0 - 1 + 2 * minute,
    ],
    [
      'reported by a clock that was set back since',
      { report: report({ at: t0 + minute }), actAt: t0 + minute },
      t0,
      'unknown',
      null,
    ],
  ] as const)('%s', (_, facts, now, presence, until) => {
    expect(presenceAt(facts, now)).toEqual({ presence, until });
  });

  it('holds until it says so, and not a moment longer', () => {
    const facts = { report: report({ idleMs: 2 * minute }), actAt: t0 - minute };
    let now = t0;
    const said: string[] = [];
    for (;;) {
      const { presence, until } = presenceAt(facts, now);
      said.push(`${(now - t0) / minute}:${presence}`);
      if (until === null) break;
      expect(until).toBeGreaterThan(now);
      expect(presenceAt(facts, until - 1).presence).toBe(presence);
      now = until;
    }
    expect(said).toEqual(['0:there', '1:there', '2:unknown']);
  });
});
