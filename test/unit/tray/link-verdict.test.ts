import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portalConsoleUrl } from '../../../src/domain/profiles/partition.ts';
import { documentation, judgeLink } from '../../../src/tray/link-verdict.ts';
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
      host: 'example.com',
    });
    expect(judgeLink('https://exаmple.com/', null)).toEqual({
      verdict: 'ask',
      url: 'https://xn--exmple-4nf.com/',
      host: 'xn--exmple-4nf.com',
    });
  });

  test.each([
    // What would turn the direction of what is read, look like a slash, or hide.
    ['https://example.com/\u202Egnp.exe', 'https://example.com/%E2%80%AEgnp.exe'],
    ['https://example.com/?q=\u2066x#\u200F', 'https://example.com/?q=%E2%81%A6x#%E2%80%8F'],
    ['https://aws.amazon.com\u2215.evil.example/', 'https://aws.amazon.xn--com-vc2a.evil.example/'],
    ['https://a.example\t/\n%00', 'https://a.example/%00'],
    ['https://\u24D4xample.com:8443/', 'https://example.com:8443/'],
  ])('what is shown is plain ASCII: %j', (address, url) => {
    const judged = judgeLink(address, none);
    if (judged.verdict === 'refuse') return expect(() => new URL(address)).toThrow();
    expect(judged).toEqual({ verdict: 'ask', url, host: new URL(url).host });
  });

  test.each([
    'http://example.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ssh://host',
    'data:text/html,x',
    'smb://host/share',
    'bedrock-tray://sign-in',
    'vscode://file/etc/passwd',
    'ms-msdt:/id',
    'blob:https://example.com/x',
    'view-source:https://example.com/',
    'filesystem:https://example.com/temporary/x',
    'https:user:pw@example.com',
    'http://docs.aws.amazon.com/',
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

  test('an http address is ours only on this computer', () => {
    const plain = { ssoSessions: [ssoSession(AT, { startUrl: 'http://portal.example/start' })] };
    expect(judgeLink('http://portal.example/start', plain)).toEqual({ verdict: 'refuse' });
  });

  test('a configured start URL under a name that is not AWS’s is asked about: a page may have added it', () => {
    const added = 'https://evil.example/?what=was-read';
    const at = { ssoSessions: [ssoSession(AT, { startUrl: added, signIn: null })] };
    expect(judgeLink(added, at).verdict).toBe('ask');
    const console = portalConsoleUrl(added, { accountId: '111122223333', roleName: 'Dev' });
    expect(judgeLink(console, at).verdict).toBe('ask');
    const lookalike = 'https://corp.awsapps.com.evil.example/start';
    const close = { ssoSessions: [ssoSession(AT, { startUrl: lookalike })] };
    expect(judgeLink(lookalike, close).verdict).toBe('ask');
  });

  test("the portal's shortcut to the console of a role opens unasked; with anything more in it is asked about", () => {
    const portal = 'https://corp.awsapps.com/start';
    const at = { ssoSessions: [ssoSession(AT, { startUrl: portal })] };
    const shortcut = portalConsoleUrl(portal, { accountId: '111122223333', roleName: 'Dev.Role@x' });
    expect(judgeLink(shortcut, at)).toEqual({ verdict: 'open', url: shortcut });
    for (const more of [
      `${shortcut}&destination=https%3A%2F%2Fevil.example`,
      shortcut.replace('/start', '/other'),
      shortcut.replace('corp.', 'c0rp.'),
      shortcut.replace('111122223333', '1'),
      shortcut.replace('Dev.Role', '%E0%A4%A'),
    ])
      expect(judgeLink(more, at).verdict, more).toBe('ask');
    expect(judgeLink(shortcut, none).verdict).toBe('ask');
  });

  test('documentation opens unasked: these hosts, https, no other port', () => {
    for (const url of [
      'https://docs.aws.amazon.com/bedrock/latest/userguide/what-is-bedrock.html',
      'https://code.claude.com/docs/en/amazon-bedrock',
    ])
      expect(judgeLink(url, null)).toEqual({ verdict: 'open', url });
    for (const url of [
      'https://docs.aws.amazon.com.evil.example/',
      'https://docs.aws.amazon.com:8443/',
      'https://code.claude.com/elsewhere',
      'https://code.claude.com/docs/../elsewhere',
      'https://evil.example/docs.aws.amazon.com/',
    ])
      expect(judgeLink(url, null).verdict, url).toBe('ask');
    expect(judgeLink('https://docs.aws.amazon.com@evil.example/', null)).toEqual({ verdict: 'refuse' });
  });

  test('a start URL that is no web address opens nothing', () => {
    const odd = { ssoSessions: [ssoSession(AT, { startUrl: 'file:///etc/passwd' })] };
    expect(judgeLink('file:///etc/passwd', odd)).toEqual({ verdict: 'refuse' });
  });

  test('whatever is asked: nothing but plain https is ever asked about, and only documentation opens unasked', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom('http:', 'javascript:', 'vbscript:')),
        (text) => {
          const judged = judgeLink(text, none);
          const hosts = documentation.map(([host]) => host as string);
          if (judged.verdict === 'open') expect(hosts).toContain(new URL(judged.url).host);
          if (judged.verdict !== 'refuse') expect(judged.url).toMatch(/^https:\/\/[^@/]*\/[\x21-\x7e]*$/);
        },
      ),
      { numRuns: process.env.CI ? 500 : 100 },
    );
  });
});
