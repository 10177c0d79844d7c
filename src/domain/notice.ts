import type { Snapshot } from '../contract/state.ts';
import type { MenuAction } from './menu-entries.ts';
import { type Message, safeText, timeLeftWords, word } from './menu-words.ts';
import { sessionNotices } from './session-notice.ts';

/** What the person is told at once, wherever they are looking; performed when it is pressed. */
export interface Notice {
  /** The same cause has the same key, and is told once. */
  readonly key: string;
  readonly title: Message;
  readonly body: Message;
  readonly action: MenuAction;
  /** What can be decided from the notification itself, where the platform has buttons. Never what a press on it does. */
  readonly buttons: readonly { readonly label: Message; readonly action: MenuAction }[];
}

/**
 * All that is to be told now, each cause once: the most urgent of what concerns the sign-in, and what Claude Code's
 * sessions have to say. What is switched off in the settings, put off, or seen on a screen already is not told.
 */
export function noticesOf(snapshot: Snapshot, now: number): Notice[] {
  const signIn = signInNotice(snapshot, now);
  return [...(signIn === null ? [] : [signIn]), ...sessionNotices(snapshot)];
}

/** One at a time, the most urgent: a sign-in that is needed, a code that is asked for, an end to come. */
function signInNotice(snapshot: Snapshot, now: number): Notice | null {
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
