/**
 * Arguments as a person types them into one line: split at spaces, with quotes and backslashes as in a shell. Null
 * where a quote is not closed. What may be passed on is the agent's to say (ArgumentRefused).
 */
export function splitArguments(text: string): string[] | null {
  const out: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quote) {
      if (c === quote) quote = null;
      else if (c === '\\' && quote === '"' && /["\\]/.test(text[i + 1] ?? ''))
        word = `${word ?? ''}${text[++i]}`;
      else word = `${word ?? ''}${c}`;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === '\\' && i + 1 < text.length) word = `${word ?? ''}${text[++i]}`;
    else if (/\s/.test(c)) {
      if (word !== null) out.push(word);
      word = null;
    } else word = `${word ?? ''}${c}`;
  }
  if (quote) return null;
  if (word !== null) out.push(word);
  return out;
}
