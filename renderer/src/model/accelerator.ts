import { Accelerator } from '../../../src/contract/names.ts';
import type { Press } from './shortcuts.ts';

const arrows: Readonly<Record<string, string>> = {
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ' ': 'Space',
};

/** A pressed chord in Electron's form, for a key that the whole system hears; null while it is none (a modifier alone, or one that only types). */
export function acceleratorOf(press: Press, mac: boolean): string | null {
  const key = /^(Key[A-Z]|Digit\d)$/.test(press.code)
    ? press.code.replace(/^Key|^Digit/, '')
    : (arrows[press.key] ?? press.key);
  const command = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (!command && !other && !press.altKey) return null;
  const text = [
    ...(command ? ['CommandOrControl'] : []),
    ...(other ? [mac ? 'Control' : 'Super'] : []),
    ...(press.altKey ? ['Alt'] : []),
    ...(press.shiftKey ? ['Shift'] : []),
    key,
  ].join('+');
  return Accelerator.safeParse(text).success ? text : null;
}

/** An accelerator as this system writes it: Ctrl+Alt+J, ⌘⌥J. */
export function acceleratorLabel(accelerator: string, mac: boolean): string {
  const names: Readonly<Record<string, string>> = mac
    ? {
        CommandOrControl: '⌘',
        CmdOrCtrl: '⌘',
        Command: '⌘',
        Cmd: '⌘',
        Control: '⌃',
        Ctrl: '⌃',
        Alt: '⌥',
        Option: '⌥',
        Shift: '⇧',
      }
    : { CommandOrControl: 'Ctrl', CmdOrCtrl: 'Ctrl', Control: 'Ctrl', Super: 'Super', Meta: 'Super' };
  return accelerator
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? '' : '+');
}
