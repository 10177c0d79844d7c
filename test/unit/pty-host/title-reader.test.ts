import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TitleReader } from '../../../src/pty-host/title-reader.ts';

const read = (...chunks: (string | Buffer)[]) => {
  const reader = new TitleReader();
  let last: string | undefined;
  for (const chunk of chunks) last = reader.read(Buffer.from(chunk)) ?? last;
  return last;
};

describe('TitleReader', () => {
  it('finds the last OSC 0 or 2, ended by BEL or ST, and no other', () => {
    expect(read('a\x1b]0;one\x07b\x1b]2;two\x1b\\c')).toBe('two');
    expect(read('\x1b]8;;https://example.com\x07link\x1b]52;c;aGk=\x07')).toBeUndefined();
    expect(read('\x1b]2;\x07')).toBe('');
  });

  it('finds it wherever it is cut', () => {
    const text = Buffer.from('text \x1b]0;✳ 标题 done\x07 more \x1b[31m');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (cuts) => {
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const n = cuts[i % cuts.length] as number;
          chunks.push(text.subarray(at, at + n));
          at += n;
        }
        expect(read(...chunks)).toBe('✳ 标题 done');
      }),
    );
  });

  it('makes hostile text one line of at most 200 characters', () => {
    expect(read('\x1b]0;a\x00b\u202Eevil\nline\u2028x\x07')).toBe('a b evil line x');
    expect(Array.from(read(`\x1b]0;${'😀'.repeat(230)}\x07`) ?? '')).toHaveLength(200);
    expect(read(`\x1b]0;${'x'.repeat(100_000)}`)).toHaveLength(200);
  });

  it('does not keep what can no longer be a title', () => {
    const reader = new TitleReader();
    reader.read(Buffer.from(`\x1b]52;c;${'A'.repeat(5_000)}`));
    expect(reader.read(Buffer.from('\x07\x1b]0;after\x07'))).toBe('after');
  });
});
