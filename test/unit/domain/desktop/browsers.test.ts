import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  browserCommand,
  browserKinds,
  chromiumProfiles,
  firefoxProfiles,
} from '../../../../src/domain/desktop/browsers.ts';

const kind = (id: string) => {
  const found = browserKinds.find((k) => k.id === id);
  if (!found) throw new Error(id);
  return found;
};
const url = 'https://oidc.us-east-1.amazonaws.com/authorize?a=b&c=$HOME';

describe('profiles of Firefox', () => {
  const ini = `[Install4F96D1932A9F858E]
Default=Profiles/x2.work
Locked=1

[Profile1]
Name=default
IsRelative=1
Path=Profiles/x1.default
Default=1

[Profile0]
Name=Arbeit & Büro
IsRelative=1
Path=Profiles/x2.work

[General]
StartWithLastProfile=1
Version=2
`;
  it('are named, the one in use first', () => {
    expect(firefoxProfiles(ini)).toEqual([
      { id: 'Arbeit & Büro', name: 'Arbeit & Büro' },
      { id: 'default', name: 'default' },
    ]);
    expect(firefoxProfiles(ini.replaceAll('\n', '\r\n'))).toHaveLength(2);
  });
  it('of an old file without an installation: its own default first', () => {
    expect(firefoxProfiles('[Profile0]\nName=a\n[Profile1]\nName=b\nDefault=1\n').map((p) => p.id)).toEqual([
      'b',
      'a',
    ]);
  });
});

describe('profiles of Chromium and its kin', () => {
  const state = JSON.stringify({
    profile: {
      info_cache: {
        'Profile 2': { name: 'Work', user_name: 'someone@example.com' },
        'Profile 1': { name: 'Private', user_name: '' },
        Default: { name: 'Person 1' },
        '../elsewhere': { name: 'no folder' },
        'Profile 9': { name: 'two\nlines' },
      },
    },
  });
  it('are their folders, with what people call them', () => {
    expect(chromiumProfiles(state)).toEqual([
      { id: 'Default', name: 'Person 1' },
      { id: 'Profile 1', name: 'Private' },
      { id: 'Profile 9', name: 'Profile 9' },
      { id: 'Profile 2', name: 'Work (someone@example.com)' },
    ]);
  });
  it.each([
    '',
    'null',
    '{',
    '[]',
    '{"profile":null}',
    '{"profile":{"info_cache":3}}',
    '{"profile":{"info_cache":{"Default":null}}}',
  ])('of %s: what there is, and no error', (text) => {
    expect(chromiumProfiles(text).length).toBeLessThanOrEqual(1);
  });
});

it('whatever the files hold: no error, and only names that can stand on a command line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.json(), (text, json) => {
      for (const profiles of [
        firefoxProfiles(text),
        firefoxProfiles(`[Profile0]\nName=${text}`),
        chromiumProfiles(text),
        chromiumProfiles(json),
        chromiumProfiles(`{"profile":{"info_cache":${json}}}`),
        chromiumProfiles(JSON.stringify({ profile: { info_cache: { [text]: { name: text } } } })),
      ]) {
        for (const { id, name } of profiles) {
          expect(id).not.toBe('');
          expect(id + name).not.toMatch(/[\u0000-\u001f\u007f]/);
        }
      }
    }),
  );
});

it('a choice becomes words of a command, never a line of a shell', () => {
  expect(browserCommand(kind('chromium'), '/usr/bin/chromium', 'Profile 1', url, 'linux')).toEqual([
    '/usr/bin/chromium',
    '--profile-directory=Profile 1',
    url,
  ]);
  expect(browserCommand(kind('firefox'), '/usr/bin/firefox', 'Arbeit & Büro', url, 'linux')).toEqual([
    '/usr/bin/firefox',
    '-P',
    'Arbeit & Büro',
    url,
  ]);
  expect(browserCommand(kind('edge'), 'C:\\Edge\\msedge.exe', null, url, 'win32')).toEqual([
    'C:\\Edge\\msedge.exe',
    url,
  ]);
  expect(browserCommand(kind('chrome'), '/Applications/Google Chrome.app', 'Default', url, 'darwin')).toEqual(
    ['open', '-na', '/Applications/Google Chrome.app', '--args', '--profile-directory=Default', url],
  );
  expect(browserCommand(kind('firefox'), '/Applications/Firefox.app', null, url, 'darwin')).toEqual([
    'open',
    '-a',
    '/Applications/Firefox.app',
    url,
  ]);
});
