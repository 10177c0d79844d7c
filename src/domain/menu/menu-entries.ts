import type { Message } from './menu-words.ts';

/** How long a reminder may be put off (`prompt.snooze`), min. */
export const snoozeMinutes = [5, 15, 60, 240] as const;
export type SnoozeMinutes = (typeof snoozeMinutes)[number];

/** What an entry does; performed by the tray. */
export type MenuAction =
  | { type: 'startAgent' }
  | { type: 'signIn'; ssoSession: string }
  | { type: 'cancelSignIn'; id: string }
  | { type: 'openSignInPage'; url: string }
  | { type: 'signOut'; ssoSession: string }
  /** Portal logout, then sign in: for a full new length. Asked about first. */
  | { type: 'renewSignIn'; ssoSession: string }
  | { type: 'snooze'; minutes: SnoozeMinutes }
  | { type: 'retry' }
  | { type: 'openClaude'; cwd: string }
  | { type: 'chooseFolder' }
  | { type: 'openSession'; id: string }
  /** A permission question of Claude Code, decided by a person's press. */
  | { type: 'answer'; id: string; request: string; decision: 'allow' | 'deny' }
  | { type: 'useEnvironment'; name: string }
  | { type: 'setRegion'; region: string }
  | { type: 'setModel'; model: string | null }
  | { type: 'copy'; text: string }
  /** The AWS console, through the access portal's own shortcut (console-link.ts). */
  | { type: 'openConsole'; url: string }
  | { type: 'openWindow'; place: 'overview' | 'sessions' | 'models' | 'usage' | 'access' | 'settings' }
  /** A person's press: it may interrupt what works. */
  | { type: 'update'; wish: 'download' | 'install' }
  | { type: 'quit' };

export type MenuEntry =
  | { readonly kind: 'separator' }
  /** Text only. */
  | { readonly kind: 'label'; readonly label: Message }
  | {
      readonly kind: 'action';
      readonly label: Message;
      readonly action: MenuAction;
      readonly enabled: boolean;
    }
  | {
      readonly kind: 'radio';
      readonly label: Message;
      readonly action: MenuAction;
      readonly checked: boolean;
    }
  | { readonly kind: 'submenu'; readonly label: Message; readonly entries: readonly MenuEntry[] };

const separator: MenuEntry = { kind: 'separator' };

/** Groups with a separator between each two that are not empty. */
export function joined(groups: readonly (readonly MenuEntry[])[]): MenuEntry[] {
  return groups.filter((g) => g.length > 0).flatMap((g, i) => (i === 0 ? [...g] : [separator, ...g]));
}

export const action = (label: Message, does: MenuAction, enabled = true): MenuEntry => ({
  kind: 'action',
  label,
  action: does,
  enabled,
});
