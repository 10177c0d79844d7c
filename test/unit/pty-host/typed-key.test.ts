import { expect, it } from 'vitest';
import { typedKey } from '../../../src/pty-host/typed-key.ts';

it.each([
  ['\x1b', 'escape'],
  ['\x1b[27u', 'escape'],
  ['\x1b[27;1u', 'escape'],
  ['\x1b[27;1:1u', 'escape'],
  // Num Lock is on.
  ['\x1b[27;129u', 'escape'],
  ['\x03', 'interrupt'],
  ['abc\x03', 'interrupt'],
  ['\x1b[99;5u', 'interrupt'],
  ['\x1b[99;5:2u', 'interrupt'],
  ['\r', 'enter'],
  ['yes\r', 'enter'],
  ['\x1b[13u', 'enter'],
  ['', null],
  ['a', null],
  ['é漢', null],
  ['\n', null],
  // Shift+Enter, Alt+Enter, Shift+Esc.
  ['\x1b[13;2u', null],
  ['\x1b\r', null],
  ['\x1b[27;2u', null],
  // A key that is let go.
  ['\x1b[27;1:3u', null],
  ['\x1b[99;5:3u', null],
  ['\x1b[99u', null],
  // Arrows, a mouse, answers of the terminal's, pasted text.
  ['\x1b[A', null],
  ['\x1b[<0;10;10M', null],
  ['\x1b[?1u', null],
  ['\x1b[?62;4c', null],
  ['\x1b]11;rgb:0000/0000/0000\x1b\\', null],
  ['\x1b[200~ls\r\x1b[201~', null],
  [`${'x'.repeat(100)}\r`, null],
])('%j: %s', (typed, key) => {
  expect(typedKey(Buffer.from(typed))).toBe(key);
});
