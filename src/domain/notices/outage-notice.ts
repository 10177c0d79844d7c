import { type Snapshot, sessionIsOpen } from '../../contract/state.ts';
import { durationMessage } from '../duration.ts';
import type { Notice } from './notice.ts';
import { told } from './notice-words.ts';

/**
 * How long AWS has to be out of reach before that is told. Credentials are renewed 20 min ahead and consumers ask for
 * new ones from 15 min on, so that what began to fail now is felt then; a change of networks, a tunnel or a VPN that
 * comes back are long over.
 */
export const OUTAGE_MS = 15 * 60_000;

/** One span without AWS, however often it changed between offline and captive. */
export interface Outage {
  /** Agent's clock; names it. */
  readonly sinceAt: number;
  /** On the clock that stands still while the machine sleeps: a night's standby is no outage. */
  readonly awakeMs: number;
}

/** The outage that is going on, null where there is none. */
export function outageOf(
  before: Outage | null,
  network: Snapshot['network'],
  awakeMs: number,
): Outage | null {
  if (network.state === 'online') return null;
  return before ?? { sinceAt: network.sinceAt, awakeMs };
}

export const outageKey = ({ sinceAt }: Outage): string => JSON.stringify(['offline', sinceAt]);

/** Told once it has lasted, where somebody is signed in or has Claude Code open: nobody else misses AWS. */
export function outageNotice(outage: Outage | null, snapshot: Snapshot, awakeMs: number): Notice | null {
  if (outage === null || !snapshot.settings.notifications.offline) return null;
  if (awakeMs < outage.awakeMs + OUTAGE_MS || !isMissed(snapshot)) return null;
  const span = durationMessage(OUTAGE_MS);
  const words = { span: { key: `page:${span.key}`, params: { ...span.params } } } as const;
  const captive = snapshot.network.state === 'captive';
  return {
    key: outageKey(outage),
    title: told(captive ? 'captiveTitle' : 'offlineTitle'),
    body: captive ? told('captiveBody') : told('offlineBody', words),
    action: { type: 'openWindow', place: 'overview' },
    label: told('openWindow'),
    buttons: [],
  };
}

/** The word that it is over: only for an outage that was told. */
export function onlineNotice(outage: Outage): Notice {
  return {
    key: JSON.stringify(['online', outage.sinceAt]),
    title: told('onlineTitle'),
    body: told('onlineBody'),
    action: { type: 'openWindow', place: 'overview' },
    label: told('openWindow'),
    buttons: [],
  };
}

function isMissed({ sessions, ssoSessions, credentials }: Snapshot): boolean {
  return (
    sessions.some(sessionIsOpen) ||
    ssoSessions.some((s) => s.state !== 'signedOut' && s.state !== 'expired') ||
    credentials.some((c) => c.state !== 'absent' && c.state !== 'denied')
  );
}
