import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { Environment } from './login-shell.ts';

const run = promisify(execFile);
const VERSION_MS = 10_000;

export interface FoundClaude {
  path: string;
  version: string | null;
}

/** Finds Claude Code's executable, and asks each one once for its version. */
export class ClaudeFinder {
  readonly #versions = new Map<string, Promise<string | null>>();

  /** The executable in settings, else on the PATH of `env`, else where its installers put it. Errors: ClaudeNotInstalled. */
  async find(claudePath: string | null, env: Environment): Promise<string> {
    if (claudePath !== null) {
      if (await isProgram(claudePath)) return claudePath;
      throw new BedrockTrayError('ClaudeNotInstalled', { searched: claudePath });
    }
    const names = process.platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude'];
    const home = env.HOME ?? env.USERPROFILE ?? '';
    const folders = [
      ...(env.PATH ?? env.Path ?? '').split(delimiter),
      ...(home ? [join(home, '.local', 'bin'), join(home, '.claude', 'local')] : []),
      ...(process.platform === 'win32' ? [] : ['/opt/homebrew/bin', '/usr/local/bin']),
    ];
    for (const folder of folders) {
      // A relative entry would find whatever the session's folder holds.
      if (!isAbsolute(folder)) continue;
      for (const name of names) {
        const path = join(folder, name);
        if (await isProgram(path)) return path;
      }
    }
    throw new BedrockTrayError('ClaudeNotInstalled', { searched: 'PATH' });
  }

  /** Its version, or null when it does not say; asked again when the file has changed. */
  async version(path: string, env: Environment): Promise<string | null> {
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }));
    const key = `${path}\0${mtimeMs}\0${size}`;
    let version = this.#versions.get(key);
    if (!version) {
      version = run(path, ['--version'], { env, timeout: VERSION_MS, windowsHide: true }).then(
        ({ stdout }) => /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? null,
        () => null,
      );
      this.#versions.set(key, version);
    }
    return version;
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
