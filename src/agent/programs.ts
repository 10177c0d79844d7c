import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the other programs of this installation are. */
export interface Programs {
  /** The Node that runs us runs them too. */
  node: string;
  ptyHost: string;
  pageServer: URL;
  /** The client that Claude sessions call for credentials. */
  handOut: string;
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
    handOut: join(out, 'cli', 'hand-out.cjs'),
    renderer: join(out, 'renderer'),
  };
}
