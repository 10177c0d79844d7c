import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BusConnection, variant } from './dbus.ts';
import type { OrdinaryUser } from './ordinary-user.ts';
import { type Processes, runAs } from './processes.ts';
import { waitUntil } from './wait.ts';

/** Where and with what environment a part of the desktop runs. */
export type Place = {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly user: OrdinaryUser;
  readonly processes: Processes;
};

/**
 * Starts an X server of its own on a free display, closed to other users by a cookie, and returns the variables
 * that reach it.
 */
export async function startDisplay(
  { env, home, user, processes }: Place,
  size: { width: number; height: number },
): Promise<{ DISPLAY: string; XAUTHORITY: string }> {
  // Xvfb may make this folder only as root.
  if (!existsSync('/tmp/.X11-unix')) {
    mkdirSync('/tmp/.X11-unix');
    chmodSync('/tmp/.X11-unix', 0o1777);
  }
  const cookie = randomBytes(16).toString('hex');
  const serverAuth = join(home, '.xserver-auth');
  const clientAuth = join(home, '.Xauthority');
  const addCookie = (file: string, display: string) =>
    runAs(user, 'xauth', ['-q', '-f', file, 'add', display, '.', cookie], { env, cwd: home });
  await addCookie(serverAuth, ':0');
  const screen = ['-screen', '0', `${size.width}x${size.height}x24`, '-nolisten', 'tcp', '-auth', serverAuth];
  const started = await processes.start('Xvfb', ['-displayfd', '3', ...screen], {
    env,
    cwd: home,
    firstLineOf: 'fd3',
  });
  const display = `:${started.line.trim()}`;
  await addCookie(clientAuth, display);
  return { DISPLAY: display, XAUTHORITY: clientAuth };
}

/** Starts an unlocked gnome-keyring: a real Secret Service on the session bus. */
export async function startKeyring({ env, home, processes }: Place, bus: BusConnection): Promise<void> {
  await processes.start('gnome-keyring-daemon', ['--foreground', '--components=secrets', '--unlock'], {
    env,
    cwd: home,
    input: 'a password of the tests',
  });
  await bus.waitForName('org.freedesktop.secrets');
}

/** Xfce's panel, which can crash and come back as a person's does. */
export type Panel = {
  /** Ends it at once; its watcher leaves the bus. */
  kill(): Promise<void>;
  /** Starts it again, and waits for its watcher. */
  restart(): Promise<void>;
  /** Its own dark mode, as in its preferences. */
  dark(dark: boolean): Promise<void>;
};

/** Starts Xfce's panel with nothing but the tray; it is then the watcher on the bus. */
export async function startPanel({ env, home, user, processes }: Place, bus: BusConnection): Promise<Panel> {
  const folder = join(home, '.config/xfce4/xfconf/xfce-perchannel-xml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'xfce4-panel.xml'),
    `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="20"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
`,
  );
  giveTo(user, join(home, '.config'));
  const xfconfd = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']
    .map((lib) => `${lib}/xfce4/xfconf/xfconfd`)
    .find((path) => existsSync(path));
  if (xfconfd === undefined) throw new Error('no xfconfd here: apt-get install xfconf');
  await processes.start(xfconfd, [], { env, cwd: home });
  await bus.waitForName('org.xfce.Xfconf');
  const start = async (): Promise<number> => {
    const { pid } = await processes.start('xfce4-panel', ['--disable-wm-check'], { env, cwd: home });
    await bus.waitForName('org.kde.StatusNotifierWatcher');
    return pid;
  };
  let pid = await start();
  return {
    async kill() {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
      await waitUntil(
        bus.names,
        () => bus.owner('org.kde.StatusNotifierWatcher'),
        (owner) => owner === undefined,
        'the panel to leave the bus',
        20_000,
      );
    },
    async restart() {
      pid = await start();
    },
    async dark(dark) {
      const to = { destination: 'org.xfce.Xfconf', path: '/org/xfce/Xfconf', interface: 'org.xfce.Xfconf' };
      await bus.call({ ...to, member: 'SetProperty' }, 'ssv', [
        'xfce4-panel',
        '/panels/dark-mode',
        variant('b', dark),
      ]);
    },
  };
}

/** Makes a folder and all in it the user's own. */
export function giveTo(user: OrdinaryUser, folder: string): void {
  if (user.isSelf) return;
  chownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { recursive: true }))
    chownSync(join(folder, String(entry)), user.uid, user.gid);
}

/** Name of the desktop's session in logind's double (XDG_SESSION_ID). */
export const LOGIN_SESSION = 'bt1';

/** Lets a test put the machine to sleep and wake it, and its person come and go. */
export type Power = {
  /** The screen is locked, or unlocked. */
  lock(locked: boolean): Promise<void>;
  /** logind's idle hint; `sinceAt` epoch ms. */
  idle(idle: boolean, sinceAt: number): Promise<void>;
  suspend(): Promise<void>;
  resume(): Promise<void>;
  shutdown(): Promise<void>;
};

/** Starts logind's double (python3-dbusmock) on the private system bus. */
export async function startPower(
  { env, home, user, processes }: Place,
  systemBus: BusConnection,
): Promise<Power> {
  await processes.start('/usr/bin/python3', ['-m', 'dbusmock', '--system', '--template', 'logind'], {
    env,
    cwd: home,
  });
  await systemBus.waitForName('org.freedesktop.login1');
  const mock = (member: string, signature: string, body: unknown[], path = '/org/freedesktop/login1') =>
    systemBus.call(
      { destination: 'org.freedesktop.login1', path, interface: 'org.freedesktop.DBus.Mock', member },
      signature,
      body,
    );
  const signal = async (member: string, value: boolean) => {
    await mock('EmitSignal', 'sssav', ['org.freedesktop.login1.Manager', member, 'b', [variant('b', value)]]);
  };
  await mock('AddSession', 'ssusb', [LOGIN_SESSION, 'seat0', user.uid, user.name, true]);
  const session = async (properties: Record<string, unknown>) => {
    await mock(
      'UpdateProperties',
      'sa{sv}',
      ['org.freedesktop.login1.Session', properties],
      `/org/freedesktop/login1/session/${LOGIN_SESSION}`,
    );
  };
  return {
    suspend: () => signal('PrepareForSleep', true),
    resume: () => signal('PrepareForSleep', false),
    lock: (locked) => session({ LockedHint: variant('b', locked) }),
    idle: (idle, sinceAt) =>
      session({ IdleHint: variant('b', idle), IdleSinceHint: variant('t', BigInt(sinceAt) * 1000n) }),
    shutdown: () => signal('PrepareForShutdown', true),
  };
}
