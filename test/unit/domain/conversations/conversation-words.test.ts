import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addIndexWords,
  excerpt,
  folded,
  matchesIn,
  oneLine,
  queryWords,
} from '../../../../src/domain/conversations/conversation-words.ts';

const indexed = (text: string): Set<string> => {
  const words = new Set<string>();
  addIndexWords(text, words);
  return words;
};

/** As the index answers: every term is there, or the beginning of one. */
const finds = (text: string, query: string): boolean => {
  const words = [...indexed(text)];
  return queryWords(query).every(
    ({ terms }) =>
      terms.length > 0 &&
      terms.every(({ term, prefix }) =>
        words.some((word) => (prefix ? word.startsWith(term) : word === term)),
      ),
  );
};

describe('what is found', () => {
  const text =
    'const user = getUserById(id); // HTTPServer, foo_bar in src/agent/ports.ts; Größe, naïve, ΟΔΟΣ, ｆｕｌｌ\n帮我看看登录会话的续期逻辑。日本語のテキスト 한국어 문장 𠮷野家';
  const found = [
    ...['getUserById', 'getuser', 'USER', 'userby', 'byid', 'server', 'httpS', 'foo', 'bar', 'foo_bar'],
    ...['src/agent/ports.ts', 'agent/ports', 'ports.t', 'grosse', 'Größe', 'naive', 'οδος', 'full'],
    ...['登录', '登', '辑', '会话的续期', '日本', 'テキ', '한국', '국어', '𠮷', '𠮷野', '登录 user 逻辑'],
  ];
  test.each(found)('%s', (query) => expect(finds(text, query)).toBe(true));
  test.each(['登会', 'erver', 'xyz', '录登', 'ports.tsx', 'user 登陆', '->'])('not %s', (query) =>
    expect(finds(text, query)).toBe(false),
  );

  test('decomposed and composed forms are the same', () => {
    for (const word of ['Größe', 'がぎ', '한국어'])
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const)
        expect(finds(word.normalize(form), word)).toBe(true);
  });

  test('any two neighbouring characters of a Chinese text', () => {
    const han = fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(fc.array(han, { minLength: 2, maxLength: 40 }), fc.nat(), (chars, at) => {
        const from = at % (chars.length - 1);
        expect(finds(`a ${chars.join('')}, b`, chars.slice(from, from + 2).join(''))).toBe(true);
        expect(finds(chars.join(''), chars[from] as string)).toBe(true);
      }),
    );
  });

  test('every word that the index finds stands in the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 8 }),
        (a, b) => {
          const words = queryWords(b);
          // The words themselves are always found in a text that holds them between spaces.
          if (words.length > 0 && words.every((word) => word.terms.length > 0))
            expect(finds(`${a} ${b} ${a}`, b)).toBe(true);
        },
      ),
    );
  });

  test('index words are letters and digits only: nothing of a text is syntax of the index', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const word of indexed(text)) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
        for (const { terms } of queryWords(text))
          for (const { term } of terms) expect(term).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
      }),
    );
  });

  test('an encoded file becomes one short word', () => {
    expect([...indexed(`x ${'QUJDREVG'.repeat(10_000)}`)]).toHaveLength(2);
  });

  test('a question has at most 16 words', () => {
    expect(queryWords(Array.from({ length: 50 }, (_, i) => `w${i}`).join(' '))).toHaveLength(16);
  });
});

describe('where words stand', () => {
  const places = (text: string, ...words: string[]) =>
    matchesIn(text, words.map(folded)).map(([from, to]) => text.slice(from, to));
  test('case, diacritics, width and composed characters', () => {
    expect(places('Größe 😀 NAÏVE', 'grosse', 'naive')).toEqual(['Größe', 'NAÏVE']);
    expect(places('前缀登录会话', '会话')).toEqual(['会话']);
    expect(places('ｶﾞ が'.normalize('NFD'), 'ガ')).toEqual(['ｶﾞ'.normalize('NFD')]);
    expect(places('e\u0301te\u0301 été', 'ete')).toEqual(['e\u0301te\u0301', 'été']);
    expect(places('getUserById', 'user', 'userby', 'id')).toEqual(['UserBy', 'Id']);
  });

  test('ranges lie in the text, in order, apart from each other', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }), { maxLength: 4 }),
        (text, words) => {
          let last = 0;
          for (const [from, to] of matchesIn(text, words.map(folded))) {
            expect(from).toBeGreaterThanOrEqual(last);
            expect(to).toBeGreaterThan(from);
            expect(to).toBeLessThanOrEqual(text.length);
            last = to;
          }
        },
      ),
    );
  });

  test('an excerpt is one short line of visible characters that shows the match', () => {
    const text = `${'filler words '.repeat(50)}\n\u001b[31m\u202eneedle\u0007 here ${'more '.repeat(200)}`;
    const from = text.indexOf('needle');
    const { text: shown, matches } = excerpt(text, [from, from + 6], ['needle', 'here']);
    expect(shown.length).toBeLessThan(280);
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(matches.map(([a, b]) => shown.slice(a, b))).toEqual(['needle', 'here']);
  });

  test('half of a character never remains', () => {
    expect(oneLine('a\ud83d b\ude00 😀')).toBe('a\ufffd b\ufffd 😀');
  });
});
