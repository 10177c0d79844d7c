/** The end-to-end harness itself, on the least app that uses all of it. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/websocket';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import * as z from 'zod';
import { hasChromium } from '../support/desktop/browser.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { type Desktop, startDesktop } from './support/desktop.ts';
import { type LaunchedApp, launchApp, sandboxProof } from './support/electron-app.ts';

type Seen = {
  clicks: number;
  region: string;
  power: string[];
  argv: string[];
  notification: string;
  encryption: boolean;
};

const missing = desktopMissing();
const parts = missing ?? describeElectron(findElectron());
console.log(parts);

/** The fixture as the desktop's user can read it. */
const fixture = (desktop: Desktop) => join(desktop.checkout, 'test/e2e/support/fixture-app');
const seen = (launched: LaunchedApp) =>
  launched.app.evaluate(() => (globalThis as unknown as { fixture: Seen }).fixture);

describe.skipIf(missing !== undefined)(`a tray app on the private desktop: ${parts}`, () => {
  let desktop: Desktop;
  let launched: LaunchedApp;

  beforeAll(async () => {
    desktop = await startDesktop({ keyring: true, power: true });
    launched = await launchApp(desktop, { folder: fixture(desktop), args: ['--hidden', 'word'] });
  });
  afterAll(() => desktop?.stop());

  test('shows its icon with tool tip and pixels on the private bus', async () => {
    await desktop.tray.waitForItems();
    const shown = await desktop.tray.waitForProperties((one) => one.icon !== undefined);
    expect(shown.toolTip).toBe('Fixture tip');
    expect(shown.icon?.subarray(1, 4).toString()).toBe('PNG');
    expect(await desktop.tray.pid()).toBe(launched.pid);
    expect((await seen(launched)).argv.slice(-2)).toEqual(['--hidden', 'word']);
  });

  test('the menu is read as a person sees it, and clicked', async () => {
    await desktop.tray.waitForMenu((entries) => entries.length > 0);
    // As it began, whatever an attempt before has chosen.
    await desktop.tray.click(['Region', /^us-/]);
    const menu = await desktop.tray.waitForMenu((entries) => entries[2]?.children?.[0]?.toggleState === true);
    const { clicks } = await seen(launched);
    expect(menu.slice(0, 4)).toEqual([
      { label: 'Signed out', type: 'normal', enabled: false },
      { label: '', type: 'separator', enabled: true },
      {
        label: 'Region',
        type: 'submenu',
        enabled: true,
        children: [
          { label: 'us-east-1', type: 'radio', enabled: true, toggleState: true },
          { label: 'eu-west-1', type: 'radio', enabled: true, toggleState: false },
        ],
      },
      { label: 'Keep alive', type: 'checkbox', enabled: true, toggleState: true },
    ]);
    expect(menu.map((entry) => entry.label)).not.toContain('Hidden');
    await desktop.tray.click(['Region', /^eu-/]);
    const after = await desktop.tray.waitForMenu(
      (entries) => entries[2]?.children?.[1]?.toggleState === true,
    );
    expect(after[2]?.children?.[0]?.toggleState).toBe(false);
    await desktop.tray.waitForProperties((one) => one.toolTip === 'Region eu-west-1');
    await expect(desktop.tray.click(['Signed out'])).rejects.toThrow('disabled');
    await expect(desktop.tray.click(['Nowhere'])).rejects.toThrow('there are: Signed out');
    await desktop.tray.activate();
    await expect.poll(async () => (await seen(launched)).clicks).toBe(clicks + 1);
  });

  test('a window of its own protocol renders in the real sandbox, as an ordinary user', async () => {
    const opening = launched.app.waitForEvent('window');
    await desktop.tray.click(['Open window']);
    const page = await opening;
    await page.waitForSelector('h1');
    expect(await page.textContent('h1')).toBe('Hello, sandbox');
    await page.screenshot({ path: 'test-artefacts/harness-window.png' });
    await desktop.screenshot('test-artefacts/harness-screen.png');
    expect(readFileSync('test-artefacts/harness-screen.png').length).toBeGreaterThan(1_000);

    const proof = await sandboxProof(desktop, launched.pid);
    expect(proof.uid).toBe(desktop.user.uid);
    expect(proof.uid).not.toBe(0);
    expect(proof.unsandboxed).toEqual([]);
    expect(proof.renderers.length).toBeGreaterThan(0);
    for (const renderer of proof.renderers) expect(renderer).toMatchObject({ seccomp: 2, noNewPrivs: true });
  });

  test('a notification is recorded, and pressing it reaches the app', async () => {
    await desktop.tray.click(['Notify']);
    const shown = await desktop.notifications.waitFor((one) => one.summary === 'Sign-in needed');
    expect(shown.body).toBe('start URL');
    desktop.notifications.press(shown.id);
    await expect.poll(async () => (await seen(launched)).notification).toBe('clicked');
    expect(desktop.notifications.open.map((n) => n.id)).not.toContain(shown.id);
  });

  test('sleep and keyring are real to the app', async () => {
    const before = await seen(launched);
    expect(before.encryption).toBe(true);
    await desktop.power.suspend();
    await desktop.power.resume();
    await expect
      .poll(async () => (await seen(launched)).power.slice(before.power.length))
      .toEqual(['suspend', 'resume']);
  });

  test.skipIf(!hasChromium())('an address opened by the app is opened in the real Chromium', async () => {
    await desktop.tray.click(['Sign in']);
    expect(await desktop.opener.next()).toBe('http://127.0.0.1:9/start?a=1&b=2');
    const browser = await desktop.browser();
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto('data:text/html,<button onclick="document.title=\'allowed\'">Allow</button>');
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await page.title()).toBe('allowed');
  });

  test('what the app starts runs as that user too: Node 24 with node-pty', async () => {
    const node = join(desktop.checkout, 'node_modules/node/bin/node');
    const script = `
      const pty = require(${JSON.stringify(join(desktop.checkout, 'node_modules/node-pty'))});
      const one = pty.spawn('/bin/sh', ['-c', 'id -u; tty; read wait'], { env: process.env });
      // It ends once what it said has been read: a terminal forgets what is unread some time after its program's end.
      one.onData((text) => {
        process.stdout.write(text);
        if (text.includes('/dev/')) one.write('\\r');
      });
      one.onExit(({ exitCode }) => process.exit(exitCode));`;
    const said = await desktop.run(node, ['-e', script]);
    expect(said.trim().split(/\r?\n/)).toEqual([
      String(desktop.user.uid),
      expect.stringMatching(/^\/dev\/pts\//),
    ]);
  });

  const claude = '.cache/claude/node_modules/.bin/claude';
  test.skipIf(!existsSync(claude))('what the app starts runs as that user too: claude', async () => {
    expect(await desktop.run(join(desktop.checkout, claude), ['--version'])).toContain('Claude Code');
  });

  test('a panel that goes and comes back finds the icon again', async () => {
    await desktop.watcher?.vanish();
    await desktop.tray.waitForItems(0);
    await desktop.watcher?.appear();
    await desktop.tray.waitForItems(1);
  });

  test('the files that a process holds open can be read, for the proof that none came from Chromium', async () => {
    expect(desktop.processes.openFiles(launched.pid).some((file) => file.endsWith('/icudtl.dat'))).toBe(true);
  });

  test('the end of the desktop ends what detached itself', async () => {
    // One of its own, which each attempt can end.
    await using own = await startDesktop();
    await launchApp(own, { folder: fixture(own) });
    await own.tray.waitForMenu((entries) => entries.some(({ label }) => label === 'Detach'));
    await own.tray.click(['Detach']);
    await expect.poll(() => own.running().some(({ argv }) => argv[1] === '600')).toBe(true);
    await own.stop();
    await expect.poll(() => own.running()).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)(`with the real panel of Xfce: ${parts}`, () => {
  test('the icon and the native menu can be pictured', async () => {
    await using desktop = await startDesktop({ panel: 'xfce' });
    await launchApp(desktop, { folder: fixture(desktop) });
    await desktop.tray.waitForItems();
    await desktop.tray.waitForMenu((entries) => entries.length > 0);
    await desktop.screenshot('test-artefacts/harness-panel.png');
    await desktop.openTrayMenu();
    await desktop.screenshot('test-artefacts/harness-panel-menu.png');
    const [bare, menu] = [
      readFileSync('test-artefacts/harness-panel.png'),
      readFileSync('test-artefacts/harness-panel-menu.png'),
    ];
    expect(menu.equals(bare)).toBe(false);
  });
});

describe.skipIf(missing !== undefined)(`the libraries that tray and agent speak with: ${parts}`, () => {
  test('oRPC over a web socket on a unix socket: calls, event iterators and typed errors', async () => {
    await using desktop = await startDesktop({ panel: 'none' });
    const folder = join(desktop.folder, 'orpc-app');
    await build({
      entryPoints: [join(import.meta.dirname, 'support/orpc-app/main.ts')],
      outfile: join(folder, 'main.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node16',
      external: ['electron'],
      logLevel: 'error',
    });
    writeFileSync(join(folder, 'package.json'), '{"name":"orpc-app","main":"main.cjs"}');
    const socket = join(desktop.folder, 's');
    const router = {
      hello: os
        .input(z.object({ name: z.string() }))
        .handler(({ input }) => ({ greeting: `Hello, ${input.name}`, at: new Date() })),
      count: os.input(z.object({ to: z.number() })).handler(async function* ({ input }) {
        for (let one = 1; one <= input.to; one++) yield one;
      }),
      refuse: os.errors({ SIGN_IN_NEEDED: {} }).handler(({ errors }) => {
        throw errors.SIGN_IN_NEEDED();
      }),
    };
    const handler = new RPCHandler(router);
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (one) => handler.upgrade(one as never));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    desktop.onStop(async () => {
      sockets.close();
      server.close();
    });
    chmodSync(socket, 0o777);
    const { app } = await launchApp(desktop, { folder, args: [socket] });
    const talked = await app.evaluate(() => (globalThis as unknown as { talked: Promise<unknown> }).talked);
    expect(talked).toEqual({
      greeting: 'Hello, tray',
      date: true,
      counted: [1, 2, 3],
      code: 'SIGN_IN_NEEDED',
      late: 'BAD_REQUEST',
    });
  });
});
