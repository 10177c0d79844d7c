import type { Snapshot } from '../contract/state.ts';
import type { MenuAction } from './menu-entries.ts';
import { type Message, safeText, timeLeftWords, word } from './menu-words.ts';

/** What the person is told at once, wherever they are looking; performed when it is pressed. */
export interface Notice {
  /** The same cause has the same key, and is told once. */
  readonly key: string;
  readonly title: Message;
  readonly body: Message;
  readonly action: MenuAction;
}

/**
 * The one thing to be told now, or null. One at a time, the most urgent: a sign-in that is needed, a code that is
 * asked for, an end to come. What is switched off in the settings, or put off by the person, is not told.
 */
export function noticeOf(snapshot: Snapshot, now: number): Notice | null {
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
      };
    }
    if (mfa !== null) {
      return {
        key: JSON.stringify(['mfa', mfa.id]),
        title: word('notifyMfaTitle'),
        body: word('notifyMfaBody', { profile: safeText(mfa.profile), mfaSerial: safeText(mfa.mfaSerial) }),
        action: { type: 'openWindow', place: 'overview' },
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
    };
  }
  return null;
}
