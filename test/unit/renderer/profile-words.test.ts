import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainLines } from '../../../renderer/src/model/plain-text.ts';
import {
  chainWords,
  kindWords,
  learnedEnd,
  noteWords,
  sortedNotes,
} from '../../../renderer/src/model/profile-words.ts';
import { ProfileKind } from '../../../src/contract/state.ts';
import { consoleLink } from '../../../src/domain/profiles/console-link.ts';
import { createTranslator } from '../../../src/locales/index.ts';

const words = { ...createTranslator('en'), time: (at: number) => `${at}` };

describe('the portal’s shortcut into the console', () => {
  test.for([
    ['https://corp.awsapps.com/start', 'https://corp.awsapps.com/start'],
    ['https://corp.awsapps.com/start/', 'https://corp.awsapps.com/start'],
    ['https://corp.awsapps.com/start#/', 'https://corp.awsapps.com/start'],
    [
      'https://start.us-gov-home.awsapps.com/directory/corp?x=1',
      'https://start.us-gov-home.awsapps.com/directory/corp',
    ],
  ] as const)('%s', ([startUrl, base]) => {
    expect(consoleLink(startUrl, '123456789012', 'Ops+Admin')).toBe(
      `${base}/#/console?account_id=123456789012&role_name=Ops%2BAdmin`,
    );
  });
  test('there is none without a start URL', () => {
    expect(consoleLink('corp', '123456789012', 'Ops')).toBeNull();
  });
});

test('a chain reads from the profile to its root', () => {
  expect(chainWords({ name: 'dev', chain: ['base', 'corp'] })).toBe('dev ← base ← corp');
  expect(chainWords({ name: 'dev', chain: [] })).toBeNull();
});

test('every kind has a name in both languages', () => {
  for (const language of ['en', 'zh-CN'] as const)
    for (const kind of ProfileKind.options)
      expect(kindWords(kind, createTranslator(language))).not.toMatch(/kind[A-Z]/);
});

test('warnings come first; what a file says in a note cannot deceive', () => {
  const info = { level: 'info', code: 'FromEnvironment', params: {} } as const;
  const warning = { level: 'warning', code: 'DurationIgnored', params: { duration: '1\u202e2' } } as const;
  expect(sortedNotes([info, warning, info])).toEqual([warning, info, info]);
  expect(noteWords(warning, words)).toContain('duration_seconds = 1\ufffd2 ');
});

test.for([
  [null, null, null],
  [10, 20, 'between 10 and 20'],
  [10, 10, 'at about 10'],
  [null, 20, 'at about 20'],
] as const)('an end learned to lie between %s and %s', ([endsFrom, endsTo, said]) => {
  const sentence = learnedEnd({ endsFrom, endsTo }, words);
  if (said === null) expect(sentence).toBeNull();
  else expect(sentence).toContain(said);
});

test('text that is shown before it is written keeps its lines, and nothing in it deceives', () => {
  expect(plainLines('[profile a]\r\n  key = v\u202ex\n')).toBe('[profile a]\n  key = v\ufffdx\n');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = plainLines(text);
      expect(shown.split('\n')).toHaveLength(text.split('\n').length);
      expect(shown).not.toMatch(/[\0-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});
