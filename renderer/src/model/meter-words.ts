import type { CostCap } from '../../../src/contract/cost-cap.ts';
import type { MeterView } from '../../../src/contract/state.ts';

/** How much of the context window is used, 0 to 1; null where it is not known. */
export function contextShare(meter: MeterView | null): number | null {
  if (!meter || meter.contextTokens === null || !meter.contextSize) return null;
  return Math.max(0, Math.min(1, meter.contextTokens / meter.contextSize));
}

/** Tokens in few characters: 950, 12k, 1.2M. */
export function tokens(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  return `${(count / 1_000_000).toFixed(1).replace(/\.0$/, '')}M`;
}

/** An amount as typed ("5", "2.50", "2,5") in US dollars; null where it is none that a cap can have. */
export function capOf(text: string): CostCap['usd'] | null {
  const typed = text.trim().replace(',', '.');
  if (!/^\d{1,6}(\.\d{1,2})?$/.test(typed)) return null;
  const usd = Number(typed);
  return usd > 0 && usd <= 100_000 ? usd : null;
}
