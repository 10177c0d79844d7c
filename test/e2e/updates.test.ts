/** Updates on a real Electron against a feed on this machine: what is taken, what is refused, and when it is installed. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rawPublicKey, signedAnnouncement } from '../../scripts/update-feed.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { session } from '../support/tray/snapshots.ts';
import { type Desktop, startDesktop } from './support/desktop.ts';
import { type LaunchedApp, launchApp } from './support/electron-app.ts';
import type { Harness, Start } from './support/update-app/main.ts';

const missing = desktopMissing();
const { privateKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').privateKey;
const keys = [rawPublicKey(privateKey)];
const FILE = 'Bedrock-Tray-0.2.0-x86_64.AppImage';

/** The next version: it leaves a mark of how it was started. */
const next = (mark: string) =>
  Buffer.from(
    `#!/bin/sh\necho "started exit=$APPIMAGE_EXIT_AFTER_INSTALL" > '${mark}'\n${'# padding\n'.repeat(40_000)}`,
  );

describe.skipIf(missing !== undefined)(`updates: ${missing ?? describeElectron(findElectron())}`, () => {
  let desktop: Desktop;
  let launched: LaunchedApp;
  let server: Server;
  let address = '';
  let appImage = '';
  let mark = '';
  let payload = Buffer.alloc(0);
  /** Folder of the feed -> file -> what is answered. `cut`: the connection ends half-way. `endless`: it never does. */
  const feeds = new Map<string, Map<string, { body: Buffer; cut?: boolean; endless?: boolean }>>();
  /** Folder of the feed -> bytes of its endless answer that were written until the other side hung up. */
  const poured = new Map<string, number>();
  const requests: IncomingMessage[] = [];
  const folder = () => join(desktop.folder, 'update-app');

  const sha512 = (bytes: Buffer) => createHash('sha512').update(bytes).digest('base64');
  interface Offer {
    version?: string;
    name?: string;
    signedAs?: string;
    by?: typeof privateKey;
    staging?: number;
    hash?: string;
    body?: Buffer;
    cut?: boolean;
    change?: (text: string) => string;
  }
  /** Puts a feed up; its address. */
  function offer(at: string, o: Offer = {}): string {
    const { version = '0.2.0', name = 'latest-linux.yml' } = o;
    const body = o.body ?? payload;
    const yaml = `version: ${version}\nfiles:\n  - url: ${FILE}\n    sha512: ${o.hash ?? sha512(payload)}\n    size: ${payload.length}\npath: ${FILE}\nsha512: ${o.hash ?? sha512(payload)}\nreleaseDate: '2026-11-23T00:00:00.000Z'\n`;
    const base = `${address}/${at}/`;
    const page = 'https://updates.example/releases';
    const announced = { base, page, ...(o.staging !== undefined && { staging: o.staging }) };
    const text = signedAnnouncement(yaml, o.signedAs ?? name, announced, o.by ?? privateKey);
    feeds.set(
      at,
      new Map([
        [name, { body: Buffer.from(o.change?.(text) ?? text) }],
        [FILE, { body, ...(o.cut && { cut: true }) }],
      ]),
    );
    return base;
  }

  function pour(at: string, response: ServerResponse): void {
    const part = Buffer.alloc(64 * 1024, '# more\n');
    let bytes = 0;
    const more = (): void => {
      while (!response.closed) {
        bytes += part.length;
        if (!response.write(part)) return;
      }
    };
    response.on('drain', more);
    response.on('close', () => poured.set(at, bytes));
    more();
  }

  const start = (more: Start) =>
    launched.app.evaluate((_, options) => {
      (globalThis as unknown as { harness: Harness }).harness.start(options);
    }, more);
  const wish = (what: string) =>
    launched.app.evaluate((_, one) => {
      (globalThis as unknown as { harness: Harness }).harness.wish(one);
    }, what);
  const seen = () =>
    launched.app.evaluate(() => (globalThis as unknown as { harness: Harness }).harness.seen());
  const last = async () => (await seen()).told.at(-1);
  const asked = (at: string, file: string) => requests.filter(({ url }) => url === `/${at}/${file}`);
  const runs = () => desktop.running().some(({ pid }) => pid === launched.pid);

  /** Starts the version that runs, and ends the one that an attempt has left. */
  async function launch(): Promise<void> {
    await launched?.close(0);
    rmSync(mark, { force: true });
    mkdirSync(join(desktop.folder, 'apps'), { recursive: true });
    writeFileSync(appImage, 'the version that runs');
    chmodSync(join(desktop.folder, 'apps'), 0o777);
    chmodSync(appImage, 0o777);
    launched = await launchApp(desktop, { folder: folder(), env: { APPIMAGE: appImage } });
    expect((await seen()).version).toBe('0.1.0');
  }

  beforeAll(async () => {
    desktop = await startDesktop({ panel: 'none', notifications: false });
    appImage = join(desktop.folder, 'apps', 'Bedrock Tray.AppImage');
    mark = join(desktop.folder, 'apps', 'mark');
    payload = next(mark);
    server = createServer((request, response) => {
      requests.push(request);
      const [, at = '', file = ''] = (request.url ?? '').split('/');
      const found = feeds.get(at)?.get(decodeURIComponent(file));
      if (!found) return void response.writeHead(404).end();
      if (found.endless) return pour(at, response);
      response.writeHead(200, { 'content-length': found.body.length });
      if (!found.cut) return void response.end(found.body);
      response.write(found.body.subarray(0, found.body.length / 2), () => response.destroy());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    mkdirSync(folder());
    await build({
      entryPoints: [join(import.meta.dirname, 'support/update-app/main.ts')],
      outfile: join(folder(), 'main.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node16',
      external: ['electron'],
      logLevel: 'error',
    });
    writeFileSync(
      join(folder(), 'package.json'),
      JSON.stringify({ name: 'update-app', version: '0.1.0', main: 'main.cjs' }),
    );
    writeFileSync(
      join(folder(), 'app-update.yml'),
      'provider: generic\nurl: unused\nupdaterCacheDirName: update-app\n',
    );
    await launch();
  });
  beforeEach(() => void requests.splice(0));
  afterAll(async () => {
    await desktop?.stop();
    server?.close();
  });

  test('nothing is loaded or asked before its time, nor ever in the mode off', async () => {
    const feed = offer('quiet');
    for (const mode of ['ask', 'automatic', 'off'] as const) await start({ feed, keys, mode });
    expect((await seen()).loads).toBe(0);
    expect(requests.filter(({ url }) => url?.startsWith('/quiet/'))).toEqual([]);
  });

  test('a new version is told of; it is downloaded when somebody asks, and held while Claude works', async () => {
    const working = session(0);
    const feed = offer('new');
    await start({
      feed,
      keys,
      sessions: [{ ...working, activity: { ...working.activity, state: 'working' } }],
    });
    await wish('check');
    await expect.poll(last).toMatchObject({ state: 'available', version: '0.2.0', problem: null });
    expect(asked('new', FILE)).toEqual([]);
    await wish('download');
    await expect.poll(last).toMatchObject({ state: 'ready', version: '0.2.0' });
    const { told } = await seen();
    expect(told.some(({ state, progress }) => state === 'downloading' && progress !== null)).toBe(true);
    await wish('install');
    await expect.poll(last).toMatchObject({ state: 'held', version: '0.2.0' });
    expect(readFileSync(appImage, 'utf8')).toBe('the version that runs');
    // What was downloaded lies with all else that is ours, verified under the name of its version.
    const userData = await launched.app.evaluate(({ app }) => app.getPath('userData'));
    expect(readFileSync(join(userData, 'update-app/pending', FILE))).toEqual(payload);
    // Nothing says which computer asks.
    for (const { headers } of requests) expect(Object.keys(headers)).not.toContain('x-user-staging-id');
  });

  test.each<[string, Offer]>([
    ['the same version', { version: '0.1.0' }],
    ['an older version', { version: '0.0.9' }],
    ['an earlier one of this', { version: '0.1.0-beta.9' }],
    ['not this computer’s turn', { staging: 0 }],
  ])('nothing new: %s', async (name, o) => {
    const at = name.replaceAll(/[^a-z]/g, '-');
    await start({ feed: offer(at, o), keys, mode: 'automatic' });
    await wish('check');
    await expect
      .poll(last)
      .toMatchObject({ state: 'none', version: null, problem: null, checkedAt: expect.any(Number) });
    expect(asked(at, 'latest-linux.yml')).toHaveLength(1);
    expect(asked(at, FILE)).toEqual([]);
  });

  test('a roll-out to all reaches this computer, on the channel that was chosen', async () => {
    const feed = offer('all', { staging: 100, name: 'beta-linux.yml', version: '0.2.0-beta.1' });
    await start({ feed, keys, channel: 'beta' });
    await wish('check');
    await expect.poll(last).toMatchObject({ state: 'available', version: '0.2.0-beta.1' });
    await start({ feed, keys, channel: 'stable' });
    await wish('check');
    await expect.poll(last).toMatchObject({ problem: { params: { reason: 'HTTP 404' } } });
  });

  test.each<[string, Offer]>([
    ['by another key', { by: stranger }],
    ['changed afterwards', { change: (text) => text.replace('0.2.0', '0.3.0') }],
    ['of another name', { signedAs: 'beta-linux.yml' }],
    ['missing', { change: (text) => text.slice(0, text.lastIndexOf('#')) }],
    ['something added', { change: (text) => `${text}stagingPercentage: 100\n` }],
  ])('an announcement whose signature is not ours is left alone: %s', async (name, o) => {
    const at = name.replaceAll(' ', '-');
    await start({ feed: offer(at, o), keys, mode: 'automatic' });
    await wish('check');
    await expect
      .poll(last)
      .toMatchObject({ state: 'failed', version: null, problem: { code: 'UpdateNotAuthentic' } });
    expect(asked(at, FILE)).toEqual([]);
  });

  test.each<[string, Offer, string, RegExp]>([
    ['wrong hash', { hash: sha512(Buffer.from('else')) }, 'UpdateNotAuthentic', /SHA-512/],
    ['other bytes', { body: Buffer.from('#!/bin/sh\nevil') }, 'UpdateNotAuthentic', /SHA-512/],
    ['truncated', { cut: true }, 'UpdateFailed', /ERR_/],
  ])('what was downloaded is not taken: %s', async (name, o, code, why) => {
    await start({ feed: offer(name.replaceAll(' ', '-'), o), keys });
    await wish('install');
    await expect.poll(last, { timeout: 20_000 }).toMatchObject({ state: 'failed', problem: { code } });
    expect(JSON.stringify((await last())?.problem)).toMatch(why);
    expect(readFileSync(appImage, 'utf8')).toBe('the version that runs');
  });

  test.each([
    ['an announcement', 'latest-linux.yml'],
    ['a file', FILE],
  ])('%s that does not end is given up, long before memory or disk are full', async (_, file) => {
    const at = `endless-${file}`;
    const feed = offer(at);
    feeds.get(at)?.set(file, { body: payload, endless: true });
    poured.clear();
    await start({ feed, keys });
    await wish('install');
    await expect
      .poll(last, { timeout: 30_000 })
      .toMatchObject({ state: 'failed', problem: { code: 'UpdateFailed', params: { reason: 'too long' } } });
    await expect.poll(() => poured.get(at), { timeout: 30_000 }).toBeLessThan(32 * 1024 * 1024);
  });

  test('a feed that is away is said to be away, and this version goes on', async () => {
    await start({ feed: 'http://127.0.0.1:9/', keys });
    await wish('check');
    await expect.poll(last).toMatchObject({ state: 'failed', problem: { code: 'UpdateFailed' } });
    expect((await last())?.problem?.params.reason).toMatch(/^ERR_|^ECONN/);
    await start({ feed: `${address}/nowhere/`, keys });
    await wish('check');
    await expect.poll(last).toMatchObject({ problem: { params: { reason: 'HTTP 404' } } });
  });

  test('a copy that cannot replace itself says where the new version is, and downloads nothing', async () => {
    await start({ feed: offer('deb'), keys, mode: 'automatic', elsewhere: 'deb' });
    await wish('install');
    await wish('check');
    await expect.poll(last).toMatchObject({
      state: 'available',
      version: '0.2.0',
      problem: { code: 'UpdatesUnavailable', params: { reason: 'deb: https://updates.example/releases' } },
    });
    expect(asked('deb', FILE)).toEqual([]);
  });

  test('an installation that fails says so, and this copy stays the one that runs', async () => {
    await start({ feed: offer('failing'), keys });
    await wish('download');
    await expect.poll(last).toMatchObject({ state: 'ready', version: '0.2.0' });
    rmSync(appImage, { force: true });
    await launched.app.evaluate(({ app }) => app.requestSingleInstanceLock());
    await wish('install');
    await expect.poll(last).toMatchObject({ state: 'failed', problem: { code: 'UpdateFailed' } });
    await expect.poll(() => launched.app.evaluate(({ app }) => app.hasSingleInstanceLock())).toBe(true);
  });

  test('in automatic mode it is installed as the tray ends, and the old one does not come back', async () => {
    await launch();
    await start({ feed: offer('automatic'), keys, mode: 'automatic' });
    await wish('check');
    await expect.poll(last).toMatchObject({ state: 'ready', version: '0.2.0' });
    await launched.app.evaluate(({ app }) => setImmediate(() => app.quit())).catch(() => {});
    await expect
      .poll(() => existsSync(mark) && readFileSync(mark, 'utf8'), { timeout: 30_000 })
      .toBe('started exit=true\n');
    expect(readFileSync(appImage)).toEqual(payload);
    await expect.poll(runs).toBe(false);
  });

  test('an installation that was held goes on once Claude is done, and starts the new version', async () => {
    await launch();
    const working = session(0);
    const sessions = [{ ...working, activity: { ...working.activity, state: 'working' } }];
    await start({ feed: offer('held'), keys, sessions });
    await wish('install');
    await expect.poll(last).toMatchObject({ state: 'held' });
    await launched.app
      .evaluate(() => {
        (globalThis as unknown as { harness: Harness }).harness.sessions([]);
      })
      .catch(() => {});
    await expect
      .poll(() => existsSync(mark) && readFileSync(mark, 'utf8'), { timeout: 30_000 })
      .toBe('started exit=\n');
    expect(readFileSync(appImage)).toEqual(payload);
    await expect.poll(runs).toBe(false);
  });
});
