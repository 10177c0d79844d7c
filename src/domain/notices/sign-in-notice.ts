import type { Snapshot, SsoSessionState } from '../../contract/state.ts';
import { safeText, timeLeftWords } from '../menu/menu-words.ts';
import type { Notice } from './notice.ts';
import { told } from './notice-words.ts';

/** The agent reminds after 5 min at the earliest: what it asks anew before that, it asks because it was started again. */
const SAME_PROMPT_MS = 5 * 60_000;

/** A sign-in that was asked for by a notification, and has not come yet. */
export interface Asked {
  readonly ssoSession: string;
  readonly key: string;
  /** The agent's newest prompt that this key stands for. */
  readonly sinceAt: number;
  readonly count: number;
  /** When it was told first; as `NoticeClock.awakeMs`. */
  readonly awakeMs: number;
}

/** One at a time, the most urgent: a sign-in that is needed, a code that is asked for, an end to come. */
export function signInNotice(
  snapshot: Snapshot,
  now: number,
  asked: readonly Asked[],
  awakeMs: number,
): Notice | null {
  const { prompt, mfa, ending, settings } = snapshot;
  if (settings.notifications.signInNeeded) {
    if (prompt !== null && (prompt.snoozedUntil === null || prompt.snoozedUntil <= now)) {
      const { ssoSession, accountId, roleName } = prompt;
      const rest = told(prompt.reason === 'expired' ? 'signInExpired' : 'signInRequested');
      return {
        key: promptKey(prompt, asked, awakeMs),
        title: told('signInTitle', { ssoSession: safeText(ssoSession) }),
        body:
          accountId === null || roleName === null
            ? rest
            : told('signInFor', { accountId: safeText(accountId), roleName: safeText(roleName), rest }),
        action: { type: 'signIn', ssoSession },
        label: told('signInPress'),
        buttons: [{ label: told('signInLater', { minutes: 15 }), action: { type: 'snooze', minutes: 15 } }],
      };
    }
    if (mfa !== null) {
      return {
        key: JSON.stringify(['mfa', mfa.id]),
        title: told('mfaTitle'),
        body: told('mfaBody', { profile: safeText(mfa.profile), mfaSerial: safeText(mfa.mfaSerial) }),
        action: { type: 'openWindow', place: 'overview' },
        label: told('mfaPress'),
        buttons: [],
      };
    }
  }
  if (ending !== null && settings.notifications.endingSoon) {
    const { ssoSession, stage } = ending;
    return {
      key: JSON.stringify(['ending', ssoSession, stage]),
      title: told('endingTitle', { ssoSession: safeText(ssoSession) }),
      body: told('endingBody', { left: timeLeftWords(Math.max(0, ending.endsAt - now)) }),
      action: { type: 'renewSignIn', ssoSession },
      label: told('endingPress'),
      buttons: [],
    };
  }
  return null;
}

/** The word that a sign-in which was asked for has come, from wherever. */
export function signedInNotice({ ssoSession, key }: Asked): Notice {
  return {
    key: JSON.stringify(['signedIn', key]),
    title: told('signedInTitle', { ssoSession: safeText(ssoSession) }),
    body: told('signedInBody'),
    action: { type: 'openWindow', place: 'overview' },
    label: told('openWindow'),
    buttons: [],
  };
}

/** Whether an SSO session whose sign-in was asked for is signed in; null: that is not settled yet. */
export function cameOf(ssoSession: string, snapshot: Snapshot): boolean | null {
  if (snapshot.prompt?.ssoSession === ssoSession) return null;
  const state: SsoSessionState | undefined = snapshot.ssoSessions.find((s) => s.id === ssoSession)?.state;
  if (state === 'signingIn' || state === 'expired') return null;
  return state === 'valid' || state === 'refreshing' || state === 'degraded';
}

function promptKey(
  { ssoSession, sinceAt, count }: NonNullable<Snapshot['prompt']>,
  asked: readonly Asked[],
  awakeMs: number,
): string {
  const before = asked.find((a) => a.ssoSession === ssoSession);
  if (before !== undefined) {
    if (before.sinceAt === sinceAt && before.count === count) return before.key;
    if (count === 1 && awakeMs - before.awakeMs < SAME_PROMPT_MS) return before.key;
  }
  return JSON.stringify(['signIn', ssoSession, sinceAt, count]);
}
