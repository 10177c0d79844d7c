/** What the terminal does with a key before the program gets it. */
export type KeyDecision =
  /** The program gets it, as the terminal encodes it. */
  | { kind: 'program' }
  /** The browser's own action happens (paste). */
  | { kind: 'browser' }
  | { kind: 'find' }
  | { kind: 'leave' }
  | { kind: 'copy' }
  | { kind: 'selectAll' }
  /** Takes away what has scrolled off, and what stands above the cursor. */
  | { kind: 'clear' }
  /** A list of the links on the screen, for the keyboard. */
  | { kind: 'links' }
  /** Larger (1) or smaller (-1) characters; 0: as they were at first. */
  | { kind: 'zoom'; by: -1 | 0 | 1 }
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
  const decision = decide(press, context);
  if (decision.kind === 'program' || decision.kind === 'browser' || press.type === 'keydown') return decision;
  return { kind: 'nothing' };
}

/** What is typed, in small letters; on a keyboard without Latin letters by the key's place. */
function keyOf({ key, code }: KeyPress): string {
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  return (place !== undefined && /^[^\x20-\x7e]$/u.test(key) ? place : key).toLowerCase();
}

function decide(press: KeyPress, { mac, hasSelection, fullScreen, program }: KeyContext): KeyDecision {
  const key = keyOf(press);
  const { shiftKey: shift, altKey: alt, ctrlKey: ctrl, metaKey: meta } = press;
  if (ctrl && shift && !alt && !meta && key === 'l') return { kind: 'leave' };
  if (shift && !ctrl && !alt && !meta) {
    if (key === 'enter' && program === 'claude') return { kind: 'send', text: SHIFT_ENTER };
    if ((key === 'pageup' || key === 'pagedown') && !fullScreen)
      return { kind: 'scroll', pages: key === 'pageup' ? -1 : 1 };
  }
  const command = mac ? meta && !ctrl : ctrl && !meta;
  if (command && !alt) {
    if (key === 'f' && !shift) return { kind: 'find' };
    if (key === 'v') return { kind: 'browser' };
    if (key === 'c' && (mac || shift || hasSelection)) return { kind: 'copy' };
    if (key === 'k' && shift !== mac) return { kind: 'clear' };
    if (key === 'a' && shift !== mac) return { kind: 'selectAll' };
    if (key === 'g' && shift) return { kind: 'links' };
    // Ctrl+Shift+- is a key of programs (undo).
    if (key === '-' && !shift) return { kind: 'zoom', by: -1 };
    if (key === '=' || key === '+') return { kind: 'zoom', by: 1 };
    if (key === '0' && !shift) return { kind: 'zoom', by: 0 };
  }
  // What is left of Command, the Windows key and Super belongs to the system and the shell's menu, never to the program.
  if (meta) return { kind: 'browser' };
  return { kind: 'program' };
}
