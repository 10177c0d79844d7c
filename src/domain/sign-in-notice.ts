import type { Snapshot } from '../contract/state.ts';
import { safeText, timeLeftWords, word } from './menu-words.ts';
import type { Notice } from './notice.ts';

/** One at a time, the most urgent: a sign-in that is needed, a code that is asked for, an end to come. */
export function signInNotice(snapshot: Snapshot, now: number): Notice | null {
  const { prompt, mfa, ending, settings } = snapshot;
  if (settings.notifications.signInNeeded) {
    if (prompt !== null && (prompt.snoozedUntil === null || prompt.snoozedUntil <= now)) {
      const { ssoSession, accountId, roleName } = prompt;
      const rest = word(prompt.reason === 'expired' ? 'notifySignInExpired' : 'notifySignInRequested');
      return {
        key: JSON.stringify(['signIn', ssoSession, prompt.sinceAt, prompt.count]),
        title: word('notifySignInTitle', { ssoSession: safeText(ssoSession) }),
        body:
          accountId === null || roleName === null
            ? rest
            : word('notifySignInFor', { accountId, roleName: safeText(roleName), rest }),
        action: { type: 'signIn', ssoSession },
        buttons: [],
      };
    }
    if (mfa !== null) {
      return {
        key: JSON.stringify(['mfa', mfa.id]),
        title: word('notifyMfaTitle'),
        body: word('notifyMfaBody', { profile: safeText(mfa.profile), mfaSerial: safeText(mfa.mfaSerial) }),
        action: { type: 'openWindow', place: 'overview' },
        buttons: [],
      };
    }
  }
  if (ending !== null && settings.notifications.endingSoon) {
    const { ssoSession, stage } = ending;
    return {
      key: JSON.stringify(['ending', ssoSession, stage]),
      title: word('notifyEndingTitle', { ssoSession: safeText(ssoSession) }),
      body: word('notifyEndingBody', { left: timeLeftWords(Math.max(0, ending.endsAt - now)) }),
      action: { type: 'renewSignIn', ssoSession },
      buttons: [],
    };
  }
  return null;
}
