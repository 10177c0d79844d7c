import { splitWords } from '../../aws/ini.ts';

/**
 * A command line as botocore splits it (`compat_shell_split`): Python's shlex, or on Windows the C runtime's rules.
 * Null where the line is no command (an open quotation).
 */
export function splitCommand(line: string, platform: string): string[] | null {
  return platform === 'win32' ? splitForWindows(line) : splitWords(line);
}

/** Space and tab part, only `"` quotes, and a backslash means itself unless it leads up to a `"`. */
function splitForWindows(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  let backslashes = 0;
  for (const c of line) {
    if (c === '\\') {
      backslashes++;
      continue;
    }
    if (c === '"') {
      const before: string = (word ?? '') + '\\'.repeat(Math.floor(backslashes / 2));
      const escaped = backslashes % 2 === 1;
      backslashes = 0;
      word = escaped ? `${before}"` : before;
      if (!escaped) quoted = !quoted;
      continue;
    }
    if (backslashes > 0) word = (word ?? '') + '\\'.repeat(backslashes);
    backslashes = 0;
    if ((c === ' ' || c === '\t') && !quoted) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + c;
  }
  if (quoted) return null;
  if (backslashes > 0) word = (word ?? '') + '\\'.repeat(backslashes);
  if (word !== null) words.push(word);
  return words;
}
