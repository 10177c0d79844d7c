import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowsersRoom } from '../../../src/agent/browsers/browsers-room.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context, memorySettings } from '../../support/keep-alive-rooms.ts';

/** The real Chromium: its profiles are found, and a sign-in opens in the one that was chosen. */

const chromium = '/usr/bin/chromium';
const installed = await access(chromium).then(
  () => true,
  () => false,
);

/** Waits for the process of that id to end. */
async function gone(pid: number): Promise<void> {
  await expect
    .poll(
      () => {
        try {
          process.kill(pid, 0);
          return false;
        } catch {
          return true;
        }
      },
      { timeout: 60_000 },
    )
    .toBe(true);
}

test.skipIf(!installed)(
  `Chromium (${installed ? 'here' : 'not installed: /usr/bin/chromium'}) opens the chosen profile`,
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'bt-chromium-'));
    const bin = join(home, 'bin');
    const data = join(home, '.config', 'chromium');
    const pids = join(home, 'pids');
    await mkdir(bin);
    await mkdir(data, { recursive: true });
    // As a person's start does, but with nothing to draw on; what follows are the words that the room gives.
    const start = `#!/bin/sh\necho $$ >> '${pids}'\nexec ${chromium} --headless=new --no-sandbox --disable-gpu --user-data-dir='${data}' --no-first-run "$@" 2>/dev/null\n`;
    await writeFile(join(bin, 'chromium'), start, { mode: 0o700 });
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('<title>signed in</title>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const room = (profile: string | null) =>
      new BrowsersRoom({
        context: {
          ...context(new FakeClock()),
          env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home, DISPLAY: ':0' },
          userHome: home,
          openBrowser: async () => false,
        },
        settings: memorySettings({ signInBrowsers: { corp: { browser: 'chromium', profile } } }),
        platform: 'linux',
      });
    const close = async () => {
      const started = (await readFile(pids, 'utf8').catch(() => ''))
        .trim()
        .split('\n')
        .filter(Boolean)
        .map(Number);
      await rm(pids, { force: true });
      for (const pid of started) {
        try {
          process.kill(pid, 'SIGTERM');
        } catch {
          // ended by itself
        }
        await gone(pid);
      }
    };
    try {
      expect(await room(null).open(url('/first'), 'corp')).toBe(true);
      await expect.poll(() => asked, { timeout: 60_000 }).toContain('/first');
      await close();
      // Chromium itself has written what profiles there are; a second one, as its own menu would make it.
      const file = join(data, 'Local State');
      const state = JSON.parse(await readFile(file, 'utf8'));
      expect(Object.keys(state.profile.info_cache)).toEqual(['Default']);
      state.profile.info_cache['Profile 1'] = { ...state.profile.info_cache.Default, name: 'Work' };
      await writeFile(file, JSON.stringify(state));
      const [found] = (await room(null).list()).filter((b) => b.id === 'chromium');
      expect(found?.profiles.map((p) => p.id)).toEqual(['Default', 'Profile 1']);

      expect(await room('Profile 1').open(url('/second'), 'corp')).toBe(true);
      await expect.poll(() => asked, { timeout: 60_000 }).toContain('/second');
      // That profile's own folder is in use now.
      await expect
        .poll(
          () =>
            access(join(data, 'Profile 1', 'History')).then(
              () => true,
              () => false,
            ),
          { timeout: 60_000 },
        )
        .toBe(true);
    } finally {
      await close();
      server.closeAllConnections();
      server.close();
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  },
  300_000,
);
