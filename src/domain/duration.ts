/**
 * How a time left is said. A shell turns the message into words with its own language
 * (`translator.t(`page:${m.key}`, m.params)`), so that tray, page and CLI say the same.
 */
export type DurationMessage =
  | { key: 'durationDays'; params: { days: number; hours: number } }
  | { key: 'durationHours'; params: { hours: number; minutes: string } }
  | { key: 'durationMinutes'; params: { minutes: number } }
  | { key: 'durationSeconds'; params: { seconds: number } }
  | { key: 'durationNone'; params: Record<never, never> };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Below this the words count seconds. */
const SECONDS_BELOW = 2 * MINUTE;

/**
 * Words for a time left of `ms` milliseconds, rounded down so that they never promise more than there is:
 * "2 d 3 h", "3 h 07 min", "42 min", "45 s"; nothing left is `durationNone`.
 */
export function durationMessage(ms: number): DurationMessage {
  if (!(ms >= SECOND)) return { key: 'durationNone', params: {} };
  if (ms < SECONDS_BELOW) return { key: 'durationSeconds', params: { seconds: Math.floor(ms / SECOND) } };
  if (ms < HOUR) return { key: 'durationMinutes', params: { minutes: Math.floor(ms / MINUTE) } };
  if (ms < DAY) {
    const minutes = String(Math.floor((ms % HOUR) / MINUTE)).padStart(2, '0');
    return { key: 'durationHours', params: { hours: Math.floor(ms / HOUR), minutes } };
  }
  return {
    key: 'durationDays',
    params: { days: Math.floor(ms / DAY), hours: Math.floor((ms % DAY) / HOUR) },
  };
}

/** A time left as a clock for a display that ticks: "1:02:03", "42:07", "0:09". Language-neutral; days are counted in hours. */
export function durationClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const two = (n: number): string => String(n).padStart(2, '0');
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/**
 * How far the agent's clock is ahead of this process's, from a snapshot: `snapshot.at - now` taken when it came.
 * `now + offset` is the agent's time, so that a countdown neither drifts nor depends on the two clocks agreeing.
 */
export function clockOffset(snapshotAt: number, receivedAt: number): number {
  return snapshotAt - receivedAt;
}
