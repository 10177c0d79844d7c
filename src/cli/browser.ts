import { spawn } from 'node:child_process';

/** The command that opens a URL here: $BROWSER, or the platform's opener. */
function opener(env: NodeJS.ProcessEnv): [string, string[]] | undefined {
  if (env.BROWSER) return [env.BROWSER, []];
  if (process.platform === 'darwin') return ['open', []];
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler']];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', []] : undefined;
}

/** Opens a page of ours in the person's browser. False when there is no opener or it could not start. */
export function openInBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const command = opener(env);
  if (!command) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command[0], [...command[1], url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
