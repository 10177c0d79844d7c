import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pinnedNode } from '../support/sandbox.ts';

const folder = join(import.meta.dirname, '..', '..', '.cache', 'wetty');
/** WeTTY, a web terminal on xterm.js; on the node-pty that we use, whose prebuilt library needs no compiler. */
const VERSION = '3.2.0';
const main = join(folder, 'node_modules', 'wetty', 'build', 'main.js');

/** Installs it where that is still to be done; false where it cannot be had. */
export function hasWetty(): boolean {
  if (existsSync(main)) return true;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { wetty: VERSION },
      overrides: { 'node-pty': '1.2.0-beta.15' },
    }),
  );
  try {
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: 'ignore',
      timeout: 240_000,
    });
  } catch {
    return false;
  }
  return existsSync(main);
}

/** A port that nobody listens on just now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Serves `command` (run by a shell for each page) on the loopback. */
export async function startWetty(command: string, home: string): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const args = [main, '--host', '127.0.0.1', '--port', String(port), '--command', command];
  const child: ChildProcess = spawn(pinnedNode, [...args, '--log-level', 'error'], {
    stdio: 'ignore',
    cwd: home,
    env: { PATH: process.env.PATH ?? '', HOME: home, NODE_ENV: 'production' },
  });
  const url = `http://127.0.0.1:${port}/`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) break;
    if (tries > 150 || child.exitCode !== null) {
      child.kill();
      throw new Error('WeTTY does not start');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, stop: () => child.kill() };
}
