/**
 * Every chord of the page, in one table: the page listens by it, the palette shows it, docs/keyboard.md is tested
 * against it. `Mod` is Ctrl, on macOS Command. What Claude Code itself uses (docs/keyboard.md) is not in it, nor what
 * a browser keeps for itself (Ctrl+N, T, W and Tab, Ctrl+PageUp).
 *
 * `page`: wherever the keyboard is, also in a terminal. `terminal`: not while a text is edited. `list`: on a session in
 * the list. `tab`: on a tab. `divider`: on the line between two panes. `own`: what the terminal itself does
 * (renderer/src/terminal/keys.ts).
 */
export type Where = 'page' | 'terminal' | 'list' | 'tab' | 'divider' | 'own';

export const shortcuts = [
  { act: 'palette', where: 'page', keys: ['Mod+Shift+P'] },
  { act: 'newSession', where: 'page', keys: ['Mod+Shift+O'] },
  { act: 'goNeedsYou', where: 'page', keys: ['Mod+Shift+J'] },
  { act: 'goList', where: 'page', keys: ['Mod+Shift+B'] },
  { act: 'goHistory', where: 'page', keys: ['Mod+Shift+H'] },
  { act: 'tab1', where: 'page', keys: ['Alt+1', '⌘+1'] },
  { act: 'tab2', where: 'page', keys: ['Alt+2', '⌘+2'] },
  { act: 'tab3', where: 'page', keys: ['Alt+3', '⌘+3'] },
  { act: 'tab4', where: 'page', keys: ['Alt+4', '⌘+4'] },
  { act: 'tab5', where: 'page', keys: ['Alt+5', '⌘+5'] },
  { act: 'tab6', where: 'page', keys: ['Alt+6', '⌘+6'] },
  { act: 'tab7', where: 'page', keys: ['Alt+7', '⌘+7'] },
  { act: 'tab8', where: 'page', keys: ['Alt+8', '⌘+8'] },
  { act: 'tabLast', where: 'page', keys: ['Alt+9', '⌘+9'] },
  { act: 'tabPrevious', where: 'page', keys: ['Alt+PageUp'] },
  { act: 'tabNext', where: 'page', keys: ['Alt+PageDown'] },
  { act: 'tabMoveLeft', where: 'page', keys: ['Alt+Shift+PageUp'] },
  { act: 'tabMoveRight', where: 'page', keys: ['Alt+Shift+PageDown'] },
  { act: 'splitRight', where: 'page', keys: ['Mod+Shift+E'] },
  { act: 'splitDown', where: 'page', keys: ['Mod+Shift+S'] },
  { act: 'takeOut', where: 'page', keys: ['Mod+Shift+X'] },
  { act: 'paneLeft', where: 'terminal', keys: ['Mod+Shift+ArrowLeft'] },
  { act: 'paneRight', where: 'terminal', keys: ['Mod+Shift+ArrowRight'] },
  { act: 'paneUp', where: 'terminal', keys: ['Mod+Shift+ArrowUp'] },
  { act: 'paneDown', where: 'terminal', keys: ['Mod+Shift+ArrowDown'] },
  { act: 'growLeft', where: 'terminal', keys: ['Alt+Shift+ArrowLeft'] },
  { act: 'growRight', where: 'terminal', keys: ['Alt+Shift+ArrowRight'] },
  { act: 'growUp', where: 'terminal', keys: ['Alt+Shift+ArrowUp'] },
  { act: 'growDown', where: 'terminal', keys: ['Alt+Shift+ArrowDown'] },
  { act: 'rename', where: 'list', keys: ['F2'] },
  { act: 'moveUp', where: 'list', keys: ['Alt+ArrowUp'] },
  { act: 'moveDown', where: 'list', keys: ['Alt+ArrowDown'] },
  { act: 'rename', where: 'tab', keys: ['F2'] },
  { act: 'dividerMove', where: 'divider', keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] },
  { act: 'dividerEven', where: 'divider', keys: ['Enter'] },
  { act: 'terminalFind', where: 'own', keys: ['Mod+F'] },
  { act: 'terminalLinks', where: 'own', keys: ['Mod+Shift+G'] },
  { act: 'terminalSelectAll', where: 'own', keys: ['Ctrl+Shift+A', '⌘+A'] },
  { act: 'terminalClear', where: 'own', keys: ['Ctrl+Shift+K', '⌘+K'] },
  { act: 'terminalLarger', where: 'own', keys: ['Mod+='] },
  { act: 'terminalSmaller', where: 'own', keys: ['Mod+-'] },
  { act: 'terminalUsualSize', where: 'own', keys: ['Mod+0'] },
  { act: 'terminalLeave', where: 'own', keys: ['Ctrl+Shift+L'] },
  { act: 'terminalCopy', where: 'own', keys: ['Ctrl+Shift+C', '⌘+C'] },
  { act: 'terminalPaste', where: 'own', keys: ['Mod+V'] },
  { act: 'terminalNewLine', where: 'own', keys: ['Shift+Enter'] },
  { act: 'terminalScroll', where: 'own', keys: ['Shift+PageUp', 'Shift+PageDown'] },
] as const satisfies readonly { act: string; where: Where; keys: readonly string[] }[];

export type Shortcut = (typeof shortcuts)[number];
/** Acts that a chord of the page itself begins. */
export type ShortcutAct = Extract<Shortcut, { where: 'page' | 'terminal' }>['act'];

export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  isComposing?: boolean;
}

/** Whether a key press is a chord. Letters go by what is typed, or by their place where the keyboard has no Latin letters; digits by their place. */
export function isChord(chord: string, press: Press, mac: boolean): boolean {
  if (press.isComposing) return false;
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  const has = (part: string): boolean => parts.slice(0, -1).includes(part);
  if (has('⌘') && !mac) return false;
  const control = has('Ctrl') || (has('Mod') && !mac);
  const meta = has('⌘') || (has('Mod') && mac);
  if (
    press.ctrlKey !== control ||
    press.metaKey !== meta ||
    press.shiftKey !== has('Shift') ||
    press.altKey !== has('Alt')
  )
    return false;
  if (/^\d$/.test(key)) return press.code === `Digit${key}`;
  if (/^[A-Z]$/.test(key))
    return press.key.toUpperCase() === key || (!/^[a-z]$/i.test(press.key) && press.code === `Key${key}`);
  return press.key === key;
}

/** The act that a key press begins in this place; null where none. `editing`: a text is being edited. */
export function actOf(press: Press, mac: boolean, editing: boolean): ShortcutAct | null {
  for (const { act, where, keys } of shortcuts) {
    if (where !== 'page' && (where !== 'terminal' || editing)) continue;
    // On macOS Option with a digit types a character.
    if (keys.some((k) => isChord(k, press, mac) && !(mac && /^Alt\+\d$/.test(k)))) return act;
  }
  return null;
}

const macNames: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧', '⌘': '⌘' };
const keyNames: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};
const macOrder = ['⌃', '⌥', '⇧', '⌘'];

/** A chord as this system writes it: Ctrl+Shift+P, ⇧⌘P. */
export function chordLabel(chord: string, mac: boolean): string {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  const name = keyNames[key] ?? key;
  const modifiers = parts.slice(0, -1);
  if (!mac) return [...modifiers.map((m) => (m === 'Mod' ? 'Ctrl' : m)), name].join('+');
  const signs = modifiers.map((m) => macNames[m] ?? m);
  return [...signs.sort((a, b) => macOrder.indexOf(a) - macOrder.indexOf(b)), name].join('');
}

/** The chord of an act on this system; null where it has none. */
export function chordOf(act: string, mac: boolean): string | null {
  const keys: readonly string[] = shortcuts.find((s) => s.act === act)?.keys ?? [];
  const own = keys.find((k) => k.includes('⌘') === mac) ?? keys.find((k) => mac || !k.includes('⌘'));
  return own === undefined ? null : chordLabel(own, mac);
}

export const isMac = (): boolean => /^Mac/.test(navigator.platform);
