/** What is told over time: quiet hours, news, outages, sleep; each cause once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuietHours } from '../../../../src/contract/settings.ts';
import type { Snapshot } from '../../../../src/contract/state.ts';
import {
  afterSleep,
  NEWS_MS,
  type NoticeState,
  nextNotices,
  nothingTold,
} from '../../../../src/domain/notices/notices.ts';
import { OUTAGE_MS } from '../../../../src/domain/notices/outage-notice.ts';
import { quietAt } from '../../../../src/domain/notices/quiet-hours.ts';
import { AT, prompt, session, snapshot, ssoSession } from '../../../support/tray/snapshots.ts';

const MINUTE = 60_000;

/** A person's day with the tray: time passes, things change, and what stands on the screen is looked at. */
class Day {
  now = AT;
  awakeMs = 0;
  minuteOfDay: number | null = null;
  looking = false;
  shown: Snapshot = snapshot(AT);
  state: NoticeState = nothingTold;
  lookAgainMs: number | null = null;
  /** Every notice that newly came on the screen: its kind, oldest first. */
  readonly told: string[] = [];
  screen: string[] = [];

  settings(more: Partial<Snapshot['settings']['notifications']>): this {
    const { settings } = this.shown;
    return this.change({ settings: { ...settings, notifications: { ...settings.notifications, ...more } } });
  }
  change(more: Partial<Snapshot>): this {
    this.shown = { ...this.shown, ...more };
    return this.look();
  }
  /** Awake; looks as often as it was asked to. */
  pass(ms: number): this {
    const end = this.awakeMs + ms;
    while (this.lookAgainMs !== null && this.awakeMs + this.lookAgainMs < end) {
      expect(this.lookAgainMs).toBeGreaterThan(0);
      this.#on(this.lookAgainMs);
      this.look();
    }
    this.#on(end - this.awakeMs);
    return this.look();
  }
  sleep(ms: number): this {
    this.now += ms;
    this.state = afterSleep(this.state, this.awakeMs);
    return this.look();
  }
  look(): this {
    const minuteOfDay = this.minuteOfDay ?? Math.floor((this.now / MINUTE) % (24 * 60));
    const clock = { now: this.now, awakeMs: this.awakeMs, minuteOfDay };
    const next = nextNotices(this.state, this.shown, clock, this.looking);
    const kind = (key: string) => (JSON.parse(key) as string[])[0] as string;
    for (const { key } of next.notices) if (!this.state.told.has(key)) this.told.push(kind(key));
    this.screen = next.notices.map((n) => kind(n.key));
    this.state = next.state;
    this.lookAgainMs = next.lookAgainMs;
    return this;
  }
  #on(ms: number): void {
    this.awakeMs += ms;
    this.now += ms;
  }
}

const expired = (more: Partial<Parameters<typeof prompt>[1]> = {}): Partial<Snapshot> => ({
  prompt: prompt(AT, more),
  ssoSessions: [ssoSession(AT, { state: 'expired', expiresAt: AT - 1 })],
});
const alive: Partial<Snapshot> = { prompt: null, ssoSessions: [ssoSession(AT)] };
const offline: Partial<Snapshot> = { network: { state: 'offline', sinceAt: AT } };
const online: Partial<Snapshot> = { network: { state: 'online', sinceAt: AT } };
const done = (seen = false): Partial<Snapshot> => ({
  sessions: [
    session(AT, {
      activity: { state: 'done', sinceAt: AT, request: null, seen, reason: null, background: 0 },
    }),
  ],
});

describe('signed in again', () => {
  test('is told for a minute after a prompt that was told, and only then', () => {
    const day = new Day().change(expired());
    expect(day.screen).toEqual(['signIn']);
    day.change(alive);
    expect(day.screen).toEqual(['signedIn']);
    day.pass(NEWS_MS - 1);
    expect(day.screen).toEqual(['signedIn']);
    day.pass(2);
    expect(day.screen).toEqual([]);
    expect(new Day().change(alive).told).toEqual([]);
  });

  test('is taken back by the next prompt, and is told once for each', () => {
    const day = new Day().change(expired()).change(alive);
    expect(day.screen).toEqual(['signedIn']);
    day.change(expired());
    expect(day.screen).toEqual(['signIn']);
    day.change(alive);
    expect(day.screen).toEqual(['signedIn']);
    day.change(expired({ sinceAt: AT + MINUTE })).change(alive);
    expect(day.screen).toEqual(['signedIn']);
  });

  test.each(['signedOut', 'expired'] as const)(
    'is taken back where it is %s and nothing is asked',
    (state) => {
      const day = new Day().change(expired()).change(alive);
      day.change({ ssoSessions: [ssoSession(AT, { state })] });
      expect(day.screen).toEqual([]);
    },
  );

  test('waits while the sign-in is under way, also after a snooze', () => {
    const day = new Day().change(expired());
    day.change({ prompt: null, ssoSessions: [ssoSession(AT, { state: 'signingIn' })] });
    expect(day.screen).toEqual([]);
    day.change(alive);
    expect(day.told).toEqual(['signIn', 'signedIn']);
  });

  test('is not told to somebody who looks, nor after signing out, nor where it is switched off', () => {
    const looks = new Day().change(expired());
    looks.looking = true;
    expect(looks.change(alive).told).toEqual(['signIn']);
    looks.looking = false;
    expect(looks.look().told).toEqual(['signIn']);
    const out = new Day().change(expired());
    out.change({ prompt: null, ssoSessions: [ssoSession(AT, { state: 'signedOut' })] });
    expect(out.change(alive).told).toEqual(['signIn']);
    expect(new Day().settings({ signedIn: false }).change(expired()).change(alive).told).toEqual(['signIn']);
    const unasked = new Day().settings({ signInNeeded: false }).change(expired()).change(alive);
    expect(unasked.told).toEqual([]);
  });

  test('an agent that was started again asks anew: that is told once; its reminder is told again', () => {
    const day = new Day().change(expired()).pass(MINUTE);
    day.change(expired({ sinceAt: AT + MINUTE }));
    expect(day.told).toEqual(['signIn']);
    day.pass(5 * MINUTE).change(expired({ sinceAt: AT + MINUTE, count: 2 }));
    expect(day.told).toEqual(['signIn', 'signIn']);
    // Lived in between: another cause.
    day.change(alive).change(expired({ sinceAt: AT + 9 * MINUTE }));
    expect(day.told).toEqual(['signIn', 'signIn', 'signedIn', 'signIn']);
  });
});

describe('AWS out of reach', () => {
  test('is told after 15 minutes, once, and its end once', () => {
    const day = new Day().change(offline).pass(OUTAGE_MS - 1);
    expect(day.told).toEqual([]);
    day.pass(1);
    expect(day.screen).toEqual(['offline']);
    day.change({ network: { state: 'captive', sinceAt: AT + 20 * MINUTE } }).pass(60 * MINUTE);
    day.change(offline).pass(60 * MINUTE);
    expect(day.told).toEqual(['offline']);
    day.change(online);
    expect(day.screen).toEqual(['online']);
    day.pass(NEWS_MS + 1);
    expect(day.screen).toEqual([]);
    expect(day.lookAgainMs).toBeNull();
  });

  test('its end is told for a minute also where the network goes once more for a moment', () => {
    const day = new Day().change(offline).pass(OUTAGE_MS).change(online);
    day.change(offline).pass(1000).change(online);
    expect(day.screen).toEqual(['online']);
  });

  test('a short one is not told, nor its end', () => {
    const day = new Day()
      .change(offline)
      .pass(OUTAGE_MS - 1)
      .change(online)
      .pass(60 * MINUTE);
    expect(day.told).toEqual([]);
    day.change({ network: { state: 'offline', sinceAt: AT + 90 * MINUTE } }).pass(OUTAGE_MS - 1);
    expect(day.told).toEqual([]);
  });

  test('time asleep does not count: the network is given time to come back', () => {
    const day = new Day()
      .change(offline)
      .pass(14 * MINUTE)
      .sleep(8 * 60 * MINUTE)
      .pass(14 * MINUTE);
    expect(day.told).toEqual([]);
    day.pass(MINUTE);
    expect(day.told).toEqual(['offline']);
  });

  test('concerns nobody who is signed out', () => {
    const nobody = { credentials: [], ssoSessions: [ssoSession(AT, { state: 'signedOut' })] };
    const day = new Day().change({ ...nobody, ...offline }).pass(60 * MINUTE);
    expect(day.told).toEqual([]);
    day.change({ sessions: [session(AT)] });
    expect(day.told).toEqual(['offline']);
  });

  test('can be switched off', () => {
    const day = new Day()
      .settings({ offline: false })
      .change(offline)
      .pass(60 * MINUTE)
      .change(online);
    expect(day.told).toEqual([]);
  });
});

describe('quiet hours', () => {
  const at = (hours: number, minutes = 0) => hours * 60 + minutes;
  const night: QuietHours = { from: at(22), to: at(7) };

  test('hold back what begins in them, and tell it once afterwards if it still holds', () => {
    const day = new Day().settings({ quiet: night, done: true });
    day.minuteOfDay = at(23);
    day.change({ ...expired(), ...done() });
    expect(day.screen).toEqual([]);
    expect(day.lookAgainMs).toBe(15 * MINUTE);
    // The person is at it after all, and looks at the session.
    day.change(done(true));
    day.minuteOfDay = at(6, 59);
    day.look();
    expect(day.screen).toEqual([]);
    expect(day.lookAgainMs).toBe(MINUTE);
    day.minuteOfDay = at(7);
    day.look().look();
    expect(day.told).toEqual(['signIn']);
    expect(day.screen).toEqual(['signIn']);
  });

  test('what was told before them stays, and is taken back when it is over; news is not told', () => {
    const day = new Day().settings({ quiet: night });
    day.minuteOfDay = at(21, 59);
    day.change(expired());
    day.minuteOfDay = at(22);
    day.look();
    expect(day.screen).toEqual(['signIn']);
    day.change(alive);
    expect(day.screen).toEqual([]);
    day.minuteOfDay = at(8);
    day.look();
    expect(day.told).toEqual(['signIn']);
  });

  test('an outage that began and ended in them was never there', () => {
    const day = new Day().settings({ quiet: night });
    day.minuteOfDay = at(2);
    day
      .change(offline)
      .pass(60 * MINUTE)
      .change(online);
    day.minuteOfDay = at(8);
    expect(day.look().told).toEqual([]);
  });

  test('ended by the person: told at once', () => {
    const day = new Day().settings({ quiet: night });
    day.minuteOfDay = at(3);
    expect(day.change(expired()).told).toEqual([]);
    expect(day.settings({ quiet: null }).told).toEqual(['signIn']);
  });

  test('within a day, over midnight, none at all; minutes left', () => {
    expect(quietAt({ from: at(12), to: at(13) }, at(12))).toEqual({ quiet: true, minutesLeft: 60 });
    expect(quietAt({ from: at(12), to: at(13) }, at(13)).quiet).toBe(false);
    expect(quietAt(night, at(22))).toEqual({ quiet: true, minutesLeft: 9 * 60 });
    expect(quietAt(night, at(6, 59))).toEqual({ quiet: true, minutesLeft: 1 });
    expect(quietAt(night, at(7)).quiet).toBe(false);
    expect(quietAt({ from: at(9), to: at(9) }, at(9)).quiet).toBe(false);
    expect(quietAt(null, 0).quiet).toBe(false);
  });

  test('any hours, any minute: quiet is from `from` for as many minutes as there are to `to`', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(minute, minute, minute, (from, to, m) => {
        const length = (to - from + 1440) % 1440;
        const since = (m - from + 1440) % 1440;
        const { quiet, minutesLeft } = quietAt({ from, to }, m);
        expect(quiet).toBe(since < length);
        expect(minutesLeft).toBe(quiet ? length - since : 0);
      }),
    );
  });

  // Each half hour around the change is walked through on the clock that hangs on the wall there.
  const wall = (zone: string) => {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return (now: number): number => {
      const [h = '0', m = '0'] = format.format(now).split(':');
      return Number(h) * 60 + Number(m);
    };
  };
  const quietSteps = (quiet: QuietHours, zone: string, from: number, steps: number): string => {
    const minuteOf = wall(zone);
    return Array.from({ length: steps }, (_, i) =>
      quietAt(quiet, minuteOf(from + i * 30 * MINUTE)).quiet ? 'q' : '.',
    ).join('');
  };

  test('summer time: the night is an hour shorter or longer, and ends at the same time of the day', () => {
    // Berlin, 2026-03-28 21:30 to 08:00 the next day; at 02:00 it becomes 03:00.
    const spring = Date.UTC(2026, 2, 28, 20, 30);
    expect(quietSteps(night, 'Europe/Berlin', spring, 21)).toBe(`.${'q'.repeat(16)}....`);
    // 2026-10-24 21:30; at 03:00 it is 02:00 once more.
    const autumn = Date.UTC(2026, 9, 24, 19, 30);
    expect(quietSteps(night, 'Europe/Berlin', autumn, 23)).toBe(`.${'q'.repeat(20)}..`);
    // Hours that are not there, and hours that come twice.
    const small = { from: at(2), to: at(3) };
    expect(quietSteps(small, 'Europe/Berlin', Date.UTC(2026, 2, 29, 0, 0), 6)).toBe('......');
    expect(quietSteps(small, 'Europe/Berlin', Date.UTC(2026, 9, 24, 23, 30), 7)).toBe('.qqqq..');
  });

  test('flown to another zone: the clock on the wall there counts', () => {
    const now = Date.UTC(2026, 10, 22, 23, 0);
    const there = (zone: string) => quietAt(night, wall(zone)(now)).quiet;
    expect(there('Europe/Berlin')).toBe(true);
    expect(there('Asia/Shanghai')).toBe(false);
    expect(there('America/Los_Angeles')).toBe(false);
    expect(there('Asia/Kathmandu')).toBe(true);
  });
});

test('whatever happens, one cause is told once while it lasts, and looks are never in a hot loop', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40 * MINUTE }) }),
    fc.record({ do: fc.constant('sleep' as const), ms: fc.integer({ min: 1, max: 600 * MINUTE }) }),
    fc.record({
      do: fc.constant('change' as const),
      to: fc.constantFrom(expired(), alive, offline, online, done(), done(true)),
    }),
    fc.record({ do: fc.constant('hour' as const), hour: fc.integer({ min: 0, max: 23 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const day = new Day().settings({ quiet: { from: 22 * 60, to: 7 * 60 }, done: true });
      const seen = new Map<string, number>();
      for (const one of steps) {
        const before = day.state.told;
        if (one.do === 'pass') day.pass(one.ms);
        else if (one.do === 'sleep') day.sleep(one.ms);
        else if (one.do === 'hour') day.minuteOfDay = one.hour * 60;
        else day.change(one.to);
        day.look();
        // Nothing is on the screen twice, and a key that never left is not told anew.
        expect(new Set(day.screen).size).toBe(day.screen.length);
        for (const key of day.state.told) if (!before.has(key)) seen.set(key, (seen.get(key) ?? 0) + 1);
        expect(day.lookAgainMs === null || day.lookAgainMs > 0).toBe(true);
      }
      // The end of an outage is told at most as often as its beginning.
      const count = (kind: string) => day.told.filter((k) => k === kind).length;
      expect(count('online')).toBeLessThanOrEqual(count('offline'));
      expect(count('signedIn')).toBeLessThanOrEqual(count('signIn'));
    }),
    { numRuns: 300 },
  );
});
