import { durationMessage } from '../duration.ts';
import type { NoticeWord } from '../notices/notice-words.ts';
import type { TroubleCode } from '../troubles/trouble-codes.ts';

/** Keys of the locale namespace `tray` that the menu model uses; the tray checks at compile time that each has words. */
export type MenuWord =
  | `state${'Starting' | 'AgentGone' | 'ConfigProblem' | 'Setup' | 'SignedOut' | 'Expired' | 'SigningIn'}`
  | `state${'ChooseRole' | 'ProfileProblem' | 'MfaNeeded' | 'Preparing' | 'Ready' | 'Renewing' | 'Degraded' | 'Denied' | 'Failed'}`
  | `state${'Ending' | 'Offline' | 'Captive'}`
  | 'stateWithTimeLeft'
  | 'stateWithoutEnd'
  | 'stateAndQuestions'
  | 'lessThanMinute'
  | 'identity'
  | 'identityWithName'
  | 'regionAndModel'
  | 'deviceCode'
  | 'openSignInPage'
  | 'showProblem'
  | 'startAgent'
  | 'signIn'
  | 'signInTo'
  | 'cancelSignIn'
  | 'renewSignIn'
  | 'snooze'
  | 'snoozeFor'
  | 'snoozed'
  | 'enterMfaCode'
  | 'networkOffline'
  | 'networkCaptive'
  | 'clockWrong'
  | 'endsForGood'
  | 'signOut'
  | 'ssoSession'
  | 'ssoSessions'
  | 'ssoSessionWithState'
  | 'addSsoSession'
  | 'chooseRole'
  | 'retry'
  | 'openClaude'
  | 'openClaudeIn'
  | 'openClaudeElsewhere'
  | 'chooseFolder'
  | 'sessions'
  | 'allSessions'
  | 'moreAsk'
  | 'session'
  | `session${'Waiting' | 'Starting' | 'Exited' | 'Lost' | 'NeedsYou' | 'Working' | 'Done' | 'Failed' | 'FailedBy' | 'Asks'}`
  | 'asksTrust'
  | 'asksInTerminal'
  | 'wantsTool'
  | 'allow'
  | 'deny'
  | 'openSession'
  | `budget${'Near' | 'Reached' | 'Refuses'}`
  | 'environment'
  | 'region'
  | 'model'
  | 'modelDefault'
  | 'listLoading'
  | 'moreInWindow'
  | 'copy'
  | 'copyAccountId'
  | 'copyRoleArn'
  | 'copyExportCommand'
  | 'copyClaudeCommand'
  | 'openConsole'
  | 'openWindow'
  | 'settings'
  | 'updateDownload'
  | 'updateElsewhere'
  | 'updateInstall'
  | 'updateInstallNow'
  | 'quit'
  | 'tooltip'
  | 'tooltipLines';

type DurationWord = ReturnType<typeof durationMessage>['key'];

/** Words to be chosen where they are shown. Parameters may be messages themselves; `text` is shown as it is. */
export type Message =
  | { readonly text: string }
  | {
      readonly key:
        | `tray:${MenuWord}`
        | `notices:${NoticeWord}`
        | `page:${DurationWord}`
        | `models:menu.${'asOf' | 'shipped' | 'notOffered'}`
        | `troubles:${TroubleCode}.what`;
      readonly params?: Readonly<Record<string, string | number | Message>>;
    };

type WordKey = Extract<Message, { readonly key: unknown }>['key'];

export function word(key: MenuWord, params?: Readonly<Record<string, string | number | Message>>): Message {
  return params === undefined ? { key: `tray:${key}` } : { key: `tray:${key}`, params };
}

/** A message in the words of a translator's `t`; messages inside it first. */
export function inWords(
  message: Message,
  t: (key: WordKey, params: Readonly<Record<string, string | number>>) => string,
): string {
  if ('text' in message) return message.text;
  const params = Object.entries(message.params ?? {}).map(([name, value]) => [
    name,
    typeof value === 'object' ? inWords(value, t) : value,
  ]);
  return t(message.key, Object.fromEntries(params));
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * A time left as the menu says it, never finer than a minute: a menu that is rewritten each second closes under the
 * pointer on some panels and wakes the machine for nothing.
 */
export function timeLeftWords(ms: number): Message {
  if (ms < MINUTE) return word('lessThanMinute');
  // From two minutes on the shared words count minutes themselves.
  if (ms < 2 * MINUTE) return { key: 'page:durationMinutes', params: { minutes: 1 } };
  const said = durationMessage(ms);
  return { key: `page:${said.key}`, params: { ...said.params } };
}

/** Milliseconds until `timeLeftWords` says something else for a time left that shrinks from `ms`; null when it never will. */
export function timeLeftChangesIn(ms: number): number | null {
  if (ms < MINUTE) return null;
  return (ms % (ms < DAY ? MINUTE : 60 * MINUTE)) + 1;
}

/** Controls, line separators and whatever is not seen or changes the direction of text: a name must not be able to disguise a label. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A name from outside (title, profile, folder) as one short line of plain text. */
export function safeText(text: string, longest = 60): string {
  const line = [...text.replace(unsafe, ' ').replace(/\s+/g, ' ').trim()];
  return line.length <= longest ? line.join('') : `${line.slice(0, longest - 1).join('')}…`;
}

/** A folder as people write it: `~` for home, its end kept when it is long. */
export function shortFolder(folder: string, userHome: string): string {
  const inside = folder === userHome || /^[\\/]/.test(folder.slice(userHome.length));
  const shown =
    userHome !== '' && folder.startsWith(userHome) && inside ? `~${folder.slice(userHome.length)}` : folder;
  const clean = [...safeText(shown, 4096)];
  return clean.length <= 48 ? clean.join('') : `…${clean.slice(-47).join('')}`;
}
