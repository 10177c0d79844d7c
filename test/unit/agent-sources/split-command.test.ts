import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommand } from '../../../src/agent/sources/split-command.ts';
import { findBotocore } from '../../support/botocore.ts';

const python = findBotocore();

describe('a command line is split as botocore splits it', () => {
  it.each([
    ['linux', `a 'b c' "d \\" e" f\\ g`, ['a', 'b c', 'd " e', 'f g']],
    ['linux', `x ''`, ['x', '']],
    ['linux', `"open`, null],
    ['win32', 'C:\\Tools\\x.exe --a "b c" d\\\\e', ['C:\\Tools\\x.exe', '--a', 'b c', 'd\\\\e']],
    ['win32', `a \\"b\\" "c\\\\" ""`, ['a', '"b"', 'c\\', '']],
    ['win32', `'a b'`, ["'a", "b'"]],
    ['win32', `"open`, null],
  ])('%s: %s', (platform, line, words) => {
    expect(splitCommand(line, platform)).toEqual(words);
  });

  it.skipIf(python === undefined)(`whatever the line${python ? '' : ' (botocore is not installed)'}`, () => {
    const bits = fc.constantFrom('a', 'bc', ' ', '\t', '"', "'", '\\', '$x', '#', ';', '|', '-', '\\\\');
    const lines = fc.sample(
      fc.array(bits, { maxLength: 12 }).map((parts) => parts.join('')),
      process.env.CI === 'true' ? 5_000 : 500,
    );
    const script = `import json, sys
from botocore.compat import compat_shell_split as split
def one(line, platform):
    try: return split(line, platform)
    except Exception: return None
print(json.dumps([[one(l, 'linux'), one(l, 'win32')] for l in json.load(sys.stdin)]))`;
    const out = execFileSync(python ?? '', ['-c', script], {
      input: JSON.stringify(lines),
      encoding: 'utf8',
    });
    const theirs = JSON.parse(out) as [string[] | null, string[] | null][];
    lines.forEach((line, n) => {
      expect([line, splitCommand(line, 'linux')]).toEqual([line, theirs[n]?.[0]]);
      expect([line, splitCommand(line, 'win32')]).toEqual([line, theirs[n]?.[1]]);
    });
  });
});
