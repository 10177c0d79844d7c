/** What stands on the screen of Claude Code 2.1.330, in either renderer. */

/** The line to type into, between two rules; what is typed in it is group 1. */
const inputLine = /^─{20,}[^\n]*\n❯([^\n]*)$/m;
/** What stands there while nothing is typed in. */
const placeholder = /^(?:Resend your message|Press up to edit|Try ").*/;

export const dialogs = {
  permission: /Do you want to (?:proceed|create|make this edit)/,
  question: /Enter to select · /,
  plan: /Exit plan mode\?|Would you like to proceed\?/,
  trust: /Yes, I trust this folder/,
} as const;
export type Dialog = keyof typeof dialogs;

export function hasDialog(text: string): boolean {
  return Object.values(dialogs).some((dialog) => dialog.test(text));
}

/** It waits for its person to type: no dialog, and nothing that Esc would interrupt. */
export function isIdle(text: string): boolean {
  return inputLine.test(text) && !hasDialog(text) && !/esc to interrupt/.test(text);
}

/** What is typed in and not sent; undefined where there is no line to type into. */
export function typed(text: string): string | undefined {
  return inputLine.exec(text)?.[1]?.trim().replace(placeholder, '');
}

/** As terminals without the kitty keyboard protocol send them. */
export const legacyKeys = {
  enter: '\r',
  esc: '\x1b',
  ctrlC: '\x03',
  /** Deletes what is typed in. */
  ctrlU: '\x15',
  down: '\x1b[B',
  shiftTab: '\x1b[Z',
} as const;
export type Keys = Readonly<Record<keyof typeof legacyKeys, string>>;

/** As terminals with it do, of which the app's own is one. */
export const kittyKeys: Keys = {
  ...legacyKeys,
  esc: '\x1b[27u',
  ctrlC: '\x1b[99;5u',
  ctrlU: '\x1b[117;5u',
  shiftTab: '\x1b[9;2u',
};
