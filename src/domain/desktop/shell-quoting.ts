/** One word for a POSIX shell, whatever it holds. */
export function quoteForSh(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What neither cmd nor PowerShell leaves alone between double quotes. */
const unquotable = /["`$%]/;

/**
 * Whether a name can stand in a command that a person pastes: without what a terminal acts on; on Windows into cmd or
 * PowerShell, which quote so differently that few characters are safe in both.
 */
export const canBePasted = (word: string, platform: string): boolean =>
  !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(word) && (platform !== 'win32' || !unquotable.test(word));

/** One word of a command that a person pastes into a shell of `platform`; what `canBePasted` refuses, for PowerShell alone. */
export function quoteForPerson(word: string, platform: string): string {
  if (platform !== 'win32') return quoteForSh(word);
  if (/^[\w:./\\-]+$/.test(word)) return word;
  return unquotable.test(word) ? `'${word.replaceAll("'", "''")}'` : `"${word}"`;
}

/**
 * A command line for the shell of `platform`. `double` quotes are what botocore and the SDKs read alike in a config
 * file; they are not for words with quotes or backslashes of their own on Windows.
 */
export function quoteForShell(
  argv: readonly string[],
  platform: string,
  style: 'single' | 'double' = 'single',
): string {
  const double = (word: string) =>
    /^[\w@%+=:,./\\-]+$/.test(word) && (platform === 'win32' || !word.includes('\\'))
      ? word
      : `"${platform === 'win32' ? word.replaceAll('"', '""') : word.replace(/["\\$`]/g, '\\$&')}"`;
  return argv.map(platform === 'win32' || style === 'double' ? double : quoteForSh).join(' ');
}
