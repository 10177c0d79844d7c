import { connect, type Socket } from 'node:net';

/**
 * As much of D-Bus as it takes to hear when one name gets an owner. Libraries for it bring XML parsers, 64-bit
 * arithmetic and hundreds of kilobytes into a process that is to stay small; what is needed is three calls and one
 * signal (D-Bus specification: "Message Protocol", "Authentication Protocol", "Message Bus").
 */

const BUS = 'org.freedesktop.DBus';
const CALL = 1;
const RETURN = 2;
const SIGNAL = 4;
/** The specification's own limit. */
const MAX_MESSAGE = 128 * 1024 * 1024;

const aligned = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Where the session bus listens, from its address (`unix:path=…`, `unix:abstract=…`); null when it is of another kind. */
export function busSocket(env: Readonly<Record<string, string | undefined>>): string | null {
  const address = env.DBUS_SESSION_BUS_ADDRESS;
  if (!address) return env.XDG_RUNTIME_DIR ? `${env.XDG_RUNTIME_DIR}/bus` : null;
  for (const one of address.split(';')) {
    const [, kind, value] = /^unix:(?:.*,)?(path|abstract)=([^,]*)/.exec(one) ?? [];
    if (kind && value) return (kind === 'abstract' ? '\0' : '') + decodeURIComponent(value);
  }
  return null;
}

function marshalString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const out = Buffer.alloc(4 + bytes.length + 1);
  out.writeUInt32LE(bytes.length);
  bytes.copy(out, 4);
  return out;
}

/** A call of the bus's own object, with one string or nothing as argument. */
export function marshalCall(serial: number, member: string, argument?: string): Buffer {
  const fields: Buffer[] = [];
  const field = (code: number, signature: string, value: Buffer): void => {
    const before = fields.reduce((n, part) => n + part.length, 0);
    // Each field starts on a multiple of 8; after the last one follows no padding that counts.
    fields.push(
      Buffer.alloc(aligned(before, 8) - before),
      Buffer.from([code, 1, signature.charCodeAt(0), 0]),
      value,
    );
  };
  field(1, 'o', marshalString('/org/freedesktop/DBus'));
  field(2, 's', marshalString(BUS));
  field(3, 's', marshalString(member));
  field(6, 's', marshalString(BUS));
  if (argument !== undefined) field(8, 'g', Buffer.from([1, 's'.charCodeAt(0), 0]));
  const head = Buffer.concat(fields);
  const body = argument === undefined ? Buffer.alloc(0) : marshalString(argument);
  const header = Buffer.alloc(16);
  header.write('l');
  header[1] = CALL;
  header[3] = 1;
  header.writeUInt32LE(body.length, 4);
  header.writeUInt32LE(serial, 8);
  header.writeUInt32LE(head.length, 12);
  return Buffer.concat([header, head, Buffer.alloc(aligned(head.length, 8) - head.length), body]);
}

export interface BusMessage {
  type: number;
  little: boolean;
  body: Buffer;
}

/** Cuts what the bus sends into messages. Throws RangeError on one that no bus would send. */
export function takeMessages(bytes: Buffer): { messages: BusMessage[]; rest: Buffer } {
  const messages: BusMessage[] = [];
  let rest = bytes;
  while (rest.length >= 16) {
    const little = rest[0] === 'l'.charCodeAt(0);
    const number = (at: number): number => (little ? rest.readUInt32LE(at) : rest.readUInt32BE(at));
    const bodyAt = 16 + aligned(number(12), 8);
    const end = bodyAt + number(4);
    if (end > MAX_MESSAGE) throw new RangeError(`message of ${end} bytes`);
    if (rest.length < end) break;
    messages.push({ type: rest[1] ?? 0, little, body: rest.subarray(bodyAt, end) });
    rest = rest.subarray(end);
  }
  return { messages, rest };
}

/** The strings that a body consists of. Throws RangeError when it is something else. */
export function readStrings({ body, little }: BusMessage): string[] {
  const strings: string[] = [];
  for (let at = 0; at < body.length; ) {
    at = aligned(at, 4);
    const length = little ? body.readUInt32LE(at) : body.readUInt32BE(at);
    if (at + 4 + length + 1 > body.length) throw new RangeError('string beyond the body');
    strings.push(body.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length + 1;
  }
  return strings;
}

/**
 * Watches one name on the session bus: `onOwner(true)` when it has or gets an owner, `onOwner(false)` when it has
 * none or loses it; first for the moment of the start. Silent where there is no bus. The answer stops it.
 */
export function watchBusName(
  name: string,
  onOwner: (owned: boolean) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): () => void {
  const path = busSocket(env);
  if (path === null) return () => {};
  const socket: Socket = connect(path);
  // Nothing of the app waits for this connection.
  socket.unref();
  socket.on('error', () => {});
  let pending: Buffer = Buffer.alloc(0);
  let authenticated = false;
  let returns = 0;
  const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  socket.on('connect', () => socket.write(`\0AUTH EXTERNAL ${uid}\r\n`));

  const begin = (): void => {
    const rule = `type='signal',sender='${BUS}',member='NameOwnerChanged',arg0='${name}'`;
    socket.write('BEGIN\r\n');
    socket.write(marshalCall(1, 'Hello'));
    // Asked after the match is in force, so that no change falls between the two.
    socket.write(marshalCall(2, 'AddMatch', rule));
    socket.write(marshalCall(3, 'NameHasOwner', name));
  };
  const handle = (message: BusMessage): void => {
    if (message.type === RETURN) {
      // Answers come in the order of the calls; only the last is of interest.
      returns += 1;
      if (returns === 3) onOwner(message.body.some((byte) => byte !== 0));
    } else if (message.type === SIGNAL) {
      const [changed, , owner] = readStrings(message);
      if (changed === name && owner !== undefined) onOwner(owner !== '');
    }
  };
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    try {
      if (!authenticated) {
        const end = pending.indexOf('\r\n');
        if (end < 0 && pending.length < 4096) return;
        if (!pending.toString('latin1', 0, end).startsWith('OK '))
          throw new RangeError('not accepted by the bus');
        pending = pending.subarray(end + 2);
        authenticated = true;
        begin();
      }
      const { messages, rest } = takeMessages(pending);
      pending = rest;
      messages.forEach(handle);
    } catch {
      socket.destroy();
    }
  });
  return () => socket.destroy();
}
