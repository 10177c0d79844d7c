import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueryFilter } from '../../../src/cli/query-filter.ts';

const queries = [
  '\x1b[c',
  '\x1b[0c',
  '\x1b[>c',
  '\x1b[>0c',
  '\x1b[=c',
  '\x1b[5n',
  '\x1b[6n',
  '\x1b[?6n',
  '\x1b[?996n',
  '\x1b[?u',
  '\x1b[>q',
  '\x1b[>0q',
  '\x1b[?2026$p',
  '\x1b[4$p',
  '\x1b[14t',
  '\x1b[18t',
  '\x1b[21t',
  '\x1b]10;?\x07',
  '\x1b]11;?\x1b\\',
  '\x1b]4;1;?\x07',
  '\x1b]52;c;?\x07',
  '\x1b]7501;?\x07',
  '\x1bP$qm\x1b\\',
  '\x1bP+q544e\x1b\\',
  '\x1b_Gi=1,a=q;AAAA\x1b\\',
  '\x05',
];
const others = [
  'text\r\n',
  '中文 ünïcode',
  '\x1b[1;31m',
  '\x1b[2J\x1b[H',
  '\x1b[?2026h',
  '\x1b[?1049h',
  '\x1b[>1u',
  '\x1b[<u',
  '\x1b[=5;1u',
  '\x1b[>4n',
  '\x1b[2 q',
  '\x1b[22;0t',
  '\x1b]0;why? title\x07',
  '\x1b]8;;https://example.com/?a=b\x07',
  '\x1b]11;#123456\x07',
  '\x1b7\x1b8',
];

describe('a replay on a terminal that is not ours', () => {
  test('has no query in it, wherever chunks are cut, and all the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...queries, ...others), { maxLength: 30 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''));
          const places = [...new Set(cuts.map((c) => c % (bytes.length + 1)))].sort((a, b) => a - b);
          const filter = new QueryFilter();
          let shown = '';
          let from = 0;
          for (const at of [...places, bytes.length]) {
            shown += Buffer.from(filter.without(bytes.subarray(from, at))).toString('latin1');
            from = at;
          }
          shown += Buffer.from(filter.end()).toString('latin1');
          expect(Buffer.from(shown, 'latin1').toString()).toBe(
            parts.filter((p) => !queries.includes(p)).join(''),
          );
        },
      ),
      { seed: 2, numRuns: 500 },
    );
  });

  test('gets no answer from xterm.js', async () => {
    const terminal = new Terminal({ allowProposedApi: true, vtExtensions: { kittyKeyboard: true } });
    const said: string[] = [];
    terminal.onData((data) => said.push(data));
    const filter = new QueryFilter();
    await new Promise<void>((done) =>
      terminal.write(filter.without(Buffer.from([...queries, ...others].join(''))), done),
    );
    expect(said).toEqual([]);
    await new Promise<void>((done) => terminal.write(queries.join(''), done));
    expect(said.length).toBeGreaterThan(8);
    terminal.dispose();
  });
});
