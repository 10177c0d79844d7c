import { spawn } from 'node:child_process';
import { browserCommands } from '../domain/desktop/browser-commands.ts';

/** Starts one opener without a shell; whether it could be started. */
function starts(command: readonly string[]): Promise<boolean> {
  const [file, ...args] = command;
  if (file === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** Opens a page of ours in the browser of whoever sits at this terminal. False when none could be started. */
export async function openInBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const command of browserCommands(url, env, process.platform)) if (await starts(command)) return true;
  return false;
}
