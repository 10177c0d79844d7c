import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connectAgent, stopAgent } from '../../src/client/find-or-start-agent.ts';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { compiledOnce, pinnedNode, type SandboxProcess, type StartOptions, startSandbox } from './sandbox.ts';

/** The built product against a sandbox of its own, in a HOME of its own: what a person has after installing it. */

const root = fileURLToPath(new URL('../../', import.meta.url));
export const outDir = join(root, 'out');
export const command = join(root, 'bin', 'bedrock-tray.cjs');

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Builds what is stale, once for a test process. */
let built = false;
export function buildOnce(): void {
  if (built) return;
  execFileSync(pinnedNode, [join(root, 'scripts', 'build.ts'), '--if-stale'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  built = true;
}

export class Installation implements AsyncDisposable {
  readonly sandbox: SandboxProcess;
  readonly home: string;
  readonly env: Record<string, string>;

  constructor(sandbox: SandboxProcess, home: string, extra: Readonly<Record<string, string>>) {
    this.sandbox = sandbox;
    this.home = home;
    // No browser can be opened: a test opens addresses itself. No display either.
    this.env = sandbox.environment({
      BEDROCK_TRAY_HOME: home,
      BROWSER: '/bin/true',
      TERM: 'xterm-256color',
      SHELL: '/bin/bash',
      ...compiledOnce,
      ...extra,
    });
  }

  /** Runs a command of `bedrock-tray` to its end. */
  async run(
    args: readonly string[],
    options: { env?: Record<string, string>; timeoutMs?: number } = {},
  ): Promise<Finished> {
    const child = spawn(pinnedNode, [command, ...args], {
      env: { ...this.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 90_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr };
  }

  /** `bedrock-tray login`, with the person pressing Allow (or Deny) at the address that it prints. */
  async login(options: { args?: readonly string[]; decision?: 'allow' | 'deny' } = {}): Promise<Finished> {
    const child = spawn(pinnedNode, [command, 'login', ...(options.args ?? [])], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    let answered: Promise<unknown> | undefined;
    createInterface({ input: child.stderr }).on('line', (line) => {
      stderr += `${line}\n`;
      const url = /https?:\/\/\S+/.exec(line)?.[0];
      if (url && !answered) answered = this.sandbox.person.answer(url, options.decision ?? 'allow');
    });
    const [status] = (await once(child, 'close')) as [number | null];
    await answered;
    return { status, stdout, stderr };
  }

  connect(role: 'cli' | 'tray' | 'page' = 'cli'): Promise<AgentConnection> {
    return connectAgent({ role, env: this.env, start: true, outDir });
  }

  async stop(): Promise<void> {
    await stopAgent({ env: this.env, outDir, sessions: 'end' }).catch(() => false);
    await this.sandbox.stop();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Starts a sandbox and prepares an installation that uses it; the agent starts with the first command. */
export async function install(
  options: StartOptions & { env?: Readonly<Record<string, string>> } = {},
): Promise<Installation> {
  buildOnce();
  const sandbox = await startSandbox(options);
  return new Installation(sandbox, mkdtempSync(join(tmpdir(), 'bt-')), options.env ?? {});
}

/** Whether a program can be run here. */
export function hasProgram(name: string, args: readonly string[] = ['--version']): boolean {
  return spawnSync(name, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
