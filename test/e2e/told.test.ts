/**
 * Being told, and the ways in, on a real Electron with a real notification daemon (dunst), real keys (X11) and real
 * second launches. Every check but the last shares one start of the app.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Dunst, dunstMissing } from '../support/desktop/dunst.ts';
import { describeElectron, type ElectronRuntime, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { credentials, prompt, snapshot, ssoSession } from '../support/tray/snapshots.ts';
import { startTray, type TrayApp } from '../support/tray/tray-app.ts';
import { startDesktop } from './support/desktop.ts';
import { appCommand } from './support/electron-app.ts';

const missing = desktopMissing() ?? dunstMissing();
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'notifications');
const id = '7f0c3f0e-58a5-4a58-9f0a-0d3e5c1a2b3c';

/** Holds a key combination of the whole X server, as another program with a global key of its own does. */
const keyHolder = `
import ctypes, signal, sys
x = ctypes.CDLL('libX11.so.6')
x.XOpenDisplay.restype = ctypes.c_void_p
x.XDefaultRootWindow.restype = ctypes.c_ulong
d = ctypes.c_void_p(x.XOpenDisplay(None))
code = x.XKeysymToKeycode(d, ctypes.c_ulong(ord(sys.argv[1])))
x.XGrabKey(d, code, 4 | 8, ctypes.c_ulong(x.XDefaultRootWindow(d)), 0, 1, 1)
x.XSync(d, 0)
print('held', flush=True)
signal.pause()
`;

describe.skipIf(missing !== undefined)(`told: ${missing ?? describeElectron(findElectron())}`, () => {
  let tray: TrayApp;
  let dunst: Dunst | undefined;
  let holder: Promise<unknown> | undefined;

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    tray = await startTray({ notifications: false, power: true });
    await tray.desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Open window'));
    await tray.launched.app.evaluate(({ app }) => {
      const counted = globalThis as { launches?: number };
      counted.launches = 0;
      app.on('second-instance', () => {
        counted.launches = (counted.launches ?? 0) + 1;
      });
    });
  });
  afterAll(() => tray?.desktop.stop());

  // Whatever an attempt before has left: a person who is signed in, and nothing on the screen.
  let begun = 0;
  beforeEach(async () => {
    await tray.running();
    const { agent, desktop } = tray;
    const folder = `/srv/begun-${++begun}`;
    const { notifications, ...others } = first;
    const settings = { ...others, notifications: { ...notifications, signedIn: false } };
    agent.show(snapshot(Date.now(), { settings, recentFolders: [folder] }));
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith(folder)));
    await dunst?.clear();
    if (dunst) await expect.poll(() => dunst?.displayed()).toBe(0);
  });

  const first = snapshot(Date.now()).settings;
  const settings = (more: Partial<TrayApp['agent']['snapshot']['settings']>) => {
    const { agent } = tray;
    agent.change({ settings: { ...agent.snapshot.settings, ...more } });
  };
  const expired = (count = 1) => {
    const at = Date.now();
    tray.agent.change({
      prompt: prompt(at, { count }),
      ssoSessions: [ssoSession(at, { state: 'expired', expiresAt: at - 1 })],
    });
  };
  const count = (name: string) => tray.agent.calls.filter((c) => c.name === name).length;
  /** A key that an attempt pressed a moment before counts as held still: it is given up and taken again. */
  const keyAnew = async () => {
    const { agent, desktop } = tray;
    const { hotkeys } = agent.snapshot.settings;
    settings({ hotkeys: { ...hotkeys, openClaude: null } });
    agent.change({ recentFolders: ['/srv/no-key'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/no-key')));
    settings({ hotkeys });
  };
  const daemon = (): Dunst => {
    if (dunst === undefined) throw new Error('dunst has not been started');
    return dunst;
  };

  test('without a daemon the app goes on; one that comes later shows what still holds, and a press acts', async () => {
    const { desktop, launched, agent } = tray;
    await dunst?.die();
    dunst = undefined;
    settings({ notifications: first.notifications });
    const signIns = count('signIn.start');
    expired();
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Remind me later'));
    const before = Date.now();
    expect(await launched.app.evaluate(() => 'answers')).toBe('answers');
    expect(Date.now() - before).toBeLessThan(5_000);
    const shows = await Dunst.start(desktop, desktop.sessionBus);
    dunst = shows;
    const gone = async () => (await shows.history())[0]?.summary;
    await expect.poll(() => shows.displayed()).toBe(1);
    await desktop.screenshot(join(artefacts, 'on-the-screen.png'));
    await shows.press(2);
    expect((await agent.called('signIn.start', signIns)).input).toMatchObject({ ssoSession: 'corp' });
    await expect.poll(gone).toBe('Sign in to corp');
    agent.change({ prompt: null, ssoSessions: [ssoSession(Date.now())] });
    await expect.poll(() => shows.displayed()).toBe(1);
    await shows.press(1);
    await expect.poll(gone).toBe('Signed in to corp again');
  });

  test('in quiet hours nothing is shown; after them what still holds, once', async () => {
    const { desktop, launched, agent } = tray;
    const shows = daemon();
    const { notifications } = agent.snapshot.settings;
    const now = new Date();
    // The desktop's zone is UTC. Quiet from an hour ago to two hours hence.
    const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
    const quiet = { from: (minute + 1380) % 1440, to: (minute + 120) % 1440 };
    settings({ notifications: { ...notifications, quiet } });
    expired(2);
    agent.change({ recentFolders: ['/srv/quiet'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/quiet')));
    // The menu is drawn before it is told: what would have been told is on its way once main answers.
    await launched.app.evaluate(() => 'answers');
    expect(await shows.displayed()).toBe(0);
    settings({ notifications });
    await expect.poll(() => shows.displayed()).toBe(1);
    await shows.press(1);
    await expect.poll(() => shows.displayed()).toBe(0);
  });

  test('after a sleep the time left is right at once', async () => {
    const { desktop, launched, agent } = tray;
    // However long it took to come here. By each snapshot the tray sets its clock: none may be on its way.
    agent.change({ credentials: [credentials(Date.now())], recentFolders: ['/srv/asleep'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/asleep')));
    await desktop.tray.waitForProperties((p) => p.toolTip.includes('54 min left'));
    await desktop.power.suspend();
    // The clock goes on while timers stand still.
    await launched.app.evaluate(() => {
      const real = Date.now;
      Date.now = () => real() + 30 * 60_000;
    });
    await desktop.power.resume();
    // By itself it would be said half a minute later.
    await desktop.tray.waitForProperties((p) => /2[34] min left/.test(p.toolTip), 10_000);
  });

  test('the key for Claude Code opens it in the folder used last, once for a press however long', async () => {
    const { desktop, agent } = tray;
    await keyAnew();
    agent.change({ recentFolders: ['/srv/used-last', '/srv/other'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/used-last')));
    const before = count('sessions.open');
    const held = 'keydown ctrl keydown alt keydown o sleep 1.2 keyup o keyup alt keyup ctrl';
    await desktop.run('xdotool', held.split(' '));
    expect((await agent.called('sessions.open', before)).input).toMatchObject({ cwd: '/srv/used-last' });
    const page = await tray.page();
    await expect.poll(() => page.url()).toMatch(/#\/sessions\/11111111-/);
    expect(count('sessions.open')).toBe(before + 1);
  });

  test('a key that another program holds is told, until it can be had', async () => {
    const { desktop, agent } = tray;
    const { hotkeys } = agent.snapshot.settings;
    holder ??= desktop.processes.start('/usr/bin/python3', ['-c', keyHolder, 'k'], {
      env: desktop.env,
      cwd: desktop.home,
      firstLineOf: 'stdout',
    });
    await holder;
    const reports = count('hotkeys.report');
    settings({ hotkeys: { ...hotkeys, openClaude: 'CommandOrControl+Alt+K' } });
    expect((await agent.called('hotkeys.report', reports)).input).toEqual({ taken: ['openClaude'] });
    settings({ hotkeys: { ...hotkeys, openClaude: null } });
    expect((await agent.called('hotkeys.report', reports + 1)).input).toEqual({ taken: [] });
  });

  test('without a folder it asks for one', async () => {
    const { desktop, launched, agent } = tray;
    await launched.app.evaluate(({ dialog }) => {
      dialog.showOpenDialog = (async () => ({ canceled: false, filePaths: ['/srv/chosen'] })) as never;
    });
    await keyAnew();
    agent.change({ recentFolders: [] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Open Claude Code…'));
    const before = count('sessions.open');
    await desktop.run('xdotool', ['key', 'ctrl+alt+o']);
    expect((await agent.called('sessions.open', before)).input).toMatchObject({ cwd: '/srv/chosen' });
  });

  describe('a second launch', () => {
    const launch = async (...args: string[]) => {
      const { desktop, launched } = tray;
      const launches = () => launched.app.evaluate(() => (globalThis as { launches?: number }).launches ?? 0);
      const before = await launches();
      const command = await appCommand(desktop, { args });
      const { executablePath: path, env } = command;
      const child = spawn(path, command.args, { cwd: desktop.home, env, stdio: 'ignore' });
      expect((await once(child, 'exit'))[0]).toBe(0);
      await expect.poll(launches).toBe(before + 1);
    };

    test.each([
      ['bedrock-tray://settings', '#/settings'],
      [`bedrock-tray://sessions/${id}`, `#/sessions/${id}`],
      ['bedrock-tray://sign-in', '#/overview'],
    ])('with %s shows that place', async (link, hash) => {
      const calls = tray.agent.calls.length;
      await launch('--', link);
      const page = await tray.page();
      await expect.poll(() => new URL(page.url()).hash).toBe(hash);
      const started = tray.agent.calls
        .slice(calls)
        .filter((c) => /^(signIn|sessions\.(open|kill|answer))/.test(c.name));
      expect(started).toEqual([]);
    });

    test('with any other link does nothing at all', async () => {
      const { launched } = tray;
      // One that an attempt before has closed.
      if (launched.app.windows().length === 0) await launch();
      const page = await tray.page();
      const hash = new URL(page.url()).hash;
      const closed = page.waitForEvent('close');
      await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      await closed;
      await launch('bedrock-tray://sessions/open?cwd=/etc');
      await launch('bedrock-tray://history', 'bedrock-tray://access');
      expect(launched.app.windows()).toEqual([]);
      await launch();
      const again = await tray.page();
      // The page begins where a new window begins: no link has led it anywhere.
      await expect.poll(() => new URL(again.url()).hash).toBe('#/overview');
      expect(hash).toBe('#/overview');
    });
  });

  test('quitting takes back what stands on the screen', async () => {
    const { desktop, launched } = tray;
    const shows = daemon();
    expired(9);
    await expect.poll(() => shows.displayed()).toBe(1);
    const ended = once(launched.app.process(), 'exit');
    await desktop.tray.click(['Quit…']);
    expect(await ended).toEqual([0, null]);
    await expect.poll(() => shows.displayed()).toBe(0);
  });
});

describe.skipIf(missing !== undefined)('start at login', () => {
  test('what the autostart file names starts the tray, without a window', async () => {
    const desktop = await startDesktop();
    try {
      // What a person's own environment has where Electron is not the package's own.
      const { env } = await appCommand(desktop);
      const { executable, inCheckout } = findElectron() as ElectronRuntime;
      const dist = dirname(inCheckout === undefined ? executable : join(desktop.checkout, inCheckout));
      Object.assign(env, { ELECTRON_OVERRIDE_DIST_PATH: dist });
      const node = join(desktop.checkout, 'node_modules/node/bin/node');
      const cli = join(desktop.checkout, 'out/cli/main.mjs');
      await desktop.run(node, [cli, 'settings', 'set', 'desktop.startAtLogin', 'true'], env);
      const file = join(desktop.env.XDG_CONFIG_HOME ?? '', 'autostart/bedrock-tray.desktop');
      // As the desktop does it, and it ends with the desktop.
      await desktop.processes.start('/usr/bin/gio', ['launch', file], { env, cwd: desktop.home });
      await desktop.tray.waitForItems(1, 60_000);
      await desktop.tray.waitForMenu((m) => m[0]?.label === 'Not set up yet', 60_000);
      const started = desktop.running().map(({ argv }) => argv.join(' '));
      expect(started.filter((words) => words.endsWith(' --background')).length).toBeGreaterThan(0);
      expect(started.filter((words) => words.includes('--type=renderer'))).toEqual([]);
      // Found by the same panel that a person looks at: the second launch opens what the first did not.
      const windows = async () =>
        (
          await desktop.run('xdotool', ['search', '--onlyvisible', '--name', 'Bedrock Tray']).catch(() => '')
        ).trim();
      expect(await windows()).toBe('');
      await desktop.tray.click(['Open window']);
      await expect.poll(windows, { timeout: 30_000 }).not.toBe('');
      await desktop.run(node, [cli, 'settings', 'set', 'desktop.startAtLogin', 'false'], env);
      expect(existsSync(file)).toBe(false);
    } finally {
      await desktop.stop();
    }
  }, 300_000);
});
