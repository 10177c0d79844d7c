import type { EndingView, Snapshot } from '../../contract/state.ts';

/** What a person should know beside the state itself (overview.ts). */
export type Circumstance =
  /** An SSO session ends soon for good. */
  | { kind: 'ending'; ending: EndingView; leftMs: number }
  /** Something answers in AWS's place: this network wants a sign-in of its own. */
  | { kind: 'captive'; sinceAt: number }
  | { kind: 'offline'; sinceAt: number }
  /** This computer's clock is wrong by so much; signatures are made with AWS's time. */
  | { kind: 'clock'; byMs: number; clockIs: 'behind' | 'ahead' };

/** A difference that nobody would notice is not worth a line. */
const CLOCK_TOLERATED_MS = 60_000;

/** The circumstances of a snapshot at `now` (the agent's time, epoch ms), the most urgent first. */
export function circumstances(snapshot: Snapshot, now: number): Circumstance[] {
  const { ending, network, clockSkewMs } = snapshot;
  const found: Circumstance[] = [];
  if (ending !== null && ending.endsAt > now)
    found.push({ kind: 'ending', ending, leftMs: ending.endsAt - now });
  if (network.state !== 'online') found.push({ kind: network.state, sinceAt: network.sinceAt });
  if (clockSkewMs !== null && Math.abs(clockSkewMs) >= CLOCK_TOLERATED_MS)
    found.push({
      kind: 'clock',
      byMs: Math.abs(clockSkewMs),
      clockIs: clockSkewMs > 0 ? 'behind' : 'ahead',
    });
  return found;
}
