import type { Snapshot, SsoSessionView } from '../../contract/state.ts';
import type { Overview, OverviewState } from '../overview.ts';
import { needsPerson } from '../sessions/session-attention.ts';

/**
 * Pictures of the tray icon, told apart by shape (assets/icons). A filled screen: Claude Code works. An outlined one:
 * it does not, or not yet.
 */
export const iconStates = [
  /** The first credentials are under way, or the agent is being started. */
  'busy',
  'signed-out',
  'signing-in',
  'valid',
  /** Usable, and being renewed right now. */
  'refreshing',
  /** The sign-in runs out soon, and only a person can renew it. */
  'ending',
  /** Usable, but something failed. */
  'degraded',
  /** AWS cannot be reached. */
  'offline',
  'expired',
  /** Signed in or not, Claude Code asks something. */
  'needs-you',
  'agent-gone',
] as const;
export type IconState = (typeof iconStates)[number];

/** A sign-in that nothing can renew is called ending when less than this is left. */
const ENDING_BELOW = 15 * 60_000;

const icons: Record<OverviewState, IconState> = {
  configProblem: 'degraded',
  setup: 'signed-out',
  signedOut: 'signed-out',
  expired: 'expired',
  signingIn: 'signing-in',
  chooseRole: 'degraded',
  profileProblem: 'degraded',
  mfaNeeded: 'expired',
  preparing: 'busy',
  ready: 'valid',
  renewing: 'refreshing',
  degraded: 'degraded',
  denied: 'degraded',
  failed: 'degraded',
};

/** A sign-in that is needed stops everything, questions included; without AWS nobody can renew or repair anything. */
export function iconOf(snapshot: Snapshot, view: Overview, now: number): IconState {
  const icon = icons[view.state];
  if (icon === 'expired' || icon === 'signing-in') return icon;
  if (snapshot.sessions.some(needsPerson)) return 'needs-you';
  if (icon === 'signed-out') return icon;
  if (snapshot.network.state !== 'online') return 'offline';
  if (icon !== 'valid' && icon !== 'refreshing') return icon;
  if (isEnding(snapshot, view, now)) return 'ending';
  return snapshot.mfa !== null ? 'degraded' : icon;
}

/** Whether the sign-in runs out soon and only a person can renew it. */
export function isEnding(snapshot: Snapshot, view: Overview, now: number): boolean {
  const endsAt = endingFrom(view.ssoSession);
  return snapshot.ending !== null || (endsAt !== null && now >= endsAt);
}

/** From when on a sign-in that cannot be renewed counts as ending (epoch ms). */
export function endingFrom(session: SsoSessionView | null): number | null {
  if (session === null || session.refreshable || session.expiresAt === null) return null;
  return session.expiresAt - ENDING_BELOW;
}
