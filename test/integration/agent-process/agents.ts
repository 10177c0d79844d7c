import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentCommand, connectAgent } from '../../../src/client/find-or-start-agent.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { Role } from '../../../src/contract/index.ts';
import { buildOnce, outDir } from '../../support/installation.ts';
import { compiledOnce, pinnedNode } from '../../support/sandbox.ts';

/** A state folder and a HOME of its own, with the agents that were started in it. */
export class AgentHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'bt-agent-'));
  readonly home: string;
  readonly env: Record<string, string>;

  /** `below`: a path between the temporary folder and the state folder. */
  constructor(below = '') {
    buildOnce();
    this.home = join(this.folder, below, 'state');
    // Folders above ~/.aws are watched, should it come: none of them is the busy /tmp.
    const userHome = join(this.folder, 'users', 'home');
    mkdirSync(join(this.folder, below), { recursive: true });
    mkdirSync(userHome, { recursive: true });
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: userHome,
      BEDROCK_TRAY_HOME: this.home,
      BEDROCK_TRAY_NODE: pinnedNode,
      ...compiledOnce,
      // Nothing is to be asked of AWS here; if something is, it finds nobody.
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    };
  }

  get socket(): string {
    return join(this.home, 'agent.sock');
  }

  connect(options: { role?: Role; start?: boolean; node?: string } = {}): Promise<AgentConnection> {
    const { role = 'cli', start = true, node } = options;
    return connectAgent({ role, env: this.env, start, outDir, node });
  }

  async pid(): Promise<number> {
    const agent = await this.connect({ start: false });
    const { pid } = await agent.call('agent.info', {});
    agent.close();
    return pid;
  }

  /** Starts an agent in the foreground, as `bedrock-tray agent run` does. */
  run(nodeArgs: readonly string[] = []): ChildProcess {
    const { file, args, env } = agentCommand({ env: this.env, outDir });
    return spawn(file, [...nodeArgs, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Agents that run for this state folder (as Linux tells). */
  running(): number[] {
    const mine = `BEDROCK_TRAY_HOME=${this.home}\0`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          return (
            readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(outDir, 'agent', 'main.mjs')) &&
            `${readFileSync(`/proc/${pid}/environ`, 'utf8')}\0`.includes(mine)
          );
        } catch {
          return false;
        }
      });
  }

  log(): Record<string, unknown>[] {
    return readFileSync(join(this.home, 'logs', 'agent.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** Ends the agents started here and removes all files. */
  clean(): void {
    for (const pid of this.running()) process.kill(pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Everything that a process printed, and how it ended. */
export async function finished(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

/** Asks again and again, with a limit, for what no event tells (another process's state). */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('did not come to pass in time');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
