import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PtyHostClient } from '../../src/agent/sessions/pty-host-client.ts';
import { TerminalConnection } from '../../src/client/terminal-connection.ts';
import { terminalSocket } from '../../src/client/terminal-socket.ts';
import { type HostedPty, terminalSocketOf } from '../../src/contract/pty-protocol.ts';
import { compiledOnce, pinnedNode } from './sandbox.ts';

/** A pty-host process of a test's own, a controller's connection to it and terminals attached to it. */

const program = fileURLToPath(new URL('../../src/pty-host/main.ts', import.meta.url));
/** One that is let go with `detached` lives on without its test. */
const FOREVER = 3_600_000;

/** Calls waiters whenever something happened; `until` resolves when its condition holds. */
export class Happenings {
  #waiters = new Set<() => void>();
  happened(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
  until(condition: () => boolean, what: string, ms = 45_000): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(look);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`waited ${ms} ms for: ${what}`));
      }, ms);
      const look = () => {
        if (!condition()) return;
        done();
        resolve();
      };
      this.#waiters.add(look);
    });
  }
}

/** An attached terminal that keeps all bytes, consumes them at once unless told otherwise, and can wait for text. */
export class TestTerminal {
  readonly connection: TerminalConnection;
  readonly chunks: Buffer[] = [];
  readonly sizes: [number, number][] = [];
  bytes = 0;
  wasLive = false;
  end: { exitCode: number | null; signal: string | null } | undefined;
  closed: string | undefined;
  /** False: output is not acknowledged. */
  consuming = true;
  readonly happenings = new Happenings();

  constructor(path: string, hello: { ticket: string; cols: number; rows: number }) {
    this.connection = new TerminalConnection(terminalSocket(path), hello, {
      output: (chunk) => {
        this.chunks.push(Buffer.from(chunk));
        this.bytes += chunk.byteLength;
        if (this.consuming) this.connection.consumed(chunk.byteLength);
        this.happenings.happened();
      },
      size: (cols, rows) => {
        this.sizes.push([cols, rows]);
        this.happenings.happened();
      },
      live: () => {
        this.wasLive = true;
        this.happenings.happened();
      },
      exit: (end) => {
        this.end = end;
        this.happenings.happened();
      },
      closed: (reason) => {
        this.closed = reason;
        this.happenings.happened();
      },
    });
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  live(): Promise<void> {
    return this.happenings.until(() => this.wasLive || this.closed !== undefined, 'live');
  }

  /** Waits until the text so far has `part`. */
  async shows(part: string | RegExp, ms?: number): Promise<void> {
    const has = () => (typeof part === 'string' ? this.text.includes(part) : part.test(this.text));
    await this.happenings.until(has, `${part} in ${JSON.stringify(this.text.slice(-2000))}`, ms);
  }

  ended(ms?: number): Promise<void> {
    return this.happenings.until(() => this.closed !== undefined, 'the end of the connection', ms);
  }
}

export class TestPtyHost implements AsyncDisposable {
  readonly folder: string;
  readonly socket: string;
  readonly pid: number;
  readonly ptys = new Map<string, HostedPty>();
  readonly happenings = new Happenings();
  client!: PtyHostClient;
  #terminals: TestTerminal[] = [];

  private constructor(folder: string, socket: string, pid: number) {
    this.folder = folder;
    this.socket = socket;
    this.pid = pid;
  }

  static async start(options: { idleMs?: number } = {}): Promise<TestPtyHost> {
    const folder = await mkdtemp(join(tmpdir(), 'pty-host-'));
    const socket = join(folder, 'pty-host.sock');
    const child = spawn(
      pinnedNode,
      [program, '--socket', socket, '--idle-ms', String(options.idleMs ?? FOREVER)],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        detached: true,
        env: { ...process.env, ...compiledOnce },
      },
    );
    await once(child, 'message', { signal: AbortSignal.timeout(45_000) });
    child.unref();
    const host = new TestPtyHost(folder, socket, child.pid as number);
    await host.connect();
    return host;
  }

  /** The socket for terminals. */
  get terminals(): string {
    return terminalSocketOf(this.socket);
  }

  async connect(): Promise<PtyHostClient> {
    const client = await PtyHostClient.connect(this.socket, {
      changed: (pty) => {
        this.ptys.set(pty.id, pty);
        this.happenings.happened();
      },
      forgotten: (id) => {
        this.ptys.delete(id);
        this.happenings.happened();
      },
      closed: () => this.happenings.happened(),
    });
    for (const pty of client.ptys) this.ptys.set(pty.id, pty);
    this.client = client;
    return client;
  }

  /** Runs a program; answers its id. */
  async run(
    file: string,
    args: readonly string[] = [],
    more: { env?: Record<string, string>; cols?: number; rows?: number; cwd?: string; id?: string } = {},
  ): Promise<string> {
    const id = more.id ?? crypto.randomUUID();
    const { pty } = await this.client.request({
      type: 'spawn',
      id,
      file,
      args: [...args],
      cwd: more.cwd ?? this.folder,
      env: more.env ?? { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8' },
      cols: more.cols ?? 80,
      rows: more.rows ?? 24,
      meta: '{}',
    });
    if (pty && !this.ptys.has(id)) this.ptys.set(id, pty);
    return id;
  }

  shell(script: string, more?: Parameters<TestPtyHost['run']>[2]): Promise<string> {
    return this.run('/bin/sh', ['-c', script], more);
  }

  async attach(
    id: string,
    size: { cols: number; rows: number } = { cols: 80, rows: 24 },
  ): Promise<TestTerminal> {
    const { ticket = '' } = await this.client.request({ type: 'ticket', id });
    const terminal = new TestTerminal(terminalSocketOf(this.socket), { ticket, ...size });
    this.#terminals.push(terminal);
    return terminal;
  }

  exited(id: string, ms?: number): Promise<void> {
    return this.happenings.until(() => this.ptys.get(id)?.exitedAt != null, `exit of ${id}`, ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals) terminal.connection.close();
    if (!this.client.connected) await this.connect().catch(() => undefined);
    if (this.client.connected) {
      await this.client.request({ type: 'shutdown' }).catch(() => undefined);
      await this.happenings.until(() => !this.client.connected, 'end of the host').catch(() => undefined);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
