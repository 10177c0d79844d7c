import { describe, expect, it, vi } from 'vitest';
import { DeadlineTimer, SystemClock, sleepUntil } from '../../../src/agent/clock.ts';

describe('the system clock', () => {
  it('fires each deadline once, in order, not before its time', async () => {
    const clock = new SystemClock();
    const start = clock.now();
    const fired: [string, number][] = [];
    await new Promise<void>((resolve) => {
      clock.wakeAt(start + 60, () => {
        fired.push(['late', clock.now()]);
        resolve();
      });
      clock.wakeAt(start + 20, () => fired.push(['early', clock.now()]));
      clock.wakeAt(start - 1_000, () => fired.push(['past', clock.now()]));
      clock.wakeAt(start + 10, () => fired.push(['cancelled', 0]))();
    });
    expect(fired.map(([name]) => name)).toEqual(['past', 'early', 'late']);
    expect(fired[1]?.[1]).toBeGreaterThanOrEqual(start + 20);
    expect(fired[2]?.[1]).toBeGreaterThanOrEqual(start + 60);
  });

  it('holds far deadlines without a timer that overflows, and none when nothing is pending', async () => {
    const clock = new SystemClock();
    // Timers of the test runner come and go.
    const timers = () => process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length;
    const before = timers();
    let fired = false;
    const cancel = clock.wakeAt(clock.now() + 90 * 86_400_000, () => {
      fired = true;
    });
    await sleepUntil(clock, clock.now() + 30);
    expect(fired).toBe(false);
    cancel();
    for (let n = 0; n < 50 && timers() > before; n++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('tells by how much it was set back, also those that wait for an instant; a step forward fires what is due', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    try {
      const clock = new SystemClock();
      const start = clock.now();
      const told: number[] = [];
      let fired = 0;
      clock.onSetBack((byMs) => told.push(byMs));
      const timer = new DeadlineTimer(clock, () => fired++);
      timer.set(start + 3_600_000);
      let slept = false;
      void sleepUntil(clock, start + 1_800_000).then(() => {
        slept = true;
      });
      await vi.advanceTimersByTimeAsync(60_000);
      expect({ told, fired, slept }).toEqual({ told: [], fired: 0, slept: false });
      vi.setSystemTime(clock.now() - 86_400_000);
      await vi.advanceTimersByTimeAsync(15_001);
      expect(told).toEqual([86_400_000]);
      expect({ fired, slept }).toEqual({ fired: 1, slept: true });
      // And back again: what waits is due long since.
      timer.set(start + 3_600_000);
      vi.setSystemTime(start + 2 * 86_400_000);
      await vi.advanceTimersByTimeAsync(15_001);
      expect({ told: told.length, fired }).toEqual({ told: 1, fired: 2 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets a sleeper go by its signal, at once', async () => {
    const clock = new SystemClock();
    const stop = new AbortController();
    const slept = sleepUntil(clock, clock.now() + 3_600_000, stop.signal);
    stop.abort();
    await slept;
    await sleepUntil(clock, clock.now() + 3_600_000, stop.signal);
  });

  it('a deadline timer waits for one instant, the last that was set', async () => {
    const clock = new SystemClock();
    let fired = 0;
    const timer = new DeadlineTimer(clock, () => fired++);
    timer.set(clock.now() + 10);
    timer.set(null);
    timer.set(clock.now() + 20);
    timer.set(clock.now() + 30);
    await sleepUntil(clock, clock.now() + 60);
    expect(fired).toBe(1);
  });
});
