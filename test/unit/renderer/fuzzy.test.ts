import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzyFit, pieces } from '../../../renderer/src/model/fuzzy.ts';

const best = (query: string, texts: readonly string[]) =>
  texts
    .flatMap((text) => {
      const found = fuzzyFit(query, text);
      return found ? [{ text, score: found.score }] : [];
    })
    .sort((a, b) => b.score - a.score)
    .map((f) => f.text);

describe('fuzzy search', () => {
  test('beginnings of words win over letters in between', () => {
    expect(best('bill', ['mobility', 'billing-service', 'web billing'])).toEqual([
      'billing-service',
      'web billing',
      // The letters of "bill" do not stand together in it, nor do they begin words.
    ]);
    expect(best('ss', ['classes', 'Settings · Sessions'])[0]).toBe('classes');
    expect(best('nsr', ['Split to the right', 'New session: billing-runner'])).toEqual([
      'New session: billing-runner',
    ]);
  });

  test('all words must fit, in any order; Chinese fits by its characters', () => {
    expect(fuzzyFit('right split', 'Split to the right')).not.toBeNull();
    expect(fuzzyFit('right down', 'Split to the right')).toBeNull();
    expect(fuzzyFit('会话', '恢复会话')?.matches).toEqual([[2, 4]]);
    expect(fuzzyFit('', 'anything')).toEqual({ score: 0, matches: [] });
  });

  test('what fits is marked, and the pieces are the text', () => {
    expect(pieces('Split right', fuzzyFit('ri', 'Split right')?.matches ?? [])).toEqual([
      { text: 'Split ', marked: false, at: 0 },
      { text: 'ri', marked: true, at: 6 },
      { text: 'ght', marked: false, at: 8 },
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (query, text) => {
        const found = fuzzyFit(query, text);
        expect(
          pieces(text, found?.matches ?? [])
            .map((p) => p.text)
            .join(''),
        ).toBe(text);
      }),
    );
    // Marks that somebody else counted may be anything.
    fc.assert(
      fc.property(fc.string(), fc.array(fc.tuple(fc.integer(), fc.integer())), (text, matches) => {
        expect(
          pieces(text, matches)
            .map((p) => p.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
