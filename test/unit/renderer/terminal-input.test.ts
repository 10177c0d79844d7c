import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipboardText } from '../../../renderer/src/terminal/clipboard.ts';
import { pasteText, pathsText } from '../../../renderer/src/terminal/insert.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('OSC 52', () => {
  test('is text in UTF-8, whatever selection it names', () => {
    for (const text of ['hello', '你好，世界', 'naïve 👩‍👩‍👧', 'a\nb\tc'])
      for (const target of ['c', '', 'p', 's0', 'cp'])
        expect(clipboardText(`${target};${base64(text)}`)).toBe(text);
  });

  test('is never a question, and rubbish is nothing', () => {
    for (const data of [
      'c;?',
      ';?',
      'c;',
      'c',
      '',
      '?',
      'c;!!!',
      'x;aGk=',
      'c;a',
      `c;${'A'.repeat(1_500_000)}`,
    ])
      expect(clipboardText(data), data.slice(0, 20)).toBeNull();
    // Not UTF-8: replacement characters, no exception.
    expect(clipboardText(`c;${Buffer.from([0xff, 0x41]).toString('base64')}`)).toBe('\ufffdA');
  });

  test('whatever comes is text or null', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (data) => {
        const text = clipboardText(data);
        expect(text === null || text.length > 0).toBe(true);
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});

describe('pastes and drops', () => {
  test('cannot end a bracketed paste or act on their own', () => {
    expect(pasteText('rm\u001b[201~\r\n\u009b201~x\tcafé 中\u0003\u0016')).toBe('rm[201~\r\n201~x\tcafé 中');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(pasteText(text)).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('paths are one word each', () => {
    expect(pathsText(['/a/b.png', "/my dir/it's $x.txt"])).toBe("/a/b.png '/my dir/it'\\''s $x.txt' ");
    expect(pathsText(['/a\n/b; rm\u001b[201~'])).toBe("'/a /b; rm[201~' ");
    expect(pathsText([])).toBe('');
  });
});
