import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Page, page } from '../../../src/sandbox/http.ts';
import { redirectMatches } from '../../../src/sandbox/oidc.ts';
import { html } from '../../../src/sandbox/page-layout.ts';
import { wordsFor } from '../../../src/sandbox/page-words.ts';

describe('pages', () => {
  it('escapes whatever is put into markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`<b>${text}</b>`.text.slice(3, -4)).not.toMatch(/[<>"']/);
      }),
    );
    expect(html`<p>${[html`<i>${'<&>'}</i>`]}</p>`.text).toBe('<p><i>&#60;&#38;&#62;</i></p>');
  });

  it.each([
    [undefined, 'en'],
    ['de', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['en-GB,zh;q=0.9', 'en'],
    ['en;q=0.5, zh-TW;q=0.9', 'zh-CN'],
    ['fr, zh;q=0.1', 'zh-CN'],
  ])('Accept-Language %s is spoken to in %s', (accept, lang) => {
    expect(wordsFor(accept).lang).toBe(lang);
  });

  it.each([
    ['http://127.0.0.1:49152/oauth/callback', true],
    ['http://127.0.0.1/oauth/callback', true],
    ['http://localhost:49152/oauth/callback', false],
    ['http://127.0.0.1:49152/oauth/callback/', false],
    ['http://127.0.0.1:49152/other', false],
    ['http://127.0.0.1.example.com/oauth/callback', false],
    ['http://user@127.0.0.1:1/oauth/callback', false],
    ['https://127.0.0.1:49152/oauth/callback', false],
    ['http://127.0.0.1:49152/oauth/callback?a=b', false],
    ['nonsense', false],
  ])('redirect to %s: %s', (uri, allowed) => {
    expect(redirectMatches(['http://127.0.0.1/oauth/callback'], uri)).toBe(allowed);
  });

  it('pages give every item once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (all, size) => {
        const seen: number[] = [];
        let token: string | null = null;
        do {
          const found: Page<number> | undefined = page(all, token, size);
          expect(found).toBeDefined();
          seen.push(...(found?.items ?? []));
          token = found?.nextToken ?? null;
        } while (token !== null);
        expect(seen).toEqual(all);
      }),
    );
    expect(page([1], 'made-up', 1)).toBeUndefined();
  });
});
