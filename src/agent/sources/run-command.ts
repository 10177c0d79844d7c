import { type ChildProcess, spawn } from 'node:child_process';

/** More than any credentials document; what comes after is dropped and the document then is none. */
const STDOUT_BYTES = 1024 * 1024;
/** The end of stderr: where commands say why. */
const STDERR_BYTES = 8 * 1024;
/** A grandchild may hold stdout open; what the command itself said is there by then. */
const CLOSE_GRACE_MS = 1_000;

export interface CommandResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
}

export interface CommandWish {
  /** Program and arguments, started without a shell; or a text for the shell. */
  command: readonly string[] | { shell: string };
  env: Readonly<Record<string, string>>;
  cwd: string;
  timeoutMs: number;
  /** Ends the command. */
  signal: AbortSignal;
}

/**
 * Runs a command in a process group of its own, without a terminal and without input, for a bounded time; at the
 * end of it the command and all that it started are killed. Rejects with the system's error where it cannot be
 * started (`ENOENT`).
 */
export function runCommand(wish: CommandWish): Promise<CommandResult> {
  const { command, env, cwd, timeoutMs, signal } = wish;
  const options = {
    env,
    cwd,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child =
      'shell' in command
        ? spawn(command.shell, { ...options, shell: true })
        : spawn(command[0] ?? '', command.slice(1), options);
    // Its error follows; where descriptors have run out (EMFILE) it does not even have pipes.
    if (child.pid === undefined) return void child.once('error', reject);
    let stdout = Buffer.alloc(0);
    let stderr = Buffer.alloc(0);
    let timedOut = false;
    let ended: { code: number | null; signal: NodeJS.Signals | null } | null = null;
    let grace: NodeJS.Timeout | undefined;
    child.stdout.on('data', (data: Buffer) => {
      if (stdout.length < STDOUT_BYTES) stdout = Buffer.concat([stdout, data]);
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr = Buffer.concat([stderr, data]).subarray(-STDERR_BYTES);
    });
    const timer = setTimeout(() => {
      timedOut = true;
      killTree(child);
    }, timeoutMs);
    const abort = () => killTree(child);
    signal.addEventListener('abort', abort, { once: true });
    const finish = () => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener('abort', abort);
    };
    const done = () => {
      finish();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({
        code: ended?.code ?? null,
        signal: ended?.signal ?? null,
        timedOut,
        stdout: stdout.toString('utf8'),
        stderr: stderr.toString('utf8'),
      });
    };
    child.once('error', (e) => {
      finish();
      reject(e);
    });
    child.once('exit', (code, killedBy) => {
      ended = { code, signal: killedBy };
      grace = setTimeout(done, CLOSE_GRACE_MS);
    });
    child.once('close', done);
  });
}

/** Kills the command and all that it started. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
        .on('error', () => child.kill())
        .unref();
    } else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
