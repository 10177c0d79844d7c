import { recogniseTrouble } from './recognise-trouble.ts';
import type { Trouble } from './trouble-codes.ts';

/** Rows from the bottom that are looked at: an error, what Claude Code draws below it, and the field for the prompt. */
export const ROWS_LOOKED_AT = 60;

/** How Claude Code begins what it says by itself when a request failed, and where a line of its own begins. */
const complaint =
  /^\W{0,8}(?:API Error|AWS authentication failed|Prompt is too long|The model \S{1,200} is not available|There['’]s an issue with the selected model|Error (?:getting|running|loading) )/;
/** A line on which Claude Code or its person begins something new: an answer, a tool, a prompt that was sent. */
const newer = /^\s{0,2}(?:[●⏺]\s|[>❯]\s\S)/;
/** The field for the next prompt, or a rule around it: what stands below is no output. */
const rule = /^\s*[─━╭╰]{8}/;

/**
 * The trouble that Claude Code's screen ends with: its latest complaint, as long as nothing newer stands below it. Text
 * that only quotes an error (a file that is shown, an answer about it) does not begin with Claude Code's own words.
 * `rows`: the lowest rows of the screen, from top to bottom; untrusted.
 */
export function troubleOnScreen(rows: readonly string[]): Trouble | null {
  const shown = rows.slice(-ROWS_LOOKED_AT);
  const at = shown.findLastIndex((row) => complaint.test(row));
  if (at < 0) return null;
  const below = shown.slice(at + 1);
  const end = below.findIndex((row) => row.trim() === '' || rule.test(row) || newer.test(row));
  const field = below.findIndex((row) => rule.test(row));
  const output = field < 0 ? below : below.slice(0, field);
  if (output.some((row) => newer.test(row))) return null;
  const text = [shown[at] ?? '', ...(end < 0 ? below : below.slice(0, end))].map((row) => row.trim());
  return recogniseTrouble(text.join(' '));
}
