import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext } from 'playwright';
import { Opener, openChromium } from '../../support/desktop/browser.ts';
import { BusConnection, startBus } from '../../support/desktop/dbus.ts';
import { Notifications } from '../../support/desktop/notifications.ts';
import { type OrdinaryUser, ordinaryUser, readableCheckout } from '../../support/desktop/ordinary-user.ts';
import { Processes, type RunningProcess, runAs } from '../../support/desktop/processes.ts';
import {
  giveTo,
  LOGIN_SESSION,
  type Panel,
  type Place,
  type Power,
  startDisplay,
  startKeyring,
  startPanel,
  startPower,
} from '../../support/desktop/session-parts.ts';
import { StatusNotifierWatcher, TrayClient } from '../../support/desktop/status-notifier.ts';

export type DesktopOptions = {
  /** Who keeps the tray: a double (default), Xfce's real panel (for pictures), or nobody. */
  readonly panel?: 'double' | 'xfce' | 'none';
  /** A real gnome-keyring, unlocked. Default: none, as on many a headless machine. */
  readonly keyring?: boolean;
  /** logind's double on the system bus, for suspend and resume. */
  readonly power?: boolean;
  /** No notification daemon on the bus when false. */
  readonly notifications?: boolean;
  /** For example zh_CN.UTF-8. Default C.UTF-8. */
  readonly lang?: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** Folders in front of PATH, such as the one that holds `claude`. */
  readonly path?: readonly string[];
  /** More variables for all that runs on the desktop; they win. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A desktop in a box: X server, buses, panel, notification daemon and a home of their own, for one user. */
export type Desktop = AsyncDisposable & {
  readonly user: OrdinaryUser;
  /** The private HOME; below it the XDG folders. Owned by the user. */
  readonly home: string;
  /** The private folder around HOME, for what a test wants to put down; ends with the desktop. */
  readonly folder: string;
  /** The checkout as the user can read and run it (a copy where it has to be). */
  readonly checkout: string;
  /** The whole environment of programs on this desktop; nothing of the test's own is in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly tray: TrayClient;
  /** Only with `panel: 'double'`. */
  readonly watcher: StatusNotifierWatcher | undefined;
  /** Throws when the desktop was started without. */
  readonly notifications: Notifications;
  /** Xfce's panel. With `panel: 'none'` the first call starts it: a panel that comes late. */
  panel(): Promise<Panel>;
  readonly opener: Opener;
  readonly power: Power;
  readonly sessionBus: BusConnection;
  readonly systemBus: BusConnection;
  readonly processes: Processes;
  /** Runs a program to its end as the user; standard output. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  /** The person's browser; one profile a desktop, so cookies last. Closed by stop(). */
  browser(options?: {
    headless?: boolean;
    locale?: string;
    colorScheme?: 'light' | 'dark';
  }): Promise<BrowserContext>;
  /** Writes a PNG of the screen, or of a part of it. */
  screenshot(file: string, part?: { x: number; y: number; width: number; height: number }): Promise<void>;
  /** Clicks the screen with a real pointer; button 3 is the right one. */
  pointer(x: number, y: number, button?: 1 | 2 | 3): Promise<void>;
  /**
   * With Xfce's panel: right-clicks the (only) icon and returns once its native menu stands on the screen,
   * for a picture. Escape closes it: `run('xdotool', ['key', 'Escape'])`.
   */
  openTrayMenu(): Promise<void>;
  /** The same for a test that goes on with the keyboard: as soon as it stands there, drawn or not. */
  raiseTrayMenu(): Promise<void>;
  /** Closes the panel's menus, and returns once none holds pointer and keyboard any more. */
  closeTrayMenus(): Promise<void>;
  /** Heights of the panel's menus on the screen, submenus among them. */
  trayMenuHeights(): Promise<number[]>;
  /** Every live process on this desktop, however detached. */
  running(): readonly RunningProcess[];
  /** Called by stop() first, newest first: for what a test opens on this desktop. */
  onStop(close: () => Promise<void>): void;
  /** Ends all processes of the desktop and removes its folders. May be called twice. */
  stop(): Promise<void>;
};

/** Makes the private folders; short paths, since sockets lie below (104 bytes on macOS, 108 on Linux). */
function makeFolders(user: OrdinaryUser): { folder: string; home: string; runtime: string } {
  const folder = mkdtempSync(join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'bt-'));
  chmodSync(folder, 0o755);
  const home = join(folder, 'home');
  const runtime = join(folder, 'run');
  for (const path of [home, runtime]) {
    mkdirSync(path, { mode: 0o700 });
  }
  for (const name of ['.config', '.cache', '.local/share/keyrings', '.local/state']) {
    mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  }
  giveTo(user, home);
  giveTo(user, runtime);
  return { folder, home, runtime };
}

/** Starts a desktop. End it with `stop()`, or hold it with `await using`. */
export async function startDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const user = ordinaryUser();
  // What is put down for the user must be readable by it, however strict the tester's own mask is.
  process.umask(0o022);
  const checkout = readableCheckout(user);
  const { folder, home, runtime } = makeFolders(user);
  const processes = new Processes(user, randomBytes(8).toString('hex'));
  const closers: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      // Each is tried, whatever becomes of the one before it.
      for (const close of closers.reverse())
        await Promise.resolve()
          .then(close)
          .catch(() => {});
      await processes.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    })();
    return stopping;
  };
  try {
    const opener = new Opener(user, folder);
    closers.push(() => opener.close());
    const lang = options.lang ?? 'C.UTF-8';
    const env: Record<string, string> = {
      ...processes.mark,
      HOME: home,
      USER: user.name,
      LOGNAME: user.name,
      SHELL: '/bin/bash',
      PATH: [...(options.path ?? []), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      LANG: lang,
      LC_ALL: lang,
      TZ: 'UTC',
      TMPDIR: '/tmp',
      XDG_RUNTIME_DIR: runtime,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_CACHE_HOME: join(home, '.cache'),
      XDG_DATA_HOME: join(home, '.local/share'),
      XDG_STATE_HOME: join(home, '.local/state'),
      XDG_CURRENT_DESKTOP: 'XFCE',
      XDG_SESSION_TYPE: 'x11',
      NO_AT_BRIDGE: '1',
      BROWSER: opener.command,
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(runtime, 'bus')}`,
      DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(runtime, 'system-bus')}`,
    };
    const place: Place = { env, home, user, processes };
    const [display] = await Promise.all([
      startDisplay(place, options.size ?? { width: 1280, height: 800 }),
      startBus(processes, { socket: join(runtime, 'bus'), config: join(folder, 'bus.conf'), env, cwd: home }),
      startBus(processes, {
        socket: join(runtime, 'system-bus'),
        config: join(folder, 'sys.conf'),
        env,
        cwd: home,
      }),
    ]);
    Object.assign(env, display, options.power ? { XDG_SESSION_ID: LOGIN_SESSION } : {}, options.env);
    const sessionBus = await BusConnection.open(env.DBUS_SESSION_BUS_ADDRESS as string);
    closers.push(() => sessionBus.close());
    const systemBus = await BusConnection.open(env.DBUS_SYSTEM_BUS_ADDRESS as string);
    closers.push(() => systemBus.close());

    const panel = options.panel ?? 'double';
    const watcher = panel === 'double' ? await StatusNotifierWatcher.start(sessionBus) : undefined;
    const notifications = options.notifications === false ? undefined : await Notifications.start(sessionBus);
    if (options.keyring) await startKeyring(place, sessionBus);
    const power = options.power ? await startPower(place, systemBus) : undefined;
    let xfce: Promise<Panel> | undefined;
    let opened: BrowserContext | undefined;
    const startXfce = (): Promise<Panel> => {
      xfce ??= startPanel(place, sessionBus).catch((error: unknown) => {
        xfce = undefined;
        throw error;
      });
      return xfce;
    };
    if (panel === 'xfce') await startXfce();
    const tray = await TrayClient.open(sessionBus);

    const need = <T>(part: T | undefined, option: string): T => {
      if (part === undefined) throw new Error(`this desktop was started without ${option}`);
      return part;
    };
    const run: Desktop['run'] = (command, args, more = {}) =>
      runAs(user, command, args, { env: { ...env, ...more }, cwd: home });
    const trayMenuHeights = async (): Promise<number[]> => {
      const search = ['search', '--onlyvisible', '--name', '^wrapper', 'getwindowgeometry', '%@'];
      // A window may go while it is asked about.
      const said = await run('xdotool', search).catch(() => '');
      const panels = [...said.matchAll(/Position: (-?\d+),(-?\d+).*\n\s*Geometry: \d+x(\d+)/g)].map((m) => ({
        x: Number(m[1]),
        height: Number(m[3]),
      }));
      // GTK holds pointer and keyboard by a window out of sight as long as a menu is up: a tool tip has none.
      const held = panels.some(({ x }) => x === -100);
      return held ? panels.map(({ height }) => height).filter((height) => height > 40) : [];
    };
    /** X tells nobody that a menu has come or gone: it is looked until it has. */
    const menusAre = async (up: boolean, act: () => Promise<unknown>, otherwise: string): Promise<void> => {
      for (const end = Date.now() + 20_000; (await trayMenuHeights()).length > 0 !== up; await delay(50)) {
        if (Date.now() > end) throw new Error(otherwise);
        await act();
      }
    };
    const closeTrayMenus = (): Promise<void> =>
      menusAre(false, () => run('xdotool', ['key', 'Escape']), 'the menus of the panel stay open');
    const raiseTrayMenu = async (): Promise<void> => {
      // A press beside a menu that is up closes it and does nothing else.
      await closeTrayMenus();
      await run('xdotool', ['mousemove', '17', '16', 'click', '3']);
      await menusAre(true, async () => {}, 'no menu came up at the tray icon');
    };
    return {
      ...{
        user,
        home,
        folder,
        checkout,
        env,
        tray,
        watcher,
        opener,
        sessionBus,
        systemBus,
        processes,
        run,
        stop,
      },
      panel: startXfce,
      get notifications() {
        return need(notifications, 'notifications');
      },
      get power() {
        return need(power, 'power');
      },
      async browser(more = {}) {
        // One that an attempt before has left open holds the profile.
        await opened?.close().catch(() => {});
        const context = await openChromium({ user, env, folder, ...more });
        opened = context;
        closers.push(() => context.close());
        return context;
      },
      async screenshot(file, part) {
        // ImageMagick writes as the user, who may not write where the test keeps its pictures.
        const own = join(home, `.screen-${randomBytes(4).toString('hex')}.png`);
        const crop =
          part === undefined ? [] : ['-crop', `${part.width}x${part.height}+${part.x}+${part.y}`, '+repage'];
        await run('import', ['-window', 'root', ...crop, own]);
        mkdirSync(dirname(file), { recursive: true });
        copyFileSync(own, file);
        rmSync(own);
      },
      async pointer(x, y, button = 1) {
        await run('xdotool', ['mousemove', String(x), String(y), 'click', String(button)]);
      },
      raiseTrayMenu,
      closeTrayMenus,
      trayMenuHeights,
      async openTrayMenu() {
        await raiseTrayMenu();
        // One frame for what is in it.
        await delay(200);
      },
      running: () => processes.list(),
      onStop: (close) => void closers.push(close),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    const said = processes.output();
    await stop();
    throw new Error(`the desktop did not start: ${(error as Error).message}\n${said}`, { cause: error });
  }
}
