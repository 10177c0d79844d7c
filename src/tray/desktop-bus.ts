import type { Message as DBusMessage, MessageBus } from '@particle/dbus-next';

/** A desktop service that does not answer is as good as none, ms. */
const PATIENCE_MS = 5_000;

export interface BusTarget {
  destination: string;
  path: string;
  interface: string;
  member: string;
}

export interface BusSignal {
  path: string;
  body: unknown[];
}

/** A connection to a message bus (D-Bus), as much of it as the tray needs. */
export interface DesktopBus {
  /**
   * The answer's body, variants opened. Rejects with an error, and when nobody answers in time; `patient` waits for as
   * long as who was asked is on the bus.
   */
  call(to: BusTarget, signature?: string, body?: unknown[], patient?: 'patient'): Promise<unknown[]>;
  /**
   * Every signal of that interface and member (and path) from now on; with `sender` only those of who owns that name
   * then: anybody on a bus may send any signal. Never rejects.
   */
  onSignal(
    match: { interface: string; member: string; path?: string; arg0?: string; sender?: string },
    listener: (signal: BusSignal) => void,
  ): Promise<void>;
  /**
   * `onOwner(true)` when the name has or gets an owner, `false` when it has none or loses it; first for now. `owner` is
   * their own name on the bus.
   */
  watchName(name: string, onOwner: (owned: boolean, owner: string | null) => void): Promise<void>;
  /** A value with its D-Bus signature, where a message wants a variant. */
  variant(signature: string, value: unknown): unknown;
  close(): void;
}

const DRIVER = 'org.freedesktop.DBus';
const driver = (member: string): BusTarget => ({
  destination: DRIVER,
  path: '/org/freedesktop/DBus',
  interface: DRIVER,
  member,
});

/** Variants opened, 64-bit numbers as numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  if ('signature' in value && 'value' in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

/** Opens the session's or the system's bus; null where there is none. The library is loaded here, not with the app. */
export async function openBus(
  kind: 'session' | 'system',
  env: Readonly<Record<string, string | undefined>> = process.env,
  patienceMs = PATIENCE_MS,
): Promise<DesktopBus | null> {
  const dbus = (await import('@particle/dbus-next')).default;
  const runtime = env.XDG_RUNTIME_DIR;
  const busAddress =
    kind === 'session'
      ? env.DBUS_SESSION_BUS_ADDRESS || (runtime ? `unix:path=${runtime}/bus` : undefined)
      : env.DBUS_SYSTEM_BUS_ADDRESS || 'unix:path=/run/dbus/system_bus_socket';
  if (busAddress === undefined) return null;
  let bus: MessageBus;
  try {
    bus = dbus.sessionBus({ busAddress });
    await new Promise<void>((resolve, reject) => bus.once('connect', resolve).once('error', reject));
  } catch {
    return null;
  }
  // A bus that ends takes its news with it; nothing of the app ends for it.
  bus.on('error', () => {});
  // One listener for each signal that somebody waits for.
  bus.setMaxListeners(0);

  const call: DesktopBus['call'] = async (to, signature = '', body = [], patient = undefined) => {
    const asking = bus.call(new dbus.Message({ ...to, signature, body }));
    if (patient) return ((await asking)?.body ?? []).map(plain);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${to.destination} does not answer`)), patienceMs);
    });
    try {
      const answer = await Promise.race([asking, late]);
      return (answer?.body ?? []).map(plain);
    } finally {
      clearTimeout(timer);
    }
  };
  const onSignal: DesktopBus['onSignal'] = async (match, listener) => {
    const isFrom = async (name: string, sender: string | undefined) => {
      const [owner] = await call(driver('GetNameOwner'), 's', [name]).catch(() => []);
      return owner !== undefined && owner === sender;
    };
    bus.on('message', (message: DBusMessage) => {
      if (message.type !== dbus.MessageType.SIGNAL) return;
      if (message.interface !== match.interface || message.member !== match.member) return;
      if (match.path !== undefined && message.path !== match.path) return;
      if (match.arg0 !== undefined && message.body[0] !== match.arg0) return;
      const tell = () => listener({ path: message.path ?? '', body: message.body.map(plain) });
      if (match.sender === undefined) tell();
      else void isFrom(match.sender, message.sender).then((is) => is && tell());
    });
    const rule = Object.entries({ type: 'signal', ...match }).map(([key, value]) => `${key}='${value}'`);
    await call(driver('AddMatch'), 's', [rule.join(',')]).catch(() => {});
  };
  return {
    call,
    onSignal,
    async watchName(name, onOwner) {
      // The match is in force before the question is asked, so that no change falls between the two.
      await onSignal({ interface: DRIVER, member: 'NameOwnerChanged', arg0: name }, ({ body }) =>
        onOwner(body[2] !== '', typeof body[2] === 'string' && body[2] !== '' ? body[2] : null),
      );
      const [owner] = await call(driver('GetNameOwner'), 's', [name]).catch(() => []);
      onOwner(typeof owner === 'string', typeof owner === 'string' ? owner : null);
    },
    variant: (signature, value) => new dbus.Variant(signature, value),
    close: () => bus.disconnect(),
  };
}
