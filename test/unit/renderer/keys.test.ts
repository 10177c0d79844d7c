import { describe, expect, test } from 'vitest';
import { decideKey, type KeyContext, type KeyPress } from '../../../renderer/src/terminal/keys.ts';

const linux: KeyContext = { mac: false, hasSelection: false, fullScreen: false, program: 'claude' };
const mac: KeyContext = { ...linux, mac: true };

function press(chord: string, more: Partial<KeyPress> = {}): KeyPress {
  const parts = chord.split('+');
  const key = parts[parts.length - 1] ?? '';
  const has = (name: string): boolean => parts.includes(name);
  return {
    type: 'keydown',
    key,
    code: '',
    keyCode: 0,
    isComposing: false,
    ctrlKey: has('Ctrl'),
    shiftKey: has('Shift'),
    altKey: has('Alt'),
    metaKey: has('Meta'),
    ...more,
  };
}

describe('keys in the terminal', () => {
  test.for([
    ['Ctrl+f', linux, 'find'],
    ['Shift+PageUp', linux, 'scroll'],
    ['Shift+PageDown', mac, 'scroll'],
    ['Shift+PageUp', { ...linux, fullScreen: true }, 'program'],
    ['PageUp', linux, 'program'],
    ['Ctrl+Shift+L', linux, 'leave'],
    ['Ctrl+Shift+L', mac, 'leave'],
    ['Ctrl+l', linux, 'program'],
    ['Ctrl+c', linux, 'program'],
    ['Ctrl+c', { ...linux, hasSelection: true }, 'copy'],
    ['Ctrl+Shift+C', linux, 'copy'],
    ['Ctrl+v', linux, 'browser'],
    ['Meta+f', mac, 'find'],
    ['Meta+c', mac, 'copy'],
    ['Meta+q', mac, 'browser'],
    ['Ctrl+c', { ...mac, hasSelection: true }, 'program'],
    ['Ctrl+f', mac, 'program'],
    ['Ctrl+Alt+f', linux, 'program'],
    ['Ctrl+Shift+K', linux, 'clear'],
    ['Ctrl+k', linux, 'program'],
    ['Meta+k', mac, 'clear'],
    ['Ctrl+Shift+A', linux, 'selectAll'],
    ['Ctrl+a', linux, 'program'],
    ['Meta+a', mac, 'selectAll'],
    ['Ctrl+Shift+G', linux, 'links'],
    ['Ctrl+=', linux, 'zoom'],
    ['Meta+0', mac, 'zoom'],
    ['Ctrl+-', linux, 'zoom'],
    ['Ctrl+Shift+_', linux, 'program'],
    ['Meta+j', linux, 'browser'],
    ['Alt+b', linux, 'program'],
    ['Shift+Enter', { ...linux, program: 'shell' }, 'program'],
    ['Enter', linux, 'program'],
    ['Tab', linux, 'program'],
    ['Escape', linux, 'program'],
  ] as const)('%s', ([chord, context, kind]) => expect(decideKey(press(chord), context).kind).toBe(kind));

  test('Shift+Enter is one line feed for Claude Code, on the way down only', () => {
    expect(decideKey(press('Shift+Enter'), linux)).toEqual({ kind: 'send', text: '\u001b[13;2u' });
    for (const type of ['keypress', 'keyup']) {
      expect(decideKey(press('Ctrl+Shift+K', { type }), linux).kind).toBe('nothing');
      expect(decideKey(press('Shift+Enter', { type }), linux).kind).toBe('nothing');
    }
  });

  test('on a keyboard without Latin letters the place of the key counts', () => {
    const cyrillic = press('Ctrl+а', { code: 'KeyF' });
    expect(decideKey(cyrillic, linux).kind).toBe('find');
    expect(decideKey(press('Ctrl+Shift+Д', { code: 'KeyL' }), linux).kind).toBe('leave');
    // Another Latin layout: what is typed.
    expect(decideKey(press('Ctrl+u', { code: 'KeyF' }), linux).kind).toBe('program');
  });

  test('input methods are left alone', () => {
    for (const composing of [{ isComposing: true }, { keyCode: 229 }])
      for (const chord of ['Ctrl+f', 'Shift+Enter', 'Ctrl+Shift+L'])
        expect(decideKey(press(chord, composing), linux).kind).toBe('program');
  });
});
