import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OrdinaryUser } from '../../support/desktop/ordinary-user.ts';
import type { Desktop } from './desktop.ts';

/** Folders that a package writes to. */
const WRITTEN = ['etc', 'opt', 'usr', 'var'];

/** Why packages cannot be installed here; undefined where they can. */
export function machineMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'installing a package needs root';
  const can = spawnSync('unshare', [
    '--mount',
    '--propagation',
    'private',
    'mount',
    '-t',
    'tmpfs',
    'tmpfs',
    '/mnt',
  ]);
  return can.status === 0 ? undefined : 'a mount namespace of its own is not allowed here';
}

/**
 * This machine with an overlay over what packages write to: a package is really installed by dpkg, with its
 * dependencies looked up among what is installed, and all of it is gone with the processes that live in it.
 */
export class PackageMachine {
  readonly #holder: ChildProcess;
  readonly #user: OrdinaryUser;
  readonly #over: string;

  private constructor(holder: ChildProcess, user: OrdinaryUser, over: string) {
    this.#holder = holder;
    this.#user = user;
    this.#over = over;
  }

  static async start(desktop: Desktop): Promise<PackageMachine> {
    const over = join(desktop.folder, 'over');
    mkdirSync(over);
    const mounts = WRITTEN.map(
      (name) =>
        `mkdir ${over}/${name} ${over}/.${name} && ` +
        `mount -t overlay overlay -o lowerdir=/${name},upperdir=${over}/${name},workdir=${over}/.${name} /${name}`,
    );
    const script = [
      `mount -t tmpfs -o mode=755 tmpfs ${over}`,
      ...mounts,
      'echo ready',
      'exec sleep 3600',
    ].join(' && ');
    const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: holder.stdout }).once('line', () => resolve());
      holder.once('exit', (code) => reject(new Error(`the overlay could not be mounted (${code})`)));
    });
    const machine = new PackageMachine(holder, desktop.user, over);
    desktop.onStop(() => machine.stop());
    return machine;
  }

  #enter(command: readonly string[], asUser: boolean): string[] {
    const { uid, gid } = this.#user;
    const drop = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all', '--'];
    return [`--mount=/proc/${this.#holder.pid}/ns/mnt`, '--', ...(asUser ? drop : []), ...command];
  }

  /** Runs a command to its end, as root or as the person; all that it printed. */
  run(
    command: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync('nsenter', this.#enter(command, env !== undefined), {
      encoding: 'utf8',
      env: env ?? {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LANG: 'C.UTF-8',
        DEBIAN_FRONTEND: 'noninteractive',
      },
      timeout: 180_000,
    });
    return { status, stdout, stderr };
  }

  /** Starts a program as the person. */
  start(
    desktop: Desktop,
    command: readonly string[],
    env: NodeJS.ProcessEnv = desktop.env,
  ): ChildProcess & { output(): string } {
    const child = spawn('nsenter', this.#enter(command, true), {
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    if (child.pid !== undefined) desktop.processes.adopt(child.pid);
    return Object.assign(child, { output: () => output });
  }

  /** Every path that was written or removed since the machine was started. */
  changed(): string[] {
    const { stdout } = this.run([
      'find',
      ...WRITTEN.map((name) => join(this.#over, name)),
      '!',
      '-type',
      'd',
    ]);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((path) => path.slice(this.#over.length));
  }

  async stop(): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#holder.once('exit', resolve));
    this.#holder.kill('SIGKILL');
    await gone;
  }
}
