import type { QuietHours } from '../../contract/settings.ts';

const DAY = 24 * 60;

/**
 * Whether a minute of the local day lies in the quiet hours, and how many minutes are left of them (never 0 while
 * quiet). By the clock on the wall: an hour that summer time takes is not there, one that it gives again is quiet
 * again. The same time twice: no quiet at all.
 */
export function quietAt(
  quiet: QuietHours | null,
  minuteOfDay: number,
): { quiet: boolean; minutesLeft: number } {
  if (quiet === null || quiet.from === quiet.to) return { quiet: false, minutesLeft: 0 };
  const { from, to } = quiet;
  const inside =
    from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
  return { quiet: inside, minutesLeft: inside ? (to - minuteOfDay + DAY) % DAY : 0 };
}
