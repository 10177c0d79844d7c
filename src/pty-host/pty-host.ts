import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { decodeJson, encodeJson, FrameReader } from '../contract/pty-frames.ts';
import {
  type ControllerAnswer,
  ControllerRequest,
  frameType,
  PTY_PROTOCOL_VERSION,
  PtyHello,
  TerminalRequest,
} from '../contract/pty-protocol.ts';
import { HostedSession } from './hosted-session.ts';
import { TerminalLink } from './terminal-link.ts';

const HELLO_MS = 10_000;
const TICKET_MS = 60_000;
/** Changes of one session are told at most every 50 ms. */
const CHANGE_MS = 50;
/** An agent that leaves this much unread is cut off; it connects again and asks anew. */
const MAX_CONTROLLER_BACKLOG = 8 * 1024 * 1024;
const SHUTDOWN_GRACE_MS = 3_000;

export interface PtyHostOptions {
  /** Without a controller and a live pty for this long, the host is done. */
  idleMs: number;
  onDone: () => void;
}

/** Owns the ptys, and serves connections of agents (controllers) and of terminals. */
export class PtyHost {
  #options: PtyHostOptions;
  #sessions = new Map<string, HostedSession>();
  #controllers = new Set<Socket>();
  /** Those of them that want to know of keys. */
  #keyWatchers = new WeakSet<Socket>();
  #tickets = new Map<string, { id: string; until: number }>();
  #changes = new Map<string, { timer: NodeJS.Timeout; again: boolean }>();
  #idle: NodeJS.Timeout | undefined;
  #done = false;

  constructor(options: PtyHostOptions) {
    this.#options = options;
    this.#watchIdle();
  }

  /** Serves one connection. `role` is what its socket is for: nothing else may be said on it. */
  serve(socket: Socket, role: 'controller' | 'terminal'): void {
    let receive: ((type: number, body: Uint8Array) => void) | undefined;
    const hello = setTimeout(() => socket.destroy(), HELLO_MS);
    const reader = new FrameReader((type, body) => {
      if (receive) return receive(type, body);
      clearTimeout(hello);
      const greeting = type === frameType.json ? PtyHello.parse(decodeJson(body)) : undefined;
      if (greeting?.role !== role) {
        socket.destroy();
        return;
      }
      receive =
        greeting.role === 'controller'
          ? this.#controller(socket, greeting)
          : this.#terminal(socket, greeting);
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      try {
        if (!socket.destroyed) reader.push(chunk);
      } catch {
        // A broken peer loses its connection, and nothing else happens.
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearTimeout(hello));
  }

  /** Ends every pty; then the host is done. */
  async shutdown(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((s) => s.kill(SHUTDOWN_GRACE_MS)));
    this.#finish();
  }

  #controller(socket: Socket, hello: PtyHello): (type: number, body: Uint8Array) => void {
    this.#controllers.add(socket);
    if (hello.role === 'controller' && hello.news?.includes('keys')) this.#keyWatchers.add(socket);
    this.#watchIdle();
    socket.on('close', () => {
      this.#controllers.delete(socket);
      this.#watchIdle();
    });
    send(socket, {
      type: 'welcome',
      protocol: PTY_PROTOCOL_VERSION,
      pid: process.pid,
      ptys: [...this.#sessions.values()].map((s) => s.view()),
    });
    if (hello.protocol !== PTY_PROTOCOL_VERSION) socket.end();
    return (type, body) => {
      if (type !== frameType.json) throw new TypeError('frame');
      const message = decodeJson(body);
      const request = ControllerRequest.safeParse(message);
      if (!request.success) {
        const n = Number((message as { n?: unknown } | null)?.n ?? -1);
        const reason = request.error.issues.map((i) => i.path.join('.')).join(', ');
        send(socket, { type: 'failed', n, code: 'bad-request', reason });
        return;
      }
      const { n } = request.data;
      this.#perform(request.data).then(
        (answer) => send(socket, { ...answer, n }),
        (error: unknown) =>
          send(socket, {
            type: 'failed',
            n,
            code: 'spawn-failed',
            reason: error instanceof Error ? error.message : '',
          }),
      );
    };
  }

  async #perform(request: ControllerRequest): Promise<Extract<ControllerAnswer, { type: 'ok' | 'failed' }>> {
    const { n } = request;
    const unknown = { type: 'failed', n, code: 'unknown-session', reason: '' } as const;
    switch (request.type) {
      case 'list':
        return { type: 'ok', n, ptys: [...this.#sessions.values()].map((s) => s.view()) };
      case 'spawn':
        return this.#spawn(request);
      case 'shutdown':
        await Promise.all([...this.#sessions.values()].map((s) => s.kill(SHUTDOWN_GRACE_MS)));
        // After the answer is on its way.
        setImmediate(() => this.#finish());
        return { type: 'ok', n };
      default: {
        const session = this.#sessions.get(request.id);
        if (!session) return unknown;
        switch (request.type) {
          case 'ticket':
            return { type: 'ok', n, ticket: this.#ticket(session.id) };
          case 'meta':
            session.meta = request.meta;
            return { type: 'ok', n, pty: session.view() };
          case 'kill':
            await session.kill(request.graceMs);
            return { type: 'ok', n, pty: session.view() };
          case 'forget':
            if (session.alive) return { type: 'failed', n, code: 'bad-request', reason: 'running' };
            this.#forget(session);
            return { type: 'ok', n };
        }
      }
    }
  }

  async #spawn(
    request: Extract<ControllerRequest, { type: 'spawn' }>,
  ): Promise<Extract<ControllerAnswer, { type: 'ok' | 'failed' }>> {
    const { n, id } = request;
    const failed = (reason: string) => ({ type: 'failed', n, code: 'spawn-failed', reason }) as const;
    const folder = await stat(request.cwd).catch(() => undefined);
    if (!folder?.isDirectory()) return failed('cwd');
    const file = await stat(request.file).catch(() => undefined);
    if (!file?.isFile()) return failed('file');
    if (
      !(await access(request.file, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      return failed('file');
    if (this.#done) return failed('ending');
    const old = this.#sessions.get(id);
    if (old?.alive) return { type: 'failed', n, code: 'bad-request', reason: 'running' };
    const session = new HostedSession(
      id,
      request.meta,
      request,
      () => this.#changed(id),
      (key) => {
        for (const controller of this.#controllers) {
          if (this.#keyWatchers.has(controller)) send(controller, { type: 'typed', id, key });
        }
      },
    );
    // Only now: a failed start leaves what there was. A resumed conversation keeps its id.
    if (old) this.#forget(old);
    this.#sessions.set(id, session);
    this.#watchIdle();
    void session.ended.then(() => this.#watchIdle());
    this.#changed(id);
    return { type: 'ok', n, pty: session.view() };
  }

  #forget(session: HostedSession): void {
    session.close();
    this.#sessions.delete(session.id);
    this.#broadcast({ type: 'forgotten', id: session.id });
  }

  #ticket(id: string): string {
    const now = performance.now();
    for (const [ticket, { until }] of this.#tickets) if (until < now) this.#tickets.delete(ticket);
    const ticket = randomBytes(24).toString('base64url');
    this.#tickets.set(ticket, { id, until: now + TICKET_MS });
    return ticket;
  }

  #terminal(
    socket: Socket,
    hello: Extract<PtyHello, { role: 'terminal' }>,
  ): (type: number, body: Uint8Array) => void {
    const link = new TerminalLink(socket, { cols: hello.cols, rows: hello.rows });
    const ignore = () => undefined;
    if (hello.protocol !== PTY_PROTOCOL_VERSION) {
      link.tell({ type: 'refused', reason: 'protocol' });
      link.end();
      return ignore;
    }
    const ticket = this.#tickets.get(hello.ticket);
    this.#tickets.delete(hello.ticket);
    const session = ticket && this.#sessions.get(ticket.id);
    if (!ticket || !session || ticket.until < performance.now()) {
      link.tell({ type: 'refused', reason: ticket && !session ? 'unknown-session' : 'ticket' });
      link.end();
      return ignore;
    }
    socket.on('close', () => {
      link.closed();
      session.detach(link);
    });
    const { cols, rows } = session.view();
    link.tell({ type: 'welcome', protocol: PTY_PROTOCOL_VERSION, id: session.id, cols, rows });
    session.attach(link);
    return (type, body) => {
      if (type === frameType.input) return session.input(link, body);
      if (type !== frameType.json) throw new TypeError('frame');
      const request = TerminalRequest.parse(decodeJson(body));
      if (request.type === 'ack') session.acknowledge(link, request.bytes);
      else session.resize(link, { cols: request.cols, rows: request.rows });
    };
  }

  #changed(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    const recent = this.#changes.get(id);
    // An end is told at once.
    if (recent && session.alive) {
      recent.again = true;
      return;
    }
    clearTimeout(recent?.timer);
    const entry = {
      again: false,
      timer: setTimeout(() => {
        this.#changes.delete(id);
        if (entry.again) this.#changed(id);
      }, CHANGE_MS),
    };
    this.#changes.set(id, entry);
    this.#broadcast({ type: 'changed', pty: session.view() });
  }

  #broadcast(message: ControllerAnswer): void {
    for (const controller of this.#controllers) send(controller, message);
  }

  #watchIdle(): void {
    const busy = this.#controllers.size > 0 || [...this.#sessions.values()].some((s) => s.alive);
    if (busy) {
      clearTimeout(this.#idle);
      this.#idle = undefined;
    } else {
      this.#idle ??= setTimeout(() => this.#finish(), this.#options.idleMs);
    }
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#idle);
    for (const session of this.#sessions.values()) session.close();
    for (const controller of this.#controllers) controller.end();
    this.#options.onDone();
  }
}

function send(socket: Socket, message: ControllerAnswer): void {
  if (socket.destroyed || !socket.writable) return;
  if (socket.writableLength > MAX_CONTROLLER_BACKLOG) socket.destroy();
  else socket.write(encodeJson(message));
}
