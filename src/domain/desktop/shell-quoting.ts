/** One word for a POSIX shell, whatever it holds. */
export function quoteForSh(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
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
