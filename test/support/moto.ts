import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BOTOCORE_FOLDER, MOTO } from '../../scripts/install-test-parts.ts';

/** moto's server: somebody else's loopback AWS, in a process of its own. */

const python = join(BOTOCORE_FOLDER, 'bin', 'python');
export const moto = `moto ${MOTO}`;

/** Whether the pinned moto is installed here with its server. */
export function hasMoto(): boolean {
  try {
    const script = 'import flask; from importlib.metadata import version; print(version("moto"))';
    return (
      execFileSync(python, ['-c', script], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 }).trim() ===
      MOTO
    );
  } catch {
    return false;
  }
}

export class MotoServer implements AsyncDisposable {
  readonly baseUrl: string;
  readonly #end: () => Promise<void>;

  constructor(baseUrl: string, end: () => Promise<void>) {
    this.baseUrl = baseUrl;
    this.#end = end;
  }

  /** One of moto's own paths (`/moto-api/…`). */
  async tell(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.baseUrl}/moto-api/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`moto: ${path}: ${response.status}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }
}

/** Starts moto on a free port of 127.0.0.1; it ends with its disposal, and at the latest with the test's process. */
export async function startMoto(): Promise<MotoServer> {
  const child = spawn(python, ['-c', program], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' },
  });
  const ended = once(child, 'exit');
  const end = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const said: string[] = [];
  try {
    const address = await Promise.race([
      (async () => {
        for await (const line of createInterface({ input: child.stderr })) {
          said.push(line);
          const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
          if (found !== undefined) return found;
        }
        return undefined;
      })(),
      ended.then(() => undefined),
      once(AbortSignal.timeout(60_000), 'abort').then(() => undefined),
    ]);
    if (address === undefined) throw new Error(`moto did not start: ${said.slice(-5).join(' | ')}`);
    child.stderr.resume();
    return new MotoServer(address, end);
  } catch (error) {
    await end();
    throw error;
  }
}

/** Ends with its standard input, so that nothing stays behind a test that was killed. */
const program = `
import os, sys, threading
from moto.server import main
def watch():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
`;
