import { spawn } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { terminalSocketOf } from '../../contract/pty-protocol.ts';
import { markUse } from '../versions.ts';
import { PtyHostClient, type PtyHostEvents } from './pty-host-client.ts';

const START_MS = 10_000;

export interface PtyHostPlace {
  /** Controller socket (or pipe); the terminals' is derived from it. */
  socket: string;
  /** The product's own Node and the pty-host's program. */
  node: string;
  program: string;
  logFile: string;
}

/** Connects to the host that runs, or answers null when none does. Other errors (a host of another protocol, no answer) reject. */
export async function connectPtyHost(socket: string, events: PtyHostEvents): Promise<PtyHostClient | null> {
  try {
    return await PtyHostClient.connect(socket, events);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return null;
    throw error;
  }
}

/**
 * Connects to the host, starting it when none listens. Only the agent calls this, and there is one agent, so
 * clearing away a dead socket cannot take a living host's: one that holds a session has been listening since
 * before it got it (docs/decisions/0012-pty-host.md).
 */
export async function findOrStartPtyHost(place: PtyHostPlace, events: PtyHostEvents): Promise<PtyHostClient> {
  const running = await connectPtyHost(place.socket, events);
  if (running) return running;
  if (process.platform !== 'win32') {
    await mkdir(dirname(place.socket), { recursive: true, mode: 0o700 });
    await rm(place.socket, { force: true });
    await rm(terminalSocketOf(place.socket), { force: true });
  }
  await launch(place);
  return PtyHostClient.connect(place.socket, events);
}

/** Starts the host detached, and waits until it listens or ends. */
async function launch(place: PtyHostPlace): Promise<void> {
  await mkdir(dirname(place.logFile), { recursive: true, mode: 0o700 });
  const log = await open(place.logFile, 'a', 0o600);
  try {
    const child = spawn(place.node, [place.program, '--socket', place.socket], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      cwd: dirname(place.logFile),
      // Nothing of ours goes to it or, through it, anywhere: each pty's environment comes with its spawn.
      env: minimalEnvironment(),
      windowsHide: true,
    });
    await markUse(place.program, child.pid);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the pty-host did not start in time')), START_MS);
      child.on('message', () => {
        clearTimeout(timer);
        resolve();
      });
      // One that found the address taken ends; whoever took it is then there to be connected to.
      child.on('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
    child.unref();
  } finally {
    await log.close();
  }
}

function minimalEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name of ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'windir', 'TEMP', 'TMP', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
