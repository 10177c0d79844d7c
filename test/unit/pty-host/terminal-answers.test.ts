import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerFilter } from '../../../src/pty-host/terminal-answers.ts';

const through = (...chunks: string[]): string => {
  const filter = new AnswerFilter();
  return chunks.map((c) => Buffer.from(filter.rest(Buffer.from(c), false)).toString()).join('');
};
const answers = [
  '\x1b[?1;2c',
  '\x1b[>0;276;0c',
  '\x1b[=0c',
  '\x1b[0n',
  '\x1b[?997;1n',
  '\x1b[12;40R',
  '\x1b[?12;40;1R',
  '\x1b[?2026;2$y',
  '\x1b[4;1$y',
  '\x1b[?1u',
  '\x1b[8;24;80t',
  '\x1b]11;rgb:fbfb/fafa/f8f8\x1b\\',
  '\x1b]10;rgb:0/0/0\x07',
  '\x1bP>|xterm.js(6.1.0)\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1b_Gi=1;OK\x1b\\',
];
const keys = [
  'a',
  '中文',
  '\r',
  '\x1b',
  '\x1b[A',
  '\x1b[1;5R',
  '\x1b[13;2u',
  '\x1b[99;5:3u',
  '\x1bOR',
  '\x1b]',
  '\x1bP',
  '\x1b[<0;3;4M',
  '\x1b[I',
  '\x1b[200~two\rlines\x1b[201~',
  '\x16',
];

describe('answers of a terminal', () => {
  test('are taken out, whole or cut anywhere', () => {
    for (const answer of answers) {
      expect(through(answer), JSON.stringify(answer)).toBe('');
      expect(through(`x${answer}y`)).toBe('xy');
      for (let at = 4; at < answer.length; at++)
        expect(through(answer.slice(0, at), `${answer.slice(at)}k`).endsWith('k')).toBe(true);
    }
    expect(through('\x1b]11;rgb:fb', 'fb/fafa/f8f8\x1b', '\\')).toBe('');
    expect(through('\x1b[?1;', '2c')).toBe('');
  });

  test('F3 with a modifier is a key, unless the cursor’s position was just asked for', () => {
    const both = Buffer.from('\x1b[1;5R');
    expect(Buffer.from(new AnswerFilter().rest(both, false)).toString()).toBe('\x1b[1;5R');
    expect(new AnswerFilter().rest(both, true).byteLength).toBe(0);
  });

  test('words that were typed behind Alt with P or ] come with the next Enter', () => {
    const filter = new AnswerFilter();
    const rest = (text: string) => Buffer.from(filter.rest(Buffer.from(text), false)).toString();
    expect(rest('\x1bPls')).toBe('');
    expect(rest(' -l\r')).toBe('\x1bPls -l\r');
    expect(through('\x1b]11;a\rb\x07')).toBe('\x1b]11;a\rb\x07');
    expect(through('\x1b_Ga\nb\x1b', '\\')).toBe('\x1b_Ga\nb\x1b\\');
  });

  test('keys, text, pastes and mouse reports stay, at once', () => {
    for (const key of keys) expect(through(key), JSON.stringify(key)).toBe(key);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys.filter((k) => !/^\x1b[\]P]?$/.test(k)))), (typed) => {
        expect(through(...typed)).toBe(typed.join(''));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
