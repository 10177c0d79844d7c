import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeLink } from '../../../src/tray/link-verdict.ts';
import { AT, signIn, ssoSession } from '../../support/tray/snapshots.ts';

const none = { ssoSessions: [] };
const signingIn = {
  ssoSessions: [ssoSession(AT, { startUrl: 'http://127.0.0.1:4000/start', signIn: signIn(AT) })],
};

describe('links of the page', () => {
  test('https is asked about, with the address as a browser would show it', () => {
    expect(judgeLink('https://example.com/a b', none)).toEqual({
      verdict: 'ask',
      url: 'https://example.com/a%20b',
    });
    expect(judgeLink('https://exаmple.com/', null)).toEqual({
      verdict: 'ask',
      url: 'https://xn--exmple-4nf.com/',
    });
  });

  test.each([
    'http://example.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ssh://host',
    'data:text/html,x',
    'smb://host/share',
    'https://user@example.com/',
    'https://:secret@example.com/',
    `https://example.com/${'x'.repeat(2048)}`,
    '/relative',
    '',
  ])('refused: %s', (address) => {
    expect(judgeLink(address, none)).toEqual({ verdict: 'refuse' });
  });

  test('the sign-in under way and configured start URLs open unasked, exactly as they are', () => {
    expect(judgeLink(signIn(AT).url, signingIn).verdict).toBe('open');
    expect(judgeLink('http://127.0.0.1:4000/start', signingIn).verdict).toBe('open');
    expect(judgeLink(`${signIn(AT).url}&redirect_uri=https://evil.example`, signingIn).verdict).toBe('ask');
    expect(judgeLink('http://127.0.0.1:4000/other', signingIn).verdict).toBe('refuse');
    expect(judgeLink(signIn(AT).url, none).verdict).toBe('ask');
  });

  test('a start URL that is no web address opens nothing', () => {
    const odd = { ssoSessions: [ssoSession(AT, { startUrl: 'file:///etc/passwd' })] };
    expect(judgeLink('file:///etc/passwd', odd)).toEqual({ verdict: 'refuse' });
  });

  test('whatever is asked: nothing but https is ever asked about, and nothing opens unasked', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom('http:', 'javascript:', 'vbscript:')),
        (text) => {
          const judged = judgeLink(text, none);
          expect(judged.verdict).not.toBe('open');
          if (judged.verdict === 'ask') expect(judged.url).toMatch(/^https:\/\/[^@/]*\//);
        },
      ),
      { numRuns: process.env.CI ? 2_000 : 100 },
    );
  });
});
