import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowsers } from '../../../src/agent/browsers/browser-finder.ts';
import { BrowsersRoom } from '../../../src/agent/browsers/browsers-room.ts';
import type { BrowserChoice } from '../../../src/contract/settings.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context, memorySettings } from '../../support/keep-alive-rooms.ts';

const url = 'http://127.0.0.1:1/authorize?a=b&c=$HOME;d="e"';
let home: string;
let otherwise: string[];
const seen = () => join(home, 'seen');
const bin = () => join(home, 'bin');

async function program(name: string, exit = 0): Promise<void> {
  const script = `#!/bin/sh\nprintf '%s\\n' "\${0##*/}" "$@" >> '${seen()}'\nexit ${exit}\n`;
  await writeFile(join(bin(), name), script, { mode: 0o700 });
}
async function file(path: string, text: string): Promise<void> {
  await mkdir(join(home, path, '..'), { recursive: true });
  await writeFile(join(home, path), text);
}
function room(choice: BrowserChoice | null, env: Record<string, string> = { DISPLAY: ':0' }): BrowsersRoom {
  return new BrowsersRoom({
    context: {
      ...context(new FakeClock()),
      env: { PATH: bin(), ...env },
      userHome: home,
      openBrowser: async (u) => {
        otherwise.push(u);
        return true;
      },
    },
    settings: memorySettings(choice === null ? {} : { signInBrowsers: { corp: choice } }),
    platform: 'linux',
  });
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bt-browsers-'));
  await mkdir(bin());
  otherwise = [];
  await program('chromium');
  await program('firefox-esr');
  const infos = { Default: { name: 'Person 1' }, 'Profile 1': { name: 'Work' } };
  await file('.config/chromium/Local State', JSON.stringify({ profile: { info_cache: infos } }));
  await file('snap/firefox/common/.mozilla/firefox/profiles.ini', '[Profile0]\nName=work\nPath=x\n');
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('what is found', () => {
  it('is what is installed, with its profiles, wherever they are kept', async () => {
    expect(await room(null).list()).toEqual([
      { id: 'firefox', name: 'Firefox', profiles: [{ id: 'work', name: 'work' }] },
      {
        id: 'chromium',
        name: 'Chromium',
        profiles: [
          { id: 'Default', name: 'Person 1' },
          { id: 'Profile 1', name: 'Work' },
        ],
      },
    ]);
  });

  it('on macOS and Windows is looked for where the vendors put it', async () => {
    await mkdir(join(home, 'Applications', 'Brave Browser.app'), { recursive: true });
    await file(
      'Library/Application Support/BraveSoftware/Brave-Browser/Local State',
      '{"profile":{"info_cache":{"Default":{"name":"Me"}}}}',
    );
    const mac = await findBrowsers({ platform: 'darwin', env: {}, userHome: home });
    expect(mac.find((b) => b.kind.id === 'brave')).toMatchObject({
      program: join(home, 'Applications', 'Brave Browser.app'),
      profiles: [{ id: 'Default', name: 'Me' }],
    });
    expect(
      await findBrowsers({ platform: 'win32', env: { ProgramFiles: 'C:\\none' }, userHome: home }),
    ).toEqual([]);
  });
});

describe('a sign-in', () => {
  it('opens in the browser and profile that were chosen for that SSO session, as words and no shell', async () => {
    expect(await room({ browser: 'chromium', profile: 'Profile 1' }).open(url, 'corp')).toBe(true);
    expect(await readFile(seen(), 'utf8')).toBe(`chromium\n--profile-directory=Profile 1\n${url}\n`);
    expect(otherwise).toEqual([]);
  });

  it('a choice says more than $BROWSER', async () => {
    await room({ browser: 'firefox', profile: 'work' }, { DISPLAY: ':0', BROWSER: '/bin/false' }).open(
      url,
      'corp',
    );
    expect(await readFile(seen(), 'utf8')).toBe(`firefox-esr\n-P\nwork\n${url}\n`);
  });

  it.each([
    ['another SSO session', { browser: 'chromium', profile: null }, 'lab', url, { DISPLAY: ':0' }],
    ['a browser that is gone', { browser: 'brave', profile: null }, 'corp', url, { DISPLAY: ':0' }],
    [
      'a profile that is gone: it would be made anew',
      { browser: 'chromium', profile: 'Profile 7' },
      'corp',
      url,
      { DISPLAY: ':0' },
    ],
    ['no display', { browser: 'chromium', profile: null }, 'corp', url, {}],
    [
      'no address of the web',
      { browser: 'chromium', profile: null },
      'corp',
      'file:///etc/passwd',
      { DISPLAY: ':0' },
    ],
    [
      'an option in the guise of an address',
      { browser: 'chromium', profile: null },
      'corp',
      '--headless',
      { DISPLAY: ':0' },
    ],
  ] as const)('%s: as any other address', async (_, choice, ssoSession, address, env) => {
    await room(choice, env as unknown as Record<string, string>).open(address, ssoSession);
    expect(otherwise).toEqual([address]);
    await expect(readFile(seen())).rejects.toThrow('ENOENT');
  });

  it('a chosen browser that fails gives way to the others', async () => {
    await program('chromium', 1);
    await room({ browser: 'chromium', profile: null }).open(url, 'corp');
    expect(otherwise).toEqual([url]);
  });
});
