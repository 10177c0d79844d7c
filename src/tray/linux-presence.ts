import type { PresenceSources } from '../domain/keep-alive/desktop-presence.ts';
import type { DesktopBus } from './desktop-bus.ts';

const LOGIN1 = 'org.freedesktop.login1';
const SESSION = `${LOGIN1}.Session`;
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** Screen savers by name: the common interface, and GNOME's own. */
const screenSavers = [
  { destination: 'org.freedesktop.ScreenSaver', path: '/org/freedesktop/ScreenSaver' },
  { destination: 'org.gnome.ScreenSaver', path: '/org/gnome/ScreenSaver' },
] as const;
const MUTTER = 'org.gnome.Mutter.IdleMonitor';

/**
 * What a Linux desktop tells over D-Bus: logind's hints (system bus), the screen saver and GNOME's idle monitor
 * (session bus). The idle time of Electron is X11's, which under Wayland knows nothing (electron#34826).
 */
export class LinuxPresence {
  readonly #session: DesktopBus | null;
  readonly #system: DesktopBus | null;
  readonly #changed: () => void;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #logindPath: string | null = null;
  #screenSaver: (typeof screenSavers)[number] | null = null;
  #mutter = false;

  constructor(parts: {
    session: DesktopBus | null;
    system: DesktopBus | null;
    /** Something of it may have changed: read again. */
    changed: () => void;
    env?: Readonly<Record<string, string | undefined>>;
  }) {
    this.#session = parts.session;
    this.#system = parts.system;
    this.#changed = parts.changed;
    this.#env = parts.env ?? process.env;
  }

  /** Finds who can tell, and listens to them from now on. */
  async start(): Promise<void> {
    const { interface: iface, member } = { interface: PROPERTIES, member: 'PropertiesChanged' };
    await Promise.all([
      this.#system?.watchName(LOGIN1, (owned) => {
        if (!owned) this.#logindPath = null;
        else void this.#findSession().then(this.#changed);
      }),
      this.#system?.onSignal({ interface: iface, member, arg0: SESSION }, this.#changed),
      ...screenSavers.flatMap((one) => [
        this.#session?.watchName(one.destination, (owned) => {
          if (owned) this.#screenSaver ??= one;
          else if (this.#screenSaver === one) this.#screenSaver = null;
        }),
        this.#session?.onSignal({ interface: one.destination, member: 'ActiveChanged' }, this.#changed),
      ]),
      this.#session?.watchName(MUTTER, (owned) => {
        this.#mutter = owned;
      }),
    ]);
  }

  async read(): Promise<Pick<PresenceSources, 'logind' | 'screenSaverActive' | 'idleMs'>> {
    const [logind, screenSaverActive, idleMs] = await Promise.all([
      this.#logind(),
      this.#active(),
      this.#idle(),
    ]);
    return { logind, screenSaverActive, idleMs };
  }

  /** The desktop's own session: by id, by this process, or the user's display. */
  async #findSession(): Promise<void> {
    const ask = async (member: string, signature: string, body: unknown[]): Promise<string | null> => {
      const to = { destination: LOGIN1, path: '/org/freedesktop/login1', interface: `${LOGIN1}.Manager` };
      const answer = await this.#system?.call({ ...to, member }, signature, body).catch(() => null);
      return typeof answer?.[0] === 'string' ? answer[0] : null;
    };
    const id = this.#env.XDG_SESSION_ID;
    this.#logindPath =
      (id ? await ask('GetSession', 's', [id]) : null) ??
      (await ask('GetSessionByPID', 'u', [process.pid])) ??
      (await this.#displaySession(await ask('GetUser', 'u', [process.getuid?.() ?? 0])));
  }

  async #displaySession(user: string | null): Promise<string | null> {
    if (user === null) return null;
    const to = { destination: LOGIN1, path: user, interface: PROPERTIES, member: 'Get' };
    const answer = await this.#system?.call(to, 'ss', [`${LOGIN1}.User`, 'Display']).catch(() => null);
    const display = answer?.[0];
    return Array.isArray(display) && typeof display[1] === 'string' && display[1] !== '/' ? display[1] : null;
  }

  async #logind(): Promise<PresenceSources['logind']> {
    if (this.#system === null || this.#logindPath === null) return null;
    const to = { destination: LOGIN1, path: this.#logindPath, interface: PROPERTIES, member: 'GetAll' };
    const answer = await this.#system.call(to, 's', [SESSION]).catch(() => null);
    const all = answer?.[0];
    if (typeof all !== 'object' || all === null) return null;
    const {
      IdleHint: idleHint,
      IdleSinceHint: since,
      LockedHint: lockedHint,
    } = all as Record<string, unknown>;
    if (typeof idleHint !== 'boolean' || typeof lockedHint !== 'boolean') return null;
    // Microseconds since the epoch.
    return { idleHint, lockedHint, idleSinceAt: typeof since === 'number' ? Math.round(since / 1000) : 0 };
  }

  async #active(): Promise<boolean | null> {
    if (this.#session === null || this.#screenSaver === null) return null;
    const to = { ...this.#screenSaver, interface: this.#screenSaver.destination, member: 'GetActive' };
    const answer = await this.#session.call(to).catch(() => null);
    return typeof answer?.[0] === 'boolean' ? answer[0] : null;
  }

  async #idle(): Promise<number | null> {
    if (this.#session === null || !this.#mutter) return null;
    const path = '/org/gnome/Mutter/IdleMonitor/Core';
    const to = { destination: MUTTER, path, interface: MUTTER, member: 'GetIdletime' };
    const answer = await this.#session.call(to).catch(() => null);
    return typeof answer?.[0] === 'number' ? answer[0] : null;
  }
}
