import type { Writable } from 'node:stream';
import type { MessageKey } from '../locales/index.ts';
import { translator } from './shell.ts';

/**
 * The words that the library for questions says by itself (what keys do, how many are chosen), in the person's language.
 * It has no catalogue, but writes whole lines to whatever stream it is given. Names of keys stay as they are.
 */

/** The last line of a question; colours stand between the words. */
const footer = /Enter:(?:\u001b\[\d+m)* confirm/;

const keys: readonly (readonly [RegExp, MessageKey])[] = [
  [/ to navigate/, 'cli:prompt.navigate'],
  [/ (?:to )?select/, 'cli:prompt.select'],
  [/ confirm/, 'cli:prompt.confirm'],
  [/ to search/, 'cli:prompt.search'],
];

const sayings: readonly (readonly [RegExp, MessageKey])[] = [
  [/Search:/, 'cli:prompt.searched'],
  [/(?<number>\d+) items selected/, 'cli:prompt.chosen'],
  [/(?<=\()(?<number>\d+) match(?:es)?(?=\))/, 'cli:prompt.matches'],
  [/No matches found/, 'cli:prompt.none'],
  [/Please select at least one (?:item|option)\.?/, 'cli:prompt.atLeastOne'],
];

/** Something that the library writes, in the person's language. */
export function promptSaid(text: string): string {
  const { t } = translator();
  const said = (line: string, by: typeof keys, blank: string): string =>
    by.reduce(
      (now, [pattern, word]) =>
        now.replace(pattern, (...found) => {
          const { number } = (found.at(-1) ?? {}) as { number?: string };
          return `${blank}${t(word, number === undefined ? {} : { number })}`;
        }),
      line,
    );
  return text
    .split('\n')
    .map((line) => (footer.test(line) ? said(line, keys, ' ') : said(line, sayings, '')))
    .join('\n');
}

/** The terminal, for the library's `output`: what it says by itself is said in the person's language. */
export function promptOutput(): Writable {
  return new Proxy(process.stdout, {
    get(stdout, name) {
      if (name === 'write') {
        return (...[text, ...rest]: Parameters<typeof stdout.write>) =>
          stdout.write(typeof text === 'string' ? promptSaid(text) : text, ...rest);
      }
      const value: unknown = Reflect.get(stdout, name);
      return typeof value === 'function' ? value.bind(stdout) : value;
    },
  });
}

/** What the two answers to a yes-or-no question are called. */
export const yesOrNo = (): { active: string; inactive: string } => ({
  active: translator().t('cli:prompt.yes'),
  inactive: translator().t('cli:prompt.no'),
});
