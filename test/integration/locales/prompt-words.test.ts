import { PassThrough } from 'node:stream';
import * as clack from '@clack/prompts';
import { describe, expect, test, vi } from 'vitest';
import { promptSaid } from '../../../src/cli/prompt-words.ts';
import { speakPseudo, unmarked } from '../../support/pseudo-locale.ts';

speakPseudo();
// As on a terminal: colours stand between the words.
vi.stubEnv('FORCE_COLOR', '1');

const uncoloured = (text: string) => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');

/** All that the library writes while a question is answered by these keys. */
async function written(
  question: (io: { input: PassThrough; output: PassThrough }) => Promise<unknown>,
  keys: readonly string[],
): Promise<string[]> {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 200, rows: 60 });
  const parts: string[] = [];
  output.on('data', (part: Buffer) => parts.push(part.toString('utf8')));
  const answer = question({ input, output });
  for (const key of keys) {
    input.write(key);
    await new Promise((done) => setImmediate(done));
  }
  await answer;
  return parts;
}

const options = [
  { value: 1, label: '111' },
  { value: 2, label: '112' },
  { value: 3, label: '223' },
];

describe('the library for questions says nothing in English of its own', () => {
  test.each([
    [
      'search',
      (io: object) => clack.autocomplete({ message: '?', options, ...io }),
      ['\u001b[B', '1', '9', '\u007f', '\r'],
    ],
    [
      'search, several',
      (io: object) => clack.autocompleteMultiselect({ message: '?', options, required: true, ...io }),
      ['\r', '\u001b[B', '1', '9', '\u007f', '\t', '\r'],
    ],
  ])('%s', async (_, question, keys) => {
    const parts = await written(question, keys);
    const english = uncoloured(parts.join(''));
    expect(parts.join('')).toContain('\u001b[2mEnter:');
    for (const own of [/Enter: confirm/, /\(\d match(es)?\)/, /No matches found/])
      expect(english).toMatch(own);
    const said = uncoloured(unmarked(parts.map(promptSaid).join('')));
    expect(said).toContain('Enter:');
    // Names of keys stay.
    expect(said.replace(/\b(Space\/Tab|Tab|Enter|Type):/g, '')).not.toMatch(/[A-Za-z]/);
  });

  test('what a person wrote stays', () => {
    expect(promptSaid('│  ◻ to search and confirm')).toBe('│  ◻ to search and confirm');
  });
});
