import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLinks } from '../../../renderer/src/terminal/find-links.ts';
import { cpuMs } from '../../support/cpu-time.ts';

/** What is found, as `kind target:line:column`, with the text that stands there. */
const found = (text: string): string[] =>
  findLinks(text).map((link) =>
    link.kind === 'url'
      ? `url ${link.address}`
      : ['file', [link.path, link.line, link.column].filter((p) => p !== undefined).join(':')].join(' '),
  );

describe('links in a line of text', () => {
  test.for<[string, string[]]>([
    ['see src/a/b.ts:12:5 now', ['file src/a/b.ts:12:5']],
    ['/home/dana/x.py:7', ['file /home/dana/x.py:7']],
    ['⏺ Update(src/a b/c.ts)', ['file src/a b/c.ts']],
    ['● Read(src/index.ts:40)', ['file src/index.ts:40']],
    ['  File "/srv/my app/main.py", line 12, in <module>', ['file /srv/my app/main.py:12']],
    ["error in 'a dir/b.c':3:4", ['file a dir/b.c:3:4']],
    ['main.ts(12,5): error TS2322', ['file main.ts:12:5']],
    ['Look at ./README.md.', ['file ./README.md']],
    ['~/notes/today.md', ['file ~/notes/today.md']],
    ['C:\\src\\a.cs:3', ['file C:\\src\\a.cs:3']],
    ['package.json, tsconfig.json', ['file package.json', 'file tsconfig.json']],
    ['文档在 docs/说明.md:3。', ['file docs/说明.md:3']],
    ['at https://example.com/a(b)?c=d#e, then', ['url https://example.com/a(b)?c=d#e']],
    ['(https://example.com/path)', ['url https://example.com/path']],
    ['打开 https://example.com/文档。', ['url https://example.com/文档']],
    ['│ https://example.com │', ['url https://example.com']],
    // Not https: never a link.
    ['file:///etc/passwd javascript:alert(1)', ['file /etc/passwd']],
    ['1.2.3 12:30 and/or 3/4', ['file and/or']],
    ['no links here', []],
    // Not on another computer.
    [
      '"\\\\server\\share\\a.txt" Read(//server/share/a.txt)',
      ['file \\server\\share\\a.txt', 'file /server/share/a.txt'],
    ],
    ['', []],
  ])('%s', ([text, wanted]) => expect(found(text)).toEqual(wanted));

  test('whatever the text, they lie in it, do not overlap, and come at once', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary', maxLength: 20 }),
            fc.constantFrom('a/b.ts', ':12:5', '("', 'https://', '(', ')', '.', '/', 'Read('),
          ),
        ),
        (parts) => {
          const text = parts.join('');
          let from = 0;
          for (const { start, end } of findLinks(text)) {
            expect(start).toBeGreaterThanOrEqual(from);
            expect(end).toBeGreaterThan(start);
            from = end;
          }
          expect(from).toBeLessThanOrEqual(text.length);
        },
      ),
      { seed: 3, numRuns: 400 },
    );
    for (const unit of ['a/', 'a.', '("', '((((', 'https://a', "'", 'Read(', '../', ':1']) {
      const began = cpuMs();
      findLinks(unit.repeat(20_000));
      expect(cpuMs() - began, unit).toBeLessThan(2_000);
    }
  });
});
