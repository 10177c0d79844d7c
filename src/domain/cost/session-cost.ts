import type { MeterView, SessionView } from '../../contract/state.ts';

/** Share of its cap from which on a person is warned. */
export const CAP_WARNS_AT = 0.8;

/**
 * Where a session stands with its cost cap. `unpriced`: it has one, but uses a model without a known price, so that
 * nobody can tell.
 */
export type CapState = 'none' | 'below' | 'warned' | 'reached' | 'unpriced';

export function capState({ cap, meter }: Pick<SessionView, 'cap' | 'meter'>): CapState {
  if (!cap) return 'none';
  if (!meter) return 'below';
  if (meter.costUsd === null) return 'unpriced';
  if (meter.costUsd >= cap.usd) return 'reached';
  return meter.costUsd >= cap.usd * CAP_WARNS_AT ? 'warned' : 'below';
}

/** Whether Claude Code is to be stopped before its next step. */
export function capStops(session: Pick<SessionView, 'cap' | 'meter'>): boolean {
  return session.cap?.stop === true && capState(session) === 'reached';
}

/** An estimate in US dollars as a person reads it: `$1.23`, `<$0.01` for what is not nothing. */
export function usdText(usd: number, language: string): string {
  const text = (amount: number) =>
    new Intl.NumberFormat(language, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
    }).format(amount);
  return usd > 0 && usd < 0.005 ? `<${text(0.01)}` : text(usd);
}

/**
 * A session's cost for a list: `≈$1.23`, with a cap `≈$1.23 / $5.00`; `?` where the price is not known, empty where
 * nothing was used yet.
 */
export function costText(
  { cap, meter }: { cap: SessionView['cap']; meter: Pick<MeterView, 'costUsd'> | null },
  language: string,
): string {
  if (!meter) return '';
  const cost = meter.costUsd === null ? '?' : `≈${usdText(meter.costUsd, language)}`;
  return cap ? `${cost} / ${usdText(cap.usd, language)}` : cost;
}
