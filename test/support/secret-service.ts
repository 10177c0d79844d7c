import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real Secret Service (gnome-keyring) on a message bus of its own, that nobody else sees. */

/** Why that cannot be had here, for the name of a skipped test; undefined where it can. */
export function secretServiceMissing(): string | undefined {
  if (process.platform !== 'linux') return 'a Secret Service needs Linux';
  const absent = ['dbus-daemon', 'gnome-keyring-daemon'].filter((name) => !existsSync(`/usr/bin/${name}`));
  return absent.length > 0 ? `not installed: ${absent.join(', ')}` : undefined;
}

export class SecretService implements AsyncDisposable {
  /** What a program needs to reach it. */
  readonly env: Record<string, string>;
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}`,
    };
  }

  /** `locked`: its password is not given, and nobody is there to be asked for it. */
  static async start(options: { locked?: boolean } = {}): Promise<SecretService> {
    const folder = mkdtempSync(join(tmpdir(), 'keyring-'));
    const service = new SecretService(folder);
    for (const name of ['data', 'data/keyrings', 'run']) mkdirSync(join(folder, name), { mode: 0o700 });
    // No service files: nothing wakes up here by itself.
    writeFileSync(
      join(folder, 'bus.conf'),
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=${join(folder, 'bus')}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
</busconfig>`,
    );
    const bus = service.#spawn('dbus-daemon', [
      `--config-file=${join(folder, 'bus.conf')}`,
      ...['--nofork', '--nopidfile', '--nosyslog', '--print-address=1'],
    ]);
    await once(createInterface({ input: bus.stdout as NodeJS.ReadableStream }), 'line');
    await service.#keyring('a password of the tests');
    if (options.locked) {
      // A login keyring now exists, under a password that the next daemon is not told.
      await service.#stop(service.#children.pop());
      await service.#keyring(null);
    }
    return service;
  }

  async #keyring(password: string | null): Promise<void> {
    const args = ['--foreground', '--components=secrets', ...(password === null ? [] : ['--unlock'])];
    const daemon = this.#spawn('gnome-keyring-daemon', args);
    daemon.stdin?.end(password ?? '');
    await this.#named('org.freedesktop.secrets');
  }

  /** Waits until a service has its name on the bus. */
  async #named(name: string): Promise<void> {
    for (const until = Date.now() + 30_000; Date.now() < until; ) {
      const ask = this.#spawn('dbus-send', [
        ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
        ...['org.freedesktop.DBus.NameHasOwner', `string:${name}`],
      ]);
      let said = '';
      ask.stdout?.on('data', (text) => {
        said += text;
      });
      await once(ask, 'close');
      this.#children.splice(this.#children.indexOf(ask), 1);
      if (said.includes('boolean true')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${name} did not come`);
  }

  #spawn(file: string, args: readonly string[]): ChildProcess {
    const child = spawn(file, args, { env: this.env, cwd: this.#folder, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#children.push(child);
    return child;
  }

  async #stop(child: ChildProcess | undefined): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    for (const child of this.#children.splice(0).reverse()) await this.#stop(child);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
