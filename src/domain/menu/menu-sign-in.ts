import type { SignInView, Snapshot, SsoSessionView } from '../../contract/state.ts';
import { type Circumstance, circumstances } from '../keep-alive/circumstances.ts';
import type { Overview } from '../overview.ts';
import { action, joined, type MenuEntry, snoozeMinutes } from './menu-entries.ts';
import { type Message, safeText, timeLeftWords, word } from './menu-words.ts';

/** The part of the menu that is about signing in: what is needed now, what can be put off, what ends. */

const MINUTE = 60_000;
const label = (text: Message): MenuEntry => ({ kind: 'label', label: text });

/** What a person should know although nothing can be done in this menu: the network, the clock, the end to come. */
export function circumstanceEntries(snapshot: Snapshot, now: number, withoutNetwork: boolean): MenuEntry[] {
  return circumstanceWords(snapshot, now, withoutNetwork).map(label);
}

/** The same as sentences. `withoutNetwork`: somebody says that already. */
export function circumstanceWords(snapshot: Snapshot, now: number, withoutNetwork: boolean): Message[] {
  return circumstances(snapshot, now)
    .filter(({ kind }) => !withoutNetwork || (kind !== 'offline' && kind !== 'captive'))
    .map(circumstanceWord);
}

function circumstanceWord(one: Circumstance): Message {
  switch (one.kind) {
    case 'offline':
      return word('networkOffline');
    case 'captive':
      return word('networkCaptive');
    case 'clock':
      return word('clockWrong', { by: timeLeftWords(one.byMs) });
    case 'ending': {
      const ssoSession = safeText(one.ending.ssoSession);
      return word('endsForGood', { ssoSession, left: timeLeftWords(one.leftMs) });
    }
  }
}

function mfaEntries({ mfa }: Snapshot): MenuEntry[] {
  if (mfa === null) return [];
  return [
    action(word('enterMfaCode', { profile: safeText(mfa.profile) }), {
      type: 'openWindow',
      place: 'overview',
    }),
  ];
}

/** While a sign-in is asked for: when to ask again. */
function snoozeEntries({ prompt }: Snapshot, now: number): MenuEntry[] {
  if (prompt === null) return [];
  if (prompt.snoozedUntil !== null && prompt.snoozedUntil > now) {
    return [label(word('snoozed', { left: timeLeftWords(prompt.snoozedUntil - now) }))];
  }
  const entries = snoozeMinutes.map((minutes) =>
    action(word('snoozeFor', { span: timeLeftWords(minutes * MINUTE) }), { type: 'snooze', minutes }),
  );
  return [{ kind: 'submenu', label: word('snooze'), entries }];
}

/** What only the person can do now; nothing while all is well. */
export function personEntries(snapshot: Snapshot, view: Overview, now: number): MenuEntry[] {
  return [...mfaEntries(snapshot), ...nextEntries(view), ...snoozeEntries(snapshot, now)];
}

function nextEntries(view: Overview): MenuEntry[] {
  const todo = view.action;
  switch (todo.kind) {
    case 'signIn':
      return [
        action(word('signInTo', { ssoSession: safeText(todo.ssoSession) }), {
          type: 'signIn',
          ssoSession: todo.ssoSession,
        }),
      ];
    case 'cancelSignIn':
      return signInEntries(todo.signIn);
    case 'addSsoSession':
      return [action(word('addSsoSession'), { type: 'openWindow', place: 'overview' })];
    case 'chooseRole':
      return [action(word('chooseRole'), { type: 'openWindow', place: 'access' })];
    case 'retry':
      return [action(word('retry'), { type: 'retry' })];
    case 'openClaude':
    // mfaEntries has it.
    case 'answerMfa':
    case 'wait':
      return [];
  }
}

function signInEntries(signIn: SignInView): MenuEntry[] {
  return [
    ...(signIn.userCode === null
      ? []
      : [{ kind: 'label', label: word('deviceCode', { code: safeText(signIn.userCode) }) } as const]),
    action(word('openSignInPage'), { type: 'openSignInPage', url: signIn.url }),
    action(word('cancelSignIn'), { type: 'cancelSignIn', id: signIn.id }),
  ];
}

const signedIn = (s: SsoSessionView): boolean =>
  s.state === 'valid' || s.state === 'refreshing' || s.state === 'degraded';

/** SSO sessions listed at most. */
const SSO_SESSIONS = 12;

/** The SSO session with what can be done about it; of several, each one with its state. */
export function ssoSessionEntries(snapshot: Snapshot, view: Overview): MenuEntry[] {
  const [only, ...more] = snapshot.ssoSessions;
  if (only === undefined) return [];
  if (more.length === 0) {
    // What is needed of one that is not signed in stands above already.
    if (view.ssoSession === null || !signedIn(only)) return [];
    return [
      { kind: 'submenu', label: word('ssoSession', { ssoSession: safeText(only.id) }), entries: acts(only) },
    ];
  }
  const states = {
    signedOut: 'stateSignedOut',
    signingIn: 'stateSigningIn',
    valid: 'stateReady',
    refreshing: 'stateRenewing',
    degraded: 'stateDegraded',
    expired: 'stateExpired',
  } as const;
  const each = snapshot.ssoSessions.slice(0, SSO_SESSIONS).map((s): MenuEntry => {
    const label = word('ssoSessionWithState', { ssoSession: safeText(s.id), state: word(states[s.state]) });
    return { kind: 'submenu', label, entries: acts(s) };
  });
  const rest =
    snapshot.ssoSessions.length > SSO_SESSIONS
      ? [action(word('moreInWindow'), { type: 'openWindow', place: 'access' } as const)]
      : [];
  return [{ kind: 'submenu', label: word('ssoSessions'), entries: joined([each, rest]) }];
}

function acts(s: SsoSessionView): MenuEntry[] {
  if (s.signIn !== null) return signInEntries(s.signIn);
  if (!signedIn(s)) return [action(word('signIn'), { type: 'signIn', ssoSession: s.id })];
  return [
    action(word('renewSignIn'), { type: 'renewSignIn', ssoSession: s.id }),
    action(word('signOut'), { type: 'signOut', ssoSession: s.id }),
  ];
}
