import { connect, type Socket } from 'node:net';
import { decodeJson, encodeJson, FrameReader } from '../../contract/pty-frames.ts';
import {
  ControllerAnswer,
  type ControllerRequest,
  frameType,
  type HostedPty,
  PTY_PROTOCOL_VERSION,
  type TypedKey,
} from '../../contract/pty-protocol.ts';

type Ok = Extract<ControllerAnswer, { type: 'ok' }>;
type Wish = ControllerRequest extends infer R ? (R extends { n: number } ? Omit<R, 'n'> : never) : never;

const CONNECT_MS = 5_000;
/** A kill answers when the tree has ended, which may take its grace of up to a minute and a little more. */
const ANSWER_MS = 70_000;

/** The host could not do what was asked: `code` of the protocol. */
export class PtyHostRefusal extends Error {
  readonly code: string;
  readonly reason: string;
  constructor(code: string, reason: string) {
    super(`pty-host: ${code} (${reason})`);
    this.code = code;
    this.reason = reason;
  }
}

export interface PtyHostEvents {
  changed(pty: HostedPty): void;
  forgotten(id: string): void;
  /** A terminal typed a key that says something about the program's state. */
  typed?(id: string, key: TypedKey): void;
  /** The connection has ended; requests under way have been rejected. */
  closed(): void;
}

/** A controller's connection to the pty-host. */
export class PtyHostClient {
  readonly pid: number;
  /** The ptys that were there when the connection was made. */
  readonly ptys: readonly HostedPty[];
  #socket: Socket;
  #waiting: Map<number, { resolve: (ok: Ok) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }>;
  #n = 0;

  private constructor(socket: Socket, welcome: Extract<ControllerAnswer, { type: 'welcome' }>) {
    this.pid = welcome.pid;
    this.ptys = welcome.ptys;
    this.#socket = socket;
    this.#waiting = new Map();
  }

  /**
   * Connects. Rejects with the socket's error (ENOENT and ECONNREFUSED mean that no host listens), and with
   * PtyHostRefusal `protocol` when the host speaks another protocol.
   */
  static connect(path: string, events: PtyHostEvents): Promise<PtyHostClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      let client: PtyHostClient | undefined;
      const timer = setTimeout(() => socket.destroy(new Error('the pty-host does not answer')), CONNECT_MS);
      const reader = new FrameReader((type, body) => {
        if (type !== frameType.json) throw new TypeError('frame');
        const parsed = ControllerAnswer.safeParse(decodeJson(body));
        // A newer host may say more than is known here.
        if (!parsed.success) return;
        const message = parsed.data;
        if (message.type === 'welcome') {
          clearTimeout(timer);
          if (message.protocol !== PTY_PROTOCOL_VERSION) {
            socket.destroy(new PtyHostRefusal('protocol', String(message.protocol)));
            return;
          }
          client = new PtyHostClient(socket, message);
          resolve(client);
        } else if (message.type === 'changed') events.changed(message.pty);
        else if (message.type === 'forgotten') events.forgotten(message.id);
        else if (message.type === 'typed') events.typed?.(message.id, message.key);
        else if (client) client.#answer(message);
      });
      socket.on('connect', () =>
        socket.write(
          encodeJson({
            type: 'hello',
            protocol: PTY_PROTOCOL_VERSION,
            role: 'controller',
            news: ['keys'],
          }),
        ),
      );
      socket.on('data', (chunk) => {
        try {
          reader.push(chunk);
        } catch (error) {
          socket.destroy(error as Error);
        }
      });
      socket.on('error', reject);
      socket.on('close', () => {
        clearTimeout(timer);
        reject(new Error('the pty-host closed the connection'));
        if (!client) return;
        for (const { reject: fail, timer: t } of client.#waiting.values()) {
          clearTimeout(t);
          fail(new Error('the pty-host is gone'));
        }
        client.#waiting.clear();
        events.closed();
      });
    });
  }

  get connected(): boolean {
    return !this.#socket.destroyed;
  }

  /** Asks the host. Rejects with PtyHostRefusal, or with an Error when the connection ends first. */
  request(wish: Wish): Promise<Ok> {
    if (!this.connected) return Promise.reject(new Error('the pty-host is gone'));
    const n = ++this.#n;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(n);
        reject(new Error('the pty-host does not answer'));
      }, ANSWER_MS);
      this.#waiting.set(n, { resolve, reject, timer });
      this.#socket.write(encodeJson({ ...wish, n }));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(message: Extract<ControllerAnswer, { type: 'ok' | 'failed' }>): void {
    const waiting = this.#waiting.get(message.n);
    if (!waiting) return;
    this.#waiting.delete(message.n);
    clearTimeout(waiting.timer);
    if (message.type === 'ok') waiting.resolve(message);
    else waiting.reject(new PtyHostRefusal(message.code, message.reason));
  }
}
