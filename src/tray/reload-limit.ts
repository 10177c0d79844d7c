const WINDOW_MS = 60_000;
const LIMIT = 3;

/**
 * Whether a page that crashed is loaded again: three times a minute at most, so that one that crashes at its start
 * does not go on for ever. `times`: earlier loads, epoch ms, kept by the caller; an allowed one is added.
 */
export function mayReload(times: number[], now: number): boolean {
  const recent = times.filter((at) => now - at < WINDOW_MS && at <= now);
  times.splice(0, times.length, ...recent);
  if (recent.length >= LIMIT) return false;
  times.push(now);
  return true;
}
