import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  actOf,
  chordLabel,
  chordOf,
  isChord,
  type Press,
  shortcuts,
} from '../../../renderer/src/model/shortcuts.ts';
import { decideKey } from '../../../renderer/src/terminal/keys.ts';
import { createTranslator } from '../../../src/locales/index.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : key,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe('chords', () => {
  test('the same chord on Linux, Windows and macOS', () => {
    const linux = press('P', { ctrlKey: true, shiftKey: true });
    const mac = press('p', { metaKey: true, shiftKey: true });
    expect(actOf(linux, false, true)).toBe('palette');
    expect(actOf(mac, true, true)).toBe('palette');
    expect(actOf(mac, false, true)).toBeNull();
    expect(actOf(press('1', { altKey: true }), false, false)).toBe('tab1');
    expect(actOf(press('¡', { code: 'Digit1', altKey: true }), true, false)).toBeNull();
    expect(actOf(press('1', { metaKey: true }), true, false)).toBe('tab1');
    // A keyboard without Latin letters: by the key's place.
    expect(isChord('Mod+Shift+P', { ...linux, key: 'З' }, false)).toBe(true);
    // Another Latin layout: by what is typed.
    expect(isChord('Mod+Shift+P', { ...linux, key: 'L', code: 'KeyP' }, false)).toBe(false);
  });

  test('composing text is never a chord; selecting words in a field stays the field’s', () => {
    expect(actOf(press('P', { ctrlKey: true, shiftKey: true, isComposing: true }), false, false)).toBeNull();
    const arrow = press('ArrowLeft', { ctrlKey: true, shiftKey: true });
    expect(actOf(arrow, false, false)).toBe('paneLeft');
    expect(actOf(arrow, false, true)).toBeNull();
  });

  test('no chord means two things in one place', () => {
    for (const mac of [false, true])
      for (const where of ['page', 'list', 'tab', 'divider'] as const) {
        const heard = shortcuts
          .filter(
            (s) => s.where === where || (where === 'page' && s.where === 'terminal') || s.where === 'own',
          )
          .flatMap((s) => s.keys.filter((k) => mac || !k.includes('⌘')).map((k) => chordLabel(k, mac)));
        expect(heard.filter((k, n) => heard.indexOf(k) !== n)).toEqual([]);
      }
  });

  test('Claude Code’s and the browser’s own keys are left to them', () => {
    const theirs = [
      ...'abcdefghijklmnoprstuvwxyz'.split('').map((k) => press(k, { ctrlKey: true })),
      ...'bdfmoptyv'.split('').map((k) => press(k, { altKey: true })),
      ...['Escape', 'Enter', 'Tab', 'ArrowUp', 'ArrowDown', '?', '!'].map((k) => press(k)),
      ...['Tab', 'Enter', 'ArrowUp', 'ArrowDown'].map((k) => press(k, { shiftKey: true })),
      press('Enter', { altKey: true }),
      press('_', { ctrlKey: true, shiftKey: true, code: 'Minus' }),
      ...['N', 'T', 'W'].map((k) => press(k, { ctrlKey: true, shiftKey: true })),
      ...['PageUp', 'PageDown', 'Tab'].map((k) => press(k, { ctrlKey: true })),
    ];
    expect(theirs.filter((p) => actOf(p, false, false) !== null)).toEqual([]);
  });

  test('a chord is written as the system writes it', () => {
    expect(chordOf('palette', false)).toBe('Ctrl+Shift+P');
    expect(chordOf('palette', true)).toBe('⇧⌘P');
    expect(chordOf('tab1', true)).toBe('⌘1');
    expect(chordOf('paneLeft', false)).toBe('Ctrl+Shift+←');
    expect(chordOf('openSettings', false)).toBeNull();
  });

  test('docs/keyboard.md has every chord with the words of the palette, and no other', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/keyboard.md'), 'utf8');
    const { t } = createTranslator('en');
    const wanted = shortcuts.map(({ act, keys }) => {
      const own = (keys as readonly string[]).some((k) => k.includes('⌘'));
      const labels = (mac: boolean) =>
        (keys as readonly string[])
          .filter((k) => (mac ? k.includes('⌘') === own : !k.includes('⌘')))
          .map((k) => `\`${chordLabel(k, mac)}\``)
          .join(' ');
      return `| ${t(`sessions:act_${act}`)} | ${labels(false)} | ${labels(true)} |`;
    });
    const rows = docs.split('\n').filter((l) => /^\| .*`/.test(l));
    expect(rows.sort()).toEqual(wanted.sort());
  });

  test('the terminal does what the table says of it', () => {
    const does: Record<string, string> = {
      terminalFind: 'find',
      terminalLinks: 'links',
      terminalSelectAll: 'selectAll',
      terminalClear: 'clear',
      terminalLarger: 'zoom',
      terminalSmaller: 'zoom',
      terminalUsualSize: 'zoom',
      terminalLeave: 'leave',
      terminalCopy: 'copy',
      terminalPaste: 'browser',
      terminalNewLine: 'send',
      terminalScroll: 'scroll',
    };
    for (const { act, where, keys } of shortcuts) {
      if (where !== 'own') continue;
      for (const mac of [false, true])
        for (const chord of keys as readonly string[]) {
          if (mac !== chord.includes('⌘') && keys.length > 1 && !chord.startsWith('Shift')) continue;
          const parts = chord.split('+');
          const press = {
            type: 'keydown',
            key: chord.endsWith('+') ? '+' : (parts.at(-1) ?? ''),
            code: '',
            keyCode: 0,
            isComposing: false,
            ctrlKey: parts.includes('Ctrl') || (!mac && parts.includes('Mod')),
            metaKey: parts.includes('⌘') || (mac && parts.includes('Mod')),
            shiftKey: parts.includes('Shift'),
            altKey: parts.includes('Alt'),
          };
          const context = { mac, hasSelection: true, fullScreen: false, program: 'claude' } as const;
          expect(decideKey(press, context).kind, `${act} ${chord}`).toBe(does[act]);
        }
    }
  });
});
