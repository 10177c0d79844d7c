import { MIN_SPACING_MS } from './schedule.ts';

/** How tries are spread: `baseMs` after the first failure, doubled for each further one, up to `capMs`. */
export interface BackoffPolicy {
  baseMs: number;
  capMs: number;
}

/** Refreshes and renewals: 5, 10, 20 … s, at most 5 min, so that a lead of 20 min holds about eight tries. */
export const renewalBackoff: BackoffPolicy = { baseMs: 5_000, capMs: 300_000 };
/** A role that was refused: an administrator acts in minutes, not seconds. */
export const deniedBackoff: BackoffPolicy = { baseMs: 30_000, capMs: 900_000 };

/** No service's Retry-After is believed beyond this: a wrong header must not end keep-alive for good. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The pause after `failures` failures in a row (1 = the first): exponential with jitter (a random part of up to
 * half of it is taken away, so that machines that failed together do not come back together), never shorter
 * than what the service asked for.
 * @param random a number in [0, 1)
 * @param retryAfterMs the service's Retry-After, if it sent one
 */
export function backoffDelay(
  policy: BackoffPolicy,
  failures: number,
  random: number,
  retryAfterMs?: number,
): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30);
  const full = Math.min(policy.capMs, policy.baseMs * 2 ** exponent);
  const jittered = full - (full / 2) * Math.min(Math.max(random, 0), 1);
  const asked = Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
  return Math.max(MIN_SPACING_MS, jittered, asked);
}
