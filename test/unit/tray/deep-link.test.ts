/** Deep links carry no authority: a handful of places, and nothing else whatever somebody writes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRoute } from '../../../renderer/src/model/route.ts';
import { deepLinkPlace, readLaunch } from '../../../src/tray/deep-link.ts';

const id = '7f0c3f0e-58a5-4a58-9f0a-0d3e5c1a2b3c';
const good = {
  'bedrock-tray://overview': '#/overview',
  'bedrock-tray://sessions': '#/sessions',
  'bedrock-tray://sessions/': '#/sessions',
  [`bedrock-tray://sessions/${id}`]: `#/sessions/${id}`,
  'bedrock-tray://history': '#/history',
  'bedrock-tray://usage': '#/usage',
  'bedrock-tray://access': '#/access',
  'bedrock-tray://settings': '#/settings',
  // Shows where one signs in; signs nobody in.
  'bedrock-tray://sign-in': '#/overview',
};

test.each(Object.entries(good))('%s', (link, place) => {
  expect(deepLinkPlace(link)).toBe(place);
  expect(`#/${parseRoute(place).name}`).toBe(place.split('/').slice(0, 2).join('/'));
});

describe('anything else is ignored', () => {
  test.each([
    '',
    'bedrock-tray:',
    'bedrock-tray://',
    'bedrock-tray:overview',
    'bedrock-tray:/overview',
    'bedrock-tray:///overview',
    'bedrock-tray://Overview',
    'bedrock-tray://overview/../settings',
    'bedrock-tray://overview?x=1',
    'bedrock-tray://overview#/settings',
    'bedrock-tray://overview:80',
    'bedrock-tray://user:word@overview',
    'bedrock-tray://overview//',
    'bedrock-tray://overview%2f',
    'bedrock-tray://overview\n',
    'bedrock-tray://overview ',
    ' bedrock-tray://overview',
    'bedrock-tray://sign-in/corp',
    'bedrock-tray://signIn',
    'bedrock-tray://sessions/new',
    'bedrock-tray://sessions/..',
    `bedrock-tray://sessions/${id.toUpperCase()}`,
    `bedrock-tray://sessions/${id}/kill`,
    `bedrock-tray://sessions/${id}?answer=allow`,
    `bedrock-tray://sessions/${id}\u202e`,
    'bedrock-tray://open?cwd=/',
    'bedrock-tray://claude',
    'bedrock-trays://overview',
    'https://overview',
    'app://bedrock-tray/index.html',
    'javascript:alert(1)',
    'file:///etc/passwd',
    `bedrock-tray://${'overview'.repeat(100_000)}`,
  ])('%j', (link) => {
    expect(deepLinkPlace(link)).toBeNull();
  });

  test('whatever is made of a good link by changing it', () => {
    const links = Object.keys(good);
    fc.assert(
      fc.property(
        fc.constantFrom(...links),
        fc.nat(80),
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom('\0', '\u202e', '\uff0f', '%2e%2e', '../', '\\', '?', '#', '@', '\r\n', ' '),
          fc.constantFrom(...links),
        ),
        fc.nat(3),
        (link, at, put, cut) => {
          const changed = link.slice(0, at) + put + link.slice(at + cut);
          const place = deepLinkPlace(changed);
          // A change may by chance write another good link; then it is one of these, and nothing else.
          expect(
            place === null ||
              changed.replace(/\/$/, '') in good ||
              /^#\/sessions\/[0-9a-f-]{36}$/.test(place),
          ).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('no text at all leads anywhere but to our places', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(deepLinkPlace(text)).toBeNull();
        expect(deepLinkPlace(`bedrock-tray://${text}`)).toSatisfy(
          (place: string | null) => place === null || `bedrock-tray://${text}`.replace(/\/$/, '') in good,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a launch', () => {
  const argv = (...words: string[]) => ['/opt/Bedrock Tray/bedrock-tray', '--enable-crashpad', ...words];
  test('shows the window, or the place that a link names', () => {
    expect(readLaunch(argv())).toEqual({ show: 'window', place: null });
    expect(readLaunch(argv('/a/folder'))).toEqual({ show: 'window', place: null });
    expect(readLaunch(argv('--', 'bedrock-tray://history'))).toEqual({ show: 'window', place: '#/history' });
    expect(readLaunch(argv('--background', 'bedrock-tray://history'))).toEqual({
      show: 'window',
      place: '#/history',
    });
  });
  test('shows nothing: autostart, a link that is none of ours, or two of them', () => {
    expect(readLaunch(argv('--background'))).toEqual({ show: 'nothing' });
    expect(readLaunch(argv('bedrock-tray://evil'))).toEqual({ show: 'nothing' });
    expect(readLaunch(argv('BEDROCK-TRAY://overview'))).toEqual({ show: 'nothing' });
    expect(readLaunch(argv('bedrock-tray://history', 'bedrock-tray://access'))).toEqual({ show: 'nothing' });
  });
});
