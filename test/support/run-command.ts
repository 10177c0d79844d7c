import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number | null;
  /** What ended it where there is no code. */
  readonly signal?: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly result: Promise<CommandResult>;
  /** Waits until what the command printed so far (both streams) matches. Rejects when it ends without that. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** The command is killed after this time. */
  readonly timeoutMs?: number;
}

/** Starts a program with exactly this environment. */
export function startCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): RunningCommand {
  const child = spawn(command, args, {
    env: { ...options.env },
    timeout: options.timeoutMs ?? 60_000,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const watcher of [...watchers]) watcher();
  };
  child.stdout.on('data', (data: Buffer) => {
    stdout += data;
    notify();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data;
    notify();
  });
  child.stdin.on('error', () => {}).end(options.input ?? '');
  let ended = false;
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal, stdout, stderr });
      notify();
    });
  });
  return {
    result,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null && !ended) return;
          watchers.delete(look);
          if (match === null)
            reject(new Error(`${command} ended without printing ${pattern}: ${stdout}${stderr}`));
          else resolve(match);
        };
        watchers.add(look);
        look();
      }),
  };
}

export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return startCommand(command, args, options).result;
}
