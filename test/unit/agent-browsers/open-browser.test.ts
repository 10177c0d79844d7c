import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBrowser } from '../../../src/agent/browsers/open-browser.ts';
import { browserCommands } from '../../../src/domain/desktop/browser-commands.ts';

const url = 'http://127.0.0.1:1/a?b=c&d=$HOME;e="f"';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bt-browser-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('BROWSER names openers in turn; %s stands for the address', () => {
  expect(browserCommands(url, { BROWSER: 'one --new %s:two' }, 'linux')).toEqual([
    ['one', '--new', url],
    ['two', url],
  ]);
  expect(browserCommands('http://x/$&', { BROWSER: 'one=%s' }, 'linux')).toEqual([['one=http://x/$&']]);
});

test('without a display nothing is tried; with one the desktop is asked', () => {
  expect(browserCommands(url, {}, 'linux')).toEqual([]);
  expect(browserCommands(url, { DISPLAY: ':0' }, 'linux')).toEqual([['xdg-open', url]]);
  expect(browserCommands(url, {}, 'darwin')).toEqual([['open', url]]);
});

test('the address reaches the opener as one argument, no shell between', async () => {
  const seen = join(folder, 'seen');
  const opener = join(folder, 'opener');
  await writeFile(opener, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > '${seen}'\n`, { mode: 0o700 });
  expect(await openBrowser(url, { BROWSER: opener, PATH: process.env.PATH })).toBe(true);
  expect(await readFile(seen, 'utf8')).toBe(`1\n${url}\n`);
});

test('an opener that is not there or fails gives way to the next; none left is told', async () => {
  expect(await openBrowser(url, { BROWSER: `${folder}/none:/bin/false:/bin/true` })).toBe(true);
  expect(await openBrowser(url, { BROWSER: `${folder}/none:/bin/false` })).toBe(false);
  expect(await openBrowser('file:///etc/passwd', { BROWSER: '/bin/true' })).toBe(false);
});
