import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type OrdinaryUser, spawnAs } from './ordinary-user.ts';

/** Names the run in the environment of every process of a desktop, so that what detached itself is found again. */
const RUN_MARK = 'BEDROCK_TRAY_E2E_RUN';

/** One process that runs on a desktop. */
export type RunningProcess = {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
};

export type StartOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** Waits until this standard stream (or descriptor 3) has given a line, and returns it. */
  readonly firstLineOf?: 'stdout' | 'stderr' | 'fd3';
  readonly timeoutMs?: number;
};

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Start time of a process in clock ticks since boot. */
function bornAt(pid: number): string | undefined {
  // The name in parentheses may hold spaces; the start time is the 20th field after it.
  return readProc(pid, 'stat')?.split(') ').at(-1)?.split(' ')[19];
}

/** The processes of one desktop: those started here and all that these started in turn. */
export class Processes {
  readonly mark: Readonly<Record<string, string>>;
  readonly #user: OrdinaryUser;
  readonly #children: { name: string; child: ChildProcess; output: string[] }[] = [];
  /** Process ids with the moment of their start, since ids are used again. */
  readonly #known = new Map<number, string>();
  /** Also ends everything when a test run is cut short. */
  readonly #onExit = () => this.#killAll();

  constructor(user: OrdinaryUser, run: string) {
    this.#user = user;
    this.mark = { [RUN_MARK]: run };
    process.on('exit', this.#onExit);
  }

  /** Starts a program as the ordinary user; it is ended by `stop()` at the latest. */
  async start(
    command: string,
    args: readonly string[],
    options: StartOptions,
  ): Promise<{ pid: number; line: string }> {
    const name = command.split('/').at(-1) ?? command;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...options.env, ...this.mark },
      stdio: ['pipe', 'pipe', 'pipe', options.firstLineOf === 'fd3' ? 'pipe' : 'ignore'],
      ...spawnAs(this.#user),
    });
    const output: string[] = [];
    this.#children.push({ name, child, output });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    child.stdin?.on('error', () => {}).end(options.input ?? '');
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const pid = child.pid ?? -1;
    if (options.firstLineOf === undefined) return { pid, line: '' };
    const stream = child.stdio[{ stdout: 1, stderr: 2, fd3: 3 }[options.firstLineOf]] as Readable;
    const line = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`${name} ${why}: ${output.join('').trim().slice(-400)}`));
      const timer = setTimeout(() => fail('said nothing in time'), options.timeoutMs ?? 30_000);
      let text = '';
      stream.on('data', (chunk: Buffer | string) => {
        text += String(chunk);
        if (!text.includes('\n')) return;
        clearTimeout(timer);
        resolve(text.slice(0, text.indexOf('\n')));
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`ended (${code ?? signal})`);
      });
    });
    return { pid, line };
  }

  /** All that the programs started here have written so far, for the message of a failed test. */
  output(): string {
    return this.#children.map(({ name, output }) => `--- ${name}\n${output.join('')}`).join('\n');
  }

  /** Takes a process that someone else started (Playwright) for one of this desktop. */
  adopt(pid: number): void {
    const born = bornAt(pid);
    if (born !== undefined) this.#known.set(pid, born);
  }

  /**
   * Every live process of this desktop, however detached: the canary scan reads their argv. Known by the mark in
   * their environment (which Chromium's processes wipe), by their parent, or from an earlier look.
   */
  list(): RunningProcess[] {
    const wanted = `${RUN_MARK}=${this.mark[RUN_MARK]}\0`;
    const all = new Map<number, RunningProcess>();
    const ours = new Set<number>();
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      const status = Number.isInteger(pid) && pid !== process.pid ? readProc(pid, 'status') : undefined;
      if (status === undefined || /^State:\s+[ZX]/m.test(status)) continue;
      const argv = readProc(pid, 'cmdline')?.split('\0').filter(Boolean) ?? [];
      all.set(pid, { pid, parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0), argv });
      const known = this.#known.get(pid);
      if (known !== undefined ? known === bornAt(pid) : readProc(pid, 'environ')?.includes(wanted))
        ours.add(pid);
    }
    for (let before = -1; before !== ours.size; ) {
      before = ours.size;
      for (const { pid, parent } of all.values()) if (ours.has(parent)) ours.add(pid);
    }
    for (const pid of ours) this.adopt(pid);
    return [...all.values()].filter(({ pid }) => ours.has(pid));
  }

  /**
   * What a process holds open (paths, `socket:[n]`, `pipe:[n]`). Chromium's descriptors are not close-on-exec: a
   * program that Electron starts holds them all, unless something closes them.
   */
  openFiles(pid: number): string[] {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  }

  /** Ends all of them: politely the children in reverse order, then whatever is left by its id. */
  async stop(): Promise<void> {
    // A look before their parents are gone.
    this.list();
    for (const { child } of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 1_000);
      await gone;
      clearTimeout(timer);
    }
    this.#killAll();
    process.off('exit', this.#onExit);
  }

  #killAll(): void {
    // A process may fork while it is being looked for: look until nothing new is found.
    for (let round = 0; round < 5; round++) {
      const left = this.list();
      if (left.length === 0) return;
      for (const { pid } of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
    }
  }
}

/** Runs a program to its end as the ordinary user and returns its standard output. */
export async function runAs(
  user: OrdinaryUser,
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd: string; timeoutMs?: number },
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    ...spawnAs(user),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', (exit) => resolve(exit)),
  );
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim().slice(-400)}`);
  return stdout;
}
