/** The time zone is looked up again at most this often, ms. */
const ZONE_HOLDS_MS = 60_000;
let lookedAt = Number.NEGATIVE_INFINITY;

/**
 * Minutes since midnight where the person is now. Electron's main process and Node keep the time zone that they began
 * with (electron#33723); writing TZ makes both look it up again (seen on Node 24 and Electron 22, Linux). A TZ that
 * somebody set stays.
 */
export function minuteOfDay(): number {
  if (process.env.TZ === undefined && performance.now() - lookedAt >= ZONE_HOLDS_MS) {
    lookedAt = performance.now();
    process.env.TZ = '';
    delete process.env.TZ;
  }
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}
