import { resources } from '../../src/locales/index.ts';

/**
 * A language that nobody speaks: every English word in marks and with accents, its blanks as they are. What is shown
 * without them did not come from src/locales. It is a third longer, as German is.
 */

const accents: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
};

export const pseudo = (text: string): string => {
  const accented = text.replace(/\{\{\w+\}\}|[aeiouAEIOU]/g, (part) => accents[part] ?? part);
  return `⟦${accented}${'~'.repeat(Math.ceil(text.length / 3))}⟧`;
};

/** What of a text stands outside of the marks. */
export const unmarked = (text: string): string => {
  let out = text;
  // Marks within marks: a sentence with another in one of its blanks.
  for (let before = ''; before !== out; ) {
    before = out;
    out = out.replace(/⟦[^⟦⟧]*⟧/gs, '');
  }
  return out;
};

/** From here on English is the pseudo-language, in this process: only for a test file that has it to itself. */
export function speakPseudo(): void {
  for (const words of Object.values(resources.en)) {
    const changed = words as Record<string, string>;
    for (const [key, text] of Object.entries(changed)) changed[key] = pseudo(text);
  }
}
