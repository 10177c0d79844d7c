import { describe, expect, test } from 'vitest';
import { isBypassed, proxiesFor, systemWaysOf } from '../../../src/aws/proxy.ts';

const oidc = new URL('https://oidc.us-east-1.amazonaws.com');

describe('HTTPS_PROXY and HTTP_PROXY', () => {
  test.each([
    [{ HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    [{ https_proxy: 'http://p:1' }, 'http://p:1'],
    [{ Https_Proxy: 'http://p:1' }, 'http://p:1'],
    // The spelling in small letters wins, as in Python and curl.
    [{ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'http://q:2'],
    [{ HTTPS_PROXY: 'p:3128' }, 'http://p:3128'],
    [{ HTTPS_PROXY: 'http://user:pass%40word@p:1' }, 'http://user:pass%40word@p:1'],
    // The AWS CLI takes no other scheme's proxy for https.
    [{ HTTP_PROXY: 'http://p:1' }, null],
    [{ ALL_PROXY: 'http://p:1' }, null],
    [{ HTTPS_PROXY: '' }, null],
    [{}, null],
  ])('%j -> %s', (env, proxy) => {
    expect(proxiesFor(oidc, env, null)).toEqual([proxy]);
  });
  test('http endpoints take HTTP_PROXY; a loopback takes none', () => {
    const env = { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' };
    expect(proxiesFor(new URL('http://vpce.example'), env, null)).toEqual(['http://p:1']);
    for (const loopback of [
      'http://127.0.0.1:5',
      'http://localhost:5',
      'http://[::1]:5',
      'https://127.8.8.8',
    ]) {
      expect(proxiesFor(new URL(loopback), env, 'PROXY p:1')).toEqual([null]);
    }
  });
  test('the system’s proxy stands in where the environment is silent, and NO_PROXY holds for it too', () => {
    expect(proxiesFor(oidc, {}, 'PROXY proxy.corp:3128; DIRECT')).toEqual(['http://proxy.corp:3128', null]);
    expect(proxiesFor(oidc, { HTTPS_PROXY: 'http://own:1' }, 'PROXY proxy.corp:3128')).toEqual([
      'http://own:1',
    ]);
    expect(proxiesFor(oidc, { https_proxy: '' }, 'PROXY proxy.corp:3128')).toEqual([null]);
    expect(proxiesFor(oidc, { no_proxy: 'amazonaws.com' }, 'PROXY proxy.corp:3128')).toEqual([null]);
  });
});

test.each([
  ['DIRECT', [null]],
  ['PROXY proxy.corp:3128; DIRECT', ['http://proxy.corp:3128', null]],
  ['PROXY a:1; PROXY b:2; PROXY a:1; DIRECT; DIRECT', ['http://a:1', 'http://b:2', null]],
  ['HTTPS secure.corp:443', ['https://secure.corp:443']],
  // We do not speak SOCKS: the next one, or directly.
  ['SOCKS5 socks.corp:1080; PROXY proxy.corp:8080', ['http://proxy.corp:8080']],
  ['SOCKS5 socks.corp:1080', [null]],
  ['', [null]],
  ['nonsense ; ;', [null]],
])('system rules %s', (rules, ways) => {
  expect(systemWaysOf(rules)).toEqual(ways);
});

describe('NO_PROXY', () => {
  test.each([
    ['*', oidc.href, true],
    ['oidc.us-east-1.amazonaws.com', oidc.href, true],
    ['amazonaws.com', oidc.href, true],
    ['.amazonaws.com', oidc.href, true],
    ['*.amazonaws.com', oidc.href, true],
    ['AMAZONAWS.COM', oidc.href, true],
    ['example.com, amazonaws.com', oidc.href, true],
    ['example.com amazonaws.com', oidc.href, true],
    ['aws.com', oidc.href, false],
    ['amazonaws.com.cn', oidc.href, false],
    ['', oidc.href, false],
    ['oidc.us-east-1.amazonaws.com:443', oidc.href, true],
    ['amazonaws.com:443', oidc.href, true],
    ['amazonaws.com:8443', oidc.href, false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3:8443', true],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['[fd00::1]', 'https://[fd00::1]', true],
    ['10.0.0.0/8', oidc.href, false],
  ])('%s for %s: %s', (list, url, bypassed) => {
    expect(isBypassed(new URL(url), list)).toBe(bypassed);
  });
});
