import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { securityHeaders } from '../../../src/agent/page-server/guard.ts';
import { contentSecurityPolicy, servedFile } from '../../../src/tray/served-file.ts';

const root = '/app/out/renderer';
const serve = (path: string, method = 'GET') => servedFile(root, method, `app://bedrock-tray${path}`);

describe('what the app protocol serves', () => {
  test('files of the page', () => {
    expect(serve('/')).toBe(`${root}/index.html`);
    expect(serve('/index.html#/sessions/x')).toBe(`${root}/index.html`);
    expect(serve('/assets/app-1.js?v=1')).toBe(`${root}/assets/app-1.js`);
  });

  test.each([
    '/../tray/main.cjs',
    '/%2e%2e/tray/main.cjs',
    '/..%2ftray/main.cjs.js',
    '/a/..%5c..%5cx.js',
    '/%00.html',
    '/%E0%A4%A.html',
    '/index.html.map',
    '/.env',
    '/package.json',
  ])('not %s', (path) => {
    const file = serve(path);
    expect(file === null || (file.startsWith(root + sep) && !file.includes('..'))).toBe(true);
    if (!path.startsWith('/..') && !path.startsWith('/%2e')) expect(file).toBeNull();
  });

  test('no other method, host or scheme', () => {
    expect(serve('/index.html', 'POST')).toBeNull();
    expect(servedFile(root, 'GET', 'app://other/index.html')).toBeNull();
    expect(servedFile(root, 'GET', 'file:///app/out/renderer/index.html')).toBeNull();
    expect(servedFile(root, 'GET', 'no address')).toBeNull();
  });

  test('whatever is asked, nothing outside the root is named', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '..',
        '..%2f',
        '.',
        '%2e%2e',
        '%2f',
        '%5c',
        '\\',
        '/',
        '%00',
        'index.html',
        'a.js',
        '//',
        '@',
        ':80',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const file = servedFile(root, 'GET', `app://bedrock-tray/${pieces.join('')}`);
        if (file === null) return;
        expect(file.startsWith(root + sep)).toBe(true);
        expect(file.split(sep)).not.toContain('..');
      }),
      { numRuns: process.env.CI ? 5_000 : 500 },
    );
  });

  test('the policy lets no text become code or style', () => {
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|http/);
    expect(contentSecurityPolicy).toContain("require-trusted-types-for 'script'");
  });

  test('window, browser page and the page itself say the same, but for the browser’s own channel', () => {
    const read = (policy: string | undefined) =>
      new Map((policy ?? '').split('; ').map((part) => [part.split(' ')[0], part] as const));
    const window = read(contentSecurityPolicy);
    const browser = read(securityHeaders(4711)['content-security-policy']);
    const html = readFileSync(join(import.meta.dirname, '../../../renderer/index.html'), 'utf8');
    const page = read(/content="(default-src [^"]+)"/.exec(html)?.[1]);
    expect(browser.get('connect-src')).toBe("connect-src 'self' ws://127.0.0.1:4711");
    expect(page.get('connect-src')).toBe("connect-src 'self' ws://127.0.0.1:*");
    for (const policy of [window, browser, page]) policy.delete('connect-src');
    expect(browser).toEqual(window);
    // Headers alone can say who frames.
    window.delete('frame-ancestors');
    expect(page).toEqual(window);
  });
});
