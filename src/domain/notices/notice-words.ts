import type { Message } from '../menu/menu-words.ts';

/** Keys of the locale namespace `notices`. */
export type NoticeWord =
  | `signIn${'Title' | 'Expired' | 'Requested' | 'For' | 'Press'}`
  | 'signInLater'
  | `mfa${'Title' | 'Body' | 'Press'}`
  | `ending${'Title' | 'Body' | 'Press'}`
  | `signedIn${'Title' | 'Body'}`
  | `offline${'Title' | 'Body'}`
  | `captive${'Title' | 'Body'}`
  | `online${'Title' | 'Body'}`
  | `asks${'Title' | 'Body'}`
  | `done${'Title' | 'Body'}`
  | `cap${'Title' | 'Near' | 'Reached' | 'Stopped'}`
  | `budget${'Title' | 'Stage' | 'Reached' | 'Refuses' | 'Unpriced' | 'Press'}`
  | `budget${'Today' | 'ThisWeek' | 'ThisMonth'}`
  | 'openSession'
  | 'openWindow';

export function told(key: NoticeWord, params?: Readonly<Record<string, string | number | Message>>): Message {
  return params === undefined ? { key: `notices:${key}` } : { key: `notices:${key}`, params };
}
