import type { UsageDimension, UsageRow } from '../../contract/usage.ts';

/**
 * Usage as files for other programs: CSV (RFC 4180) for spreadsheets, JSON for everything else. Column names are those
 * of the contract, in any language. What has no known price has an empty cost (JSON: null), never 0.
 */

const sums = [
  'answers',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'costUsd',
  'unpricedTokens',
] as const satisfies readonly (keyof UsageRow)[];

/** Controls, line breaks, and what is not seen or changes the direction of text: a cell is one line. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/**
 * What a spreadsheet takes for a formula, also behind spaces (OWASP, CSV injection): titles and folders are others'
 * words. The full-width forms are there because Excel takes them for the narrow ones in Chinese and Japanese.
 */
const formula = /^\s*[=+\-@＝＋－＠|%]/u;

/** A text as one cell: always in quotes, never a formula (an apostrophe before it makes it text), one line. */
function textCell(text: string): string {
  const line = text.replace(unsafe, ' ').trim();
  return `"${(formula.test(line) ? `'${line}` : line).replaceAll('"', '""')}"`;
}

/** A number as every program reads it: a point, no grouping, no exponent; money to a ten-thousandth of a cent. */
function numberCell(value: number | null): string {
  if (value === null) return '';
  return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/\.?0+$/, '');
}

/**
 * Rows of `usage.query` as CSV: a column for each dimension of `by` (a session's `title` behind it), then the sums. An
 * environment that is null (Claude Code that was not opened here) is an empty cell. Lines end in CR LF. Whoever writes
 * a file for Excel puts U+FEFF before it.
 */
export function usageCsv(rows: readonly UsageRow[], by: readonly UsageDimension[]): string {
  const named = by.flatMap((d) => (d === 'session' ? ([d, 'title'] as const) : [d]));
  const lines = rows.map((row) => [
    ...named.map((d) => textCell(row[d] ?? '')),
    ...sums.map((name) => numberCell(row[name])),
  ]);
  return [[...named, ...sums], ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** An answer of `usage.query` as one JSON document that says what it is about and what its money means. */
export function usageJson(answer: {
  from: string;
  to: string;
  by: readonly UsageDimension[];
  rows: readonly UsageRow[];
  total: Omit<UsageRow, UsageDimension | 'title'>;
  more: boolean;
  pending: number;
}): string {
  return `${JSON.stringify({ currency: 'USD', prices: 'list', ...answer }, null, 2)}\n`;
}
