/**
 * When to renew something that ends. All instants are epoch ms, all spans ms.
 */

const minute = 60_000;

/** Tokens are refreshed this long before their end: ahead of the AWS CLI and botocore, which start at 15 min. */
export const TOKEN_LEAD_MS = 20 * minute;
/** Role credentials are renewed this long before their end: consumers' own windows are 5 to 15 min. */
export const CREDENTIALS_LEAD_MS = 20 * minute;
/** What a consumer is handed should have this much left, where its lifetime allows (botocore's advisory window). */
export const CONSUMER_WINDOW_MS = 15 * minute;
/** Between two calls for the same thing, whatever the deadlines say: a deadline in the past is no hot loop. */
export const MIN_SPACING_MS = 1_000;
/** What has less left than this counts as ended: it would be over before it arrives. */
export const USABLE_MARGIN_MS = 1_000;

/** Something with an end. `obtainedAt` is null where the beginning is not known (read from a file at start). */
export interface Lifetime {
  obtainedAt: number | null;
  expiresAt: number;
}

/**
 * The instant to renew at: `leadMs` before the end, or at half-life where half the lifetime is shorter than the
 * lead. An unknown beginning takes the full lead: at worst one renewal too early, after which it is known.
 */
export function renewalInstant(lifetime: Lifetime, leadMs: number): number {
  return lifetime.expiresAt - windowBeforeEnd(lifetime, leadMs);
}

/** `windowMs`, or half the lifetime where that is shorter. Never negative. */
export function windowBeforeEnd(lifetime: Lifetime, windowMs: number): number {
  if (lifetime.obtainedAt === null) return windowMs;
  return Math.max(0, Math.min(windowMs, (lifetime.expiresAt - lifetime.obtainedAt) / 2));
}

/** Whether it can still be used at `now`. */
export function isUsable(lifetime: Lifetime, now: number): boolean {
  return lifetime.expiresAt - now > USABLE_MARGIN_MS;
}

/** A deadline that keeps its distance from the last try. */
export function spaced(at: number, lastTryAt: number, spacingMs = MIN_SPACING_MS): number {
  return Math.max(at, lastTryAt + spacingMs);
}

/** The earliest of the deadlines that there are. */
export function nearest(deadlines: Iterable<number | null>): number | null {
  let found: number | null = null;
  for (const at of deadlines) if (at !== null && (found === null || at < found)) found = at;
  return found;
}
