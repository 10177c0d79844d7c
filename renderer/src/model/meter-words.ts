import type { CostCap } from '../../../src/contract/cost-cap.ts';
import type { MeterView, SessionView } from '../../../src/contract/state.ts';

/** From this share of its cap on a person is warned. */
export const CAP_WARNS_AT = 0.8;

/** An estimate in US dollars as it is shown: "$0.42", "<$0.01". */
export function dollars(usd: number, language: string): string {
  if (usd > 0 && usd < 0.005) return '<$0.01';
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
  }).format(usd);
}

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

export type CapState = 'none' | 'under' | 'near' | 'reached';

/** Where a session stands with its cap. */
export function capState(session: Pick<SessionView, 'meter' | 'cap'>): CapState {
  const { cap, meter } = session;
  if (!cap) return 'none';
  const share = (meter?.costUsd ?? 0) / cap.usd;
  return share >= 1 ? 'reached' : share >= CAP_WARNS_AT ? 'near' : 'under';
}

/** An amount as typed ("5", "2.50", "2,5") in US dollars; null where it is none that a cap can have. */
export function capOf(text: string): CostCap['usd'] | null {
  const typed = text.trim().replace(',', '.');
  if (!/^\d{1,6}(\.\d{1,2})?$/.test(typed)) return null;
  const usd = Number(typed);
  return usd > 0 && usd <= 100_000 ? usd : null;
}
