/** What the terminal does with a key before the program gets it. */
export type KeyDecision =
  /** The program gets it, as the terminal encodes it. */
  | { kind: 'program' }
  /** The browser's own action happens (paste). */
  | { kind: 'browser' }
  | { kind: 'find' }
  | { kind: 'leave' }
  | { kind: 'copy' }
  /** Shows earlier (-1) or later (1) output; programs that draw the whole screen get the key themselves. */
  | { kind: 'scroll'; pages: -1 | 1 }
  /** These characters go to the program. */
  | { kind: 'send'; text: string }
  | { kind: 'nothing' };

export interface KeyPress {
  type: string;
  key: string;
  code: string;
  keyCode: number;
  isComposing: boolean;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

export interface KeyContext {
  mac: boolean;
  hasSelection: boolean;
  /** The program draws the whole screen itself (alternate screen). */
  fullScreen: boolean;
  program: 'claude' | 'shell';
}

/** Shift+Enter as the kitty keyboard protocol and Claude Code know it. */
const SHIFT_ENTER = '\u001b[13;2u';

/**
 * Keys that are the page's and not the program's: find (Ctrl or Cmd+F with Shift where a program needs Ctrl+F
 * itself is not distinguished: Claude Code has no use for it), copy, paste, and the chord that leaves the terminal.
 * Everything about composing (input methods) goes through untouched.
 */
export function decideKey(press: KeyPress, context: KeyContext): KeyDecision {
  if (press.isComposing || press.keyCode === 229) return { kind: 'program' };
  const key = press.key.toLowerCase();
  const command = context.mac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey;
  const act = (decision: KeyDecision): KeyDecision =>
    press.type === 'keydown' ? decision : { kind: 'nothing' };

  if (press.ctrlKey && press.shiftKey && !press.altKey && !press.metaKey && key === 'l')
    return act({ kind: 'leave' });
  if (press.key === 'Enter' && press.shiftKey && !press.ctrlKey && !press.altKey && !press.metaKey) {
    return context.program === 'claude' ? act({ kind: 'send', text: SHIFT_ENTER }) : { kind: 'program' };
  }
  if (
    (key === 'pageup' || key === 'pagedown') &&
    press.shiftKey &&
    !press.ctrlKey &&
    !press.altKey &&
    !press.metaKey
  ) {
    return context.fullScreen
      ? { kind: 'program' }
      : act({ kind: 'scroll', pages: key === 'pageup' ? -1 : 1 });
  }
  if (command && !press.altKey) {
    if (key === 'f' && !press.shiftKey) return act({ kind: 'find' });
    if (key === 'v') return { kind: 'browser' };
    if (key === 'c' && (context.mac || press.shiftKey || context.hasSelection)) return act({ kind: 'copy' });
    // What is left of Cmd belongs to the system and the shell's menu, never to the program.
    if (context.mac) return { kind: 'browser' };
  }
  return { kind: 'program' };
}
