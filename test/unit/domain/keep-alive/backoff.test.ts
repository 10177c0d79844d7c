import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffDelay,
  MAX_RETRY_AFTER_MS,
  renewalBackoff,
} from '../../../../src/domain/keep-alive/backoff.ts';
import { MIN_SPACING_MS, renewalInstant, TOKEN_LEAD_MS } from '../../../../src/domain/keep-alive/schedule.ts';

const runs = process.env.CI === 'true' ? 5_000 : 500;

describe('back-off', () => {
  it('is never shorter than the service asks, never longer than cap or wish, never nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 10_000 }),
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.option(fc.oneof(fc.integer({ min: -1_000, max: 10 ** 9 }), fc.constant(Number.NaN)), {
          nil: undefined,
        }),
        (failures, random, retryAfterMs) => {
          const delay = backoffDelay(renewalBackoff, failures, random, retryAfterMs);
          const asked = Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
          expect(delay).toBeGreaterThanOrEqual(Math.max(asked, MIN_SPACING_MS));
          expect(delay).toBeLessThanOrEqual(Math.max(renewalBackoff.capMs, asked));
        },
      ),
      { numRuns: runs },
    );
  });

  it('spreads machines that failed together', () => {
    expect(backoffDelay(renewalBackoff, 3, 0)).toBe(20_000);
    expect(backoffDelay(renewalBackoff, 3, 0.5)).toBe(15_000);
    expect(backoffDelay(renewalBackoff, 3, 0.999)).toBeGreaterThan(10_000);
  });
});

describe('the renewal instant', () => {
  it('lies within the lifetime, in its second half, at most the lead before the end', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(10 ** 9), (obtainedAt, lifetime) => {
        const at = renewalInstant({ obtainedAt, expiresAt: obtainedAt + lifetime }, TOKEN_LEAD_MS);
        expect(at).toBeGreaterThanOrEqual(obtainedAt + lifetime / 2);
        expect(at).toBeLessThanOrEqual(obtainedAt + lifetime);
        expect(obtainedAt + lifetime - at).toBeLessThanOrEqual(TOKEN_LEAD_MS);
      }),
      { numRuns: runs },
    );
  });
});
