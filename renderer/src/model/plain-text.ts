/**
 * Text from outside (terminal titles, folder and account names, model names) may hold control characters and
 * bidirectional overrides that make it read as something else. It is only ever put into text nodes; this makes the
 * rest visible.
 */

/** Bidirectional controls, invisible separators and tags: they change how neighbouring text reads. */
const DECEIVING =
  /[\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cc}|[\u{e0000}-\u{e007f}]/gu;

/** One line of plain text of at most `limit` characters, with deceiving characters replaced by `�`. */
export function plainText(text: string, limit = 200): string {
  const shown = text
    .replace(DECEIVING, '\ufffd')
    .replace(/\ufffd{2,}/g, '\ufffd')
    .trim();
  const characters = [...shown];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : shown;
}

/**
 * Text with marked places, made harmless without moving them: each deceiving character becomes one of the same length
 * (in UTF-16 units), each line break a space.
 */
export function plainMarked(
  text: string,
  matches: readonly (readonly [number, number])[],
): { text: string; matches: readonly (readonly [number, number])[] } {
  const shown = text.replace(/[\r\n\t]/g, ' ').replace(DECEIVING, (found) => '\ufffd'.repeat(found.length));
  return { text: shown, matches };
}

/** Several lines of text as they are, with deceiving characters replaced; line breaks and indentation stay. */
export function plainLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, '').replaceAll('\t', '    ').replace(DECEIVING, '\ufffd'))
    .join('\n');
}

/** The last part of a path, for a heading; the whole path stays beside it. */
export function folderName(path: string): string {
  const parts = path.split(/[\\/]+/).filter((p) => p !== '');
  return plainText(parts[parts.length - 1] ?? path, 80);
}

/** The last two parts of a path: enough to tell folders of one name apart. The whole path stays in a tooltip. */
export function folderLabel(path: string): string {
  const parts = path.split(/[\\/]+/).filter((p) => p !== '');
  return plainText(parts.length <= 2 ? path : `…/${parts.slice(-2).join('/')}`, 120);
}

/** A path in one line, its home folder shortened to `~` where known. */
export function shortPath(path: string, home: string | null = null): string {
  const shortened =
    home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
  return plainText(shortened, 300);
}
