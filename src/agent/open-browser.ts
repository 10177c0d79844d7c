import { spawn } from 'node:child_process';
import { browserCommands } from '../domain/browser-commands.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** An opener that is still there after this long has opened something (some stay as long as the browser does). */
const SETTLED_MS = 2000;

/** Runs one opener without a shell; whether it went well. It outlives this process where it wants to. */
function opens(command: readonly string[], env: Env): Promise<boolean> {
  const [file, ...args] = command;
  if (file === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: { ...env }, stdio: 'ignore', detached: true, windowsHide: true });
    const settled = setTimeout(() => resolve(true), SETTLED_MS);
    const done = (opened: boolean) => {
      clearTimeout(settled);
      resolve(opened);
    };
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
    child.unref();
  });
}

/** Opens a web address in the person's browser; false when there is no browser or none of its openers works. */
export async function openBrowser(url: string, env: Env): Promise<boolean> {
  if (!/^https?:\/\//.test(url)) return false;
  for (const command of browserCommands(url, env, process.platform)) {
    if (await opens(command, env)) return true;
  }
  return false;
}
