import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { BedrockTrayError, ErrorView } from '../contract/errors.ts';
import type { Role } from '../contract/roles.ts';
import { routes } from '../contract/routes.ts';
import { isPrivateFolder } from '../contract/socket-path.ts';
import { PRODUCT_VERSION } from '../contract/version.ts';
import { type AgentPlaces, agentPlaces, type Env, isTrustedPlace } from './agent-places.ts';
import { openAgentSocket } from './agent-socket.ts';
import { type AgentConnection, rpcClient } from './rpc-client.ts';

export interface ConnectOptions {
  role: Role;
  /** The caller's environment: names the state folder, and is inherited by an agent that is started. Default: this process's. */
  env?: Env | undefined;
  /** Start the agent when none answers. */
  start: boolean;
  /** Folder with the built programs (`agent/main.mjs`). */
  outDir: string;
  /** Node executable for the agent; default BEDROCK_TRAY_NODE, then the product's own. */
  node?: string | undefined;
}

const READY_WITHIN_MS = 10_000;
/** After a start that lost against an agent which is just ending, how long to wait before the next one. */
const START_AGAIN_AFTER_MS = 500;
const TAIL_BYTES = 2048;

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Variables that would change how the agent's Node itself runs; they belong to the process that starts it. */
const notInherited =
  /^(NODE_OPTIONS|NODE_CHANNEL_FD|NODE_CHANNEL_SERIALIZATION_MODE|NODE_UNIQUE_ID|NODE_V8_COVERAGE|ELECTRON_.*|VITEST.*)$/;

/** The command that runs the agent, for `bedrock-tray agent run` and for the start in the background. */
export function agentCommand(options: Pick<ConnectOptions, 'env' | 'outDir' | 'node'>): {
  file: string;
  args: string[];
  env: Record<string, string>;
} {
  const given = options.env ?? process.env;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !notInherited.test(name)) env[name] = value;
  }
  // Only how certificates are found is the person's business here.
  const trust = given.NODE_OPTIONS?.match(/--use-(system|openssl|bundled)-ca\b/g);
  if (trust) env.NODE_OPTIONS = trust.join(' ');
  if (env.BEDROCK_TRAY_HOME) env.BEDROCK_TRAY_HOME = resolve(env.BEDROCK_TRAY_HOME);
  return {
    file: options.node ?? given.BEDROCK_TRAY_NODE ?? productNode(options.outDir),
    args: [join(options.outDir, 'agent', 'main.mjs')],
    env,
  };
}

/** The Node that the product brings along, or the one that runs this (never Electron's own). */
function productNode(outDir: string): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = join(outDir, '..', 'node_modules', 'node', 'bin', name);
  if (existsSync(own)) return own;
  return process.versions.electron === undefined ? process.execPath : name;
}

/** Long runs of letters and digits, as keys and tokens are, do not belong on a screen. */
const masked = (text: string) =>
  text.replace(/[A-Za-z0-9+/=_-]{40,}/g, '…').replace(/\b(AKIA|ASIA)\w+/g, '$1…');

/** Why an agent did not start, from what it wrote to the start-up log since `from`; undefined when it wrote nothing. */
function printedReason(fd: number, from: number): BedrockTrayError | undefined {
  const size = fstatSync(fd).size;
  const start = Math.max(from, size - TAIL_BYTES);
  const bytes = Buffer.alloc(Math.max(0, size - start));
  readSync(fd, bytes, 0, bytes.length, start);
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at ') && !line.startsWith('Node.js v'));
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  try {
    // An agent that knows why says it in the contract's terms.
    const view = ErrorView.parse(JSON.parse(last));
    return new BedrockTrayError(view.code, view.params as never);
  } catch {
    return unavailable(masked(lines.slice(-3).join('; ')));
  }
}

const unavailable = (reason: string) => new BedrockTrayError('AgentUnavailable', { reason });

interface Started {
  /** Ends with the exit code (null after a signal), or with the error of a program that could not be run. */
  ended: Promise<{ code: number | null; error?: Error }>;
  outcome: { code: number | null; error?: Error } | undefined;
}

/** Whether nobody else can have put anything into a folder: compiled code in it is run as it stands. */
function isOurs(folder: string): boolean {
  if (process.platform === 'win32') return true;
  return isPrivateFolder(lstatSync(folder), process.getuid?.() ?? -1);
}

function startDetached(options: ConnectOptions, home: string, log: number): Started {
  const { file, args, env } = agentCommand(options);
  if (isOurs(home)) env.NODE_COMPILE_CACHE ??= join(home, 'code-cache', PRODUCT_VERSION);
  // From Electron on Linux the agent would inherit Chromium's descriptors: detach.ts lets go of them first.
  const between =
    process.versions.electron !== undefined && process.platform === 'linux'
      ? [file, join(options.outDir, 'client', 'detach.cjs')]
      : [];
  const [first, ...rest] = [...between, file, ...args] as [string, ...string[]];
  const child: ChildProcess = spawn(first, rest, {
    cwd: home,
    env,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  const started: Started = {
    outcome: undefined,
    ended: new Promise((done) => {
      child.once('error', (error) => done({ code: null, error }));
      child.once('exit', (code) => done({ code }));
    }),
  };
  void started.ended.then((outcome) => {
    started.outcome = outcome;
  });
  return started;
}

async function start(options: ConnectOptions, places: AgentPlaces): Promise<AgentConnection> {
  mkdirSync(places.home, { recursive: true, mode: 0o700 });
  mkdirSync(places.logs, { recursive: true, mode: 0o700 });
  // What Node itself prints before the agent's own log is open; emptied when it has grown.
  const file = join(places.logs, 'agent-start.log');
  let log = openSync(file, 'a+', 0o600);
  if (fstatSync(log).size > 256 * 1024) {
    closeSync(log);
    log = openSync(file, 'w+', 0o600);
  }
  const from = fstatSync(log).size;
  try {
    const deadline = Date.now() + READY_WITHIN_MS;
    let started = startDetached(options, places.home, log);
    let startedAt = Date.now();
    for (let delay = 25; ; delay = Math.min(delay * 1.5, 200)) {
      await (started.outcome ? wait(delay) : Promise.race([wait(delay), started.ended]));
      const socket = await openAgentSocket(places, options.role);
      if (socket) return rpcClient(socket);
      const outcome = started.outcome;
      if (outcome?.error) throw unavailable(outcome.error.message);
      if (outcome && outcome.code !== 0) {
        throw printedReason(log, from) ?? unavailable(`it ended with code ${outcome.code}`);
      }
      if (Date.now() > deadline) {
        throw printedReason(log, from) ?? unavailable(`it did not answer within ${READY_WITHIN_MS / 1000} s`);
      }
      // Another agent had the lock, yet none answers: that one was ending.
      if (outcome && Date.now() - startedAt > START_AGAIN_AFTER_MS) {
        started = startDetached(options, places.home, log);
        startedAt = Date.now();
      }
    }
  } finally {
    closeSync(log);
  }
}

/**
 * Finds the agent of this user and state folder, or starts it, and opens a conversation in a role. Errors:
 * AgentUnavailable (with the reason it printed), ProtocolMismatch, SocketInUse.
 */
export async function connectAgent(options: ConnectOptions): Promise<AgentConnection> {
  const places = agentPlaces(options.env);
  const socket = await openAgentSocket(places, options.role);
  if (socket) return rpcClient(socket);
  if (!options.start) throw new BedrockTrayError('AgentUnavailable', { reason: 'it is not running' });
  return start(options, places);
}

export interface Hello {
  version: string;
  protocol: number;
  pid: number;
}

/** Who listens, whatever protocol it speaks; undefined when nobody does. Errors: SocketInUse. */
export function agentHello(env?: Env): Promise<Hello | undefined> {
  const { agent } = agentPlaces(env);
  if (!isTrustedPlace(agent)) return Promise.resolve(undefined);
  return new Promise((done, reject) => {
    const inUse = (cause?: unknown) =>
      reject(new BedrockTrayError('SocketInUse', { path: agent.path }, { cause }));
    const request = get(
      { socketPath: agent.path, path: routes.hello, agent: false, timeout: 5000 },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > 4096) request.destroy(new Error('too long an answer'));
        });
        response.on('end', () => {
          try {
            const hello = JSON.parse(body) as Hello;
            if (!Number.isInteger(hello.pid) || hello.pid <= 1) throw new TypeError('no pid');
            done(hello);
          } catch (error) {
            inUse(error);
          }
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET')
        done(undefined);
      else inUse(error);
    });
  });
}

/** A process that has ended but that nobody has waited for (a container without an init) does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Ends the agent of this state folder, also one that speaks another protocol (it is asked by SIGHUP, which
 * keeps its sessions, or SIGTERM, which ends them). Answers false when none ran. Resolves when its process has ended.
 */
export async function stopAgent(
  options: Pick<ConnectOptions, 'env' | 'outDir'> & { sessions: 'keep' | 'end' },
): Promise<boolean> {
  const hello = await agentHello(options.env);
  if (!hello) return false;
  try {
    const agent = await connectAgent({ ...options, role: 'cli', start: false });
    const gone = new Promise<void>((done) => agent.onClose(() => done()));
    await agent.call('agent.stop', { sessions: options.sessions });
    // Cleared, since a timer that is left would keep a command line waiting for its own end.
    let patience: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([gone, new Promise((done) => (patience = setTimeout(done, READY_WITHIN_MS)))]);
    clearTimeout(patience);
    agent.close();
  } catch (error) {
    if (!(error instanceof BedrockTrayError) || error.code !== 'ProtocolMismatch') throw error;
    process.kill(
      hello.pid,
      options.sessions === 'keep' && process.platform !== 'win32' ? 'SIGHUP' : 'SIGTERM',
    );
  }
  const deadline = Date.now() + READY_WITHIN_MS;
  // It closes its socket first and writes its last state after that.
  const there = async () => isRunning(hello.pid) || (await agentHello(options.env))?.pid === hello.pid;
  for (let delay = 25; await there(); delay = Math.min(delay * 2, 250)) {
    if (Date.now() > deadline) throw new BedrockTrayError('AgentUnavailable', { reason: 'it does not end' });
    await wait(delay);
  }
  return true;
}
