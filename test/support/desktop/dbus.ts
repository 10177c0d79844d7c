import { writeFileSync } from 'node:fs';
import dbus, { type MessageBus } from '@particle/dbus-next';
import type { Processes } from './processes.ts';
import { Changes, waitUntil } from './wait.ts';

/** A value off the bus with variants opened, bytes as Buffer and 64-bit numbers as number. */
export type BusValue = string | number | boolean | Buffer | BusValue[] | { [key: string]: BusValue };

export type BusMessage = {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: BusValue[];
};

/** Wraps a value for a signature of `v`. */
export function variant(signature: string, value: unknown): InstanceType<typeof dbus.Variant> {
  return new dbus.Variant(signature, value);
}

function plain(value: unknown): BusValue {
  if (value instanceof dbus.Variant) return plain(value.value);
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return value as string | number | boolean;
}

/** Starts a private message bus that starts no services by itself, and returns its address. */
export async function startBus(
  processes: Processes,
  at: { socket: string; config: string; env: NodeJS.ProcessEnv; cwd: string },
): Promise<string> {
  // No servicedirs: packages ship activation files, and none of their services may wake up here.
  writeFileSync(
    at.config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${at.socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
`,
    { mode: 0o644 },
  );
  const args = [`--config-file=${at.config}`, '--nofork', '--nopidfile', '--nosyslog', '--print-address=1'];
  const { line } = await processes.start('dbus-daemon', args, {
    env: at.env,
    cwd: at.cwd,
    firstLineOf: 'stdout',
  });
  return line.trim();
}

type Member = {
  signature: string;
  /** A promise: answered once it is settled. */
  answer: (body: BusValue[], sender: string) => unknown[] | Promise<unknown[]>;
};

/** One object of ours on the bus. */
export type ServedObject = {
  readonly path: string;
  readonly interface: string;
  readonly methods: Readonly<Record<string, Member>>;
  /** Values as `variant()` makes them. */
  readonly properties?: () => Readonly<Record<string, InstanceType<typeof dbus.Variant>>>;
};

/** A connection to a bus, for the doubles and for reading what the app shows. */
export class BusConnection {
  readonly #bus: MessageBus;
  /** Fires when a name comes, goes or changes hands. */
  readonly names = new Changes();

  #closed = false;

  private constructor(bus: MessageBus) {
    this.#bus = bus;
  }

  static async open(address: string): Promise<BusConnection> {
    const bus = dbus.sessionBus({ busAddress: address });
    await new Promise<void>((resolve, reject) => bus.once('connect', resolve).once('error', reject));
    // A bus that ends before us is no error: everything ends then.
    bus.on('error', () => {});
    const connection = new BusConnection(bus);
    // A call that comes after the end, ours or the bus's, would be answered on a stream that is closed, which throws.
    bus.addMethodHandler(() => connection.#closed);
    const send = bus.send.bind(bus);
    bus.send = (message) => {
      try {
        send(message);
      } catch (error) {
        if (message.type === dbus.MessageType.METHOD_CALL) throw error;
      }
    };
    await connection.onSignal({ interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' }, () =>
      connection.names.emit(),
    );
    return connection;
  }

  /** Calls a method and returns the answer's body. A D-Bus error is thrown as it came. */
  async call(
    to: { destination: string; path: string; interface: string; member: string },
    signature = '',
    body: unknown[] = [],
  ): Promise<BusValue[]> {
    const message = new dbus.Message({ ...to, signature, body });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${to.destination} did not answer ${to.member}`)), 15_000);
    });
    try {
      const reply = await Promise.race([this.#bus.call(message), late]);
      return (reply?.body ?? []).map(plain);
    } finally {
      clearTimeout(timer);
    }
  }

  #driver(member: string, signature: string, body: unknown[]): Promise<BusValue[]> {
    const driver = 'org.freedesktop.DBus';
    const to = { destination: driver, path: '/org/freedesktop/DBus', interface: driver, member };
    return this.call(to, signature, body);
  }

  /** Hands over every signal of an interface (and member, and path) from now on. */
  async onSignal(
    match: { interface: string; member?: string; path?: string },
    listener: (message: BusMessage) => void,
  ): Promise<void> {
    this.#bus.on('message', (message) => {
      if (message.type !== dbus.MessageType.SIGNAL || message.interface !== match.interface) return;
      if (match.member !== undefined && message.member !== match.member) return;
      if (match.path !== undefined && message.path !== match.path) return;
      listener({ ...message, body: message.body.map(plain) } as unknown as BusMessage);
    });
    const rule = Object.entries({ type: 'signal', ...match }).map(([key, value]) => `${key}='${value}'`);
    await this.#driver('AddMatch', 's', [rule.join(',')]);
  }

  async owner(name: string): Promise<string | undefined> {
    try {
      return String((await this.#driver('GetNameOwner', 's', [name]))[0]);
    } catch (error) {
      // Whatever else goes wrong tells nothing of the name.
      if ((error as { type?: string }).type !== 'org.freedesktop.DBus.Error.NameHasNoOwner') throw error;
      return undefined;
    }
  }

  /** Process id of whoever owns a name. */
  async pidOf(name: string): Promise<number> {
    return Number((await this.#driver('GetConnectionUnixProcessID', 's', [name]))[0]);
  }

  async waitForName(name: string, timeoutMs = 20_000): Promise<void> {
    await waitUntil(
      this.names,
      () => this.owner(name),
      (owner) => owner !== undefined,
      `${name} on the bus`,
      timeoutMs,
    );
  }

  async ownName(name: string): Promise<void> {
    const answer = await this.#bus.requestName(name, dbus.NameFlag.DO_NOT_QUEUE);
    if (answer !== dbus.RequestNameReply.PRIMARY_OWNER && answer !== dbus.RequestNameReply.ALREADY_OWNER) {
      throw new Error(`${name} is owned by someone else on this bus`);
    }
  }

  async releaseName(name: string): Promise<void> {
    await this.#bus.releaseName(name);
  }

  emit(path: string, iface: string, member: string, signature: string, body: unknown[]): void {
    this.#bus.send(dbus.Message.newSignal(path, iface, member, signature, body));
  }

  /** Answers calls to one object. */
  serve(object: ServedObject): void {
    this.#bus.addMethodHandler((message: InstanceType<typeof dbus.Message>) => {
      if (message.path !== object.path) return false;
      const reply = (signature: string, body: unknown[]) => {
        this.#bus.send(dbus.Message.newMethodReturn(message, signature, body));
        return true;
      };
      if (message.interface === 'org.freedesktop.DBus.Properties' && object.properties) {
        const properties = object.properties();
        if (message.member === 'GetAll') return reply('a{sv}', [properties]);
        const property = properties[String(message.body[1])];
        if (message.member === 'Get' && property !== undefined) return reply('v', [property]);
        return false;
      }
      const method = message.interface === object.interface ? object.methods[message.member] : undefined;
      if (method === undefined) return false;
      const answer = method.answer(message.body.map(plain), message.sender);
      if (!(answer instanceof Promise)) return reply(method.signature, answer);
      void answer.then((body) => reply(method.signature, body));
      return true;
    });
  }

  close(): void {
    this.#closed = true;
    this.#bus.disconnect();
  }
}
