import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the other programs of this installation are. */
export interface Programs {
  /** The Node that runs us runs them too. */
  node: string;
  ptyHost: string;
  pageServer: URL;
  /** The worker that reads past conversations. */
  history: URL;
  /** The command line program (`bedrock-tray`). */
  cli: string;
  /** The worker that adds up what sessions use. */
  meter: URL;
  /** The worker that keeps what was used. */
  usage: URL;
  /** Command of the client that Claude sessions call for credentials, without its flags. */
  handOut: readonly string[];
  /** Command of the relay for Claude Code's hooks, without socket and session. */
  hookRelay: readonly string[];
  /** Command of the program that asks the system's keyring. */
  keyring: readonly string[];
  /** The built page. */
  renderer: string;
}

/** `mainUrl`: import.meta.url of the agent's entry, built (out/agent/main.mjs) or as source (src/agent/main.ts). */
export function programs(mainUrl: string): Programs {
  const built = !mainUrl.endsWith('.ts');
  const agent = fileURLToPath(new URL('.', mainUrl));
  const out = built ? join(agent, '..') : join(agent, '..', '..', 'out');
  return {
    node: process.execPath,
    ptyHost: built ? join(out, 'pty-host', 'main.mjs') : join(agent, '..', 'pty-host', 'main.ts'),
    pageServer: pathToFileURL(
      built ? join(agent, 'page-server.mjs') : join(agent, 'page-server', 'worker.ts'),
    ),
    cli: join(out, 'cli', 'main.mjs'),
    history: pathToFileURL(built ? join(agent, 'history.mjs') : join(agent, 'history', 'worker.ts')),
    meter: pathToFileURL(built ? join(agent, 'meter.mjs') : join(agent, 'meter', 'worker.ts')),
    usage: pathToFileURL(built ? join(agent, 'usage.mjs') : join(agent, 'usage', 'worker.ts')),
    handOut: handOutCommand(process.execPath, join(out, 'cli')),
    hookRelay: hookRelayCommand(process.execPath, join(out, 'cli')),
    keyring: [process.execPath, built ? join(agent, 'keyring.mjs') : join(agent, 'vault', 'keyring-main.ts')],
    renderer: join(out, 'renderer'),
  };
}

/**
 * The hand-out client in `folder`: by curl where there is a POSIX shell, with the Node client behind it for all that
 * curl cannot do (docs/decisions/0016-curl-hands-out.md).
 */
export function handOutCommand(node: string, folder: string, platform: string = process.platform): string[] {
  const client = [node, join(folder, 'hand-out.cjs')];
  return platform === 'win32' ? client : ['/bin/sh', join(folder, 'hand-out.sh'), ...client];
}

/** The hook relay in `folder`, by curl in the same way. */
export function hookRelayCommand(
  node: string,
  folder: string,
  platform: string = process.platform,
): string[] {
  const client = [node, join(folder, 'hook-relay.cjs')];
  return platform === 'win32' ? client : ['/bin/sh', join(folder, 'hook-relay.sh'), ...client];
}
