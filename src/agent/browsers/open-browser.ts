import { spawn } from 'node:child_process';
import { browserCommands } from '../../domain/desktop/browser-commands.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** An opener that is still there after this long has opened something (some stay as long as the browser does). */
const SETTLED_MS = 2000;

/** Runs one opener without a shell; whether it went well. It outlives this process where it wants to. */
export function runOpener(command: readonly string[], env: Env): Promise<boolean> {
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

/** Whether it is an address of the web: nothing else is ever handed to an opener. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url) && !/[\s\u0000-\u001f\u007f]/.test(url);
}

/** Opens a web address in the person's browser; false when there is no browser or none of its openers works. */
export async function openBrowser(url: string, env: Env): Promise<boolean> {
  if (!isWebAddress(url)) return false;
  for (const command of browserCommands(url, env, process.platform)) {
    if (await runOpener(command, env)) return true;
  }
  return false;
}
