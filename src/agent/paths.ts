import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BedrockTrayError } from '../contract/errors.ts';
import { terminalSocketOf } from '../contract/pty-protocol.ts';
import { isPrivateFolder, socketPlace, stateFolder } from '../contract/socket-path.ts';

/** Where this agent keeps and finds things; all of it is named by the state folder. */
export interface AgentPaths {
  home: string;
  lock: string;
  logs: string;
  logFile: string;
  /** What the pty-host prints; it has no log of its own. */
  ptyHostLog: string;
  socket: string;
  /** Controller socket of the pty-host. */
  ptyHostSocket: string;
  /** The pty-host's socket for terminals. */
  terminalSocket: string;
  /** Folders that must be ours alone before anything in them is trusted. */
  folders: readonly string[];
}

export function agentPaths(env: Readonly<Record<string, string | undefined>>, userHome: string): AgentPaths {
  const home = resolve(stateFolder({ platform: process.platform, env, userHome }));
  const input = {
    platform: process.platform,
    uid: process.getuid?.() ?? 0,
    home,
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
  };
  const agent = socketPlace('agent', input);
  const ptyHost = socketPlace('pty-host', input);
  const logs = join(home, 'logs');
  return {
    home,
    lock: join(home, 'agent.lock'),
    logs,
    logFile: join(logs, 'agent.log'),
    ptyHostLog: join(logs, 'pty-host.log'),
    socket: agent.path,
    ptyHostSocket: ptyHost.path,
    terminalSocket: terminalSocketOf(ptyHost.path),
    folders: [
      ...new Set([home, logs, ...[agent.folder, ptyHost.folder].filter((folder) => folder !== null)]),
    ],
  };
}

/**
 * Makes a folder that only this user can enter, or closes one that is this user's already. Errors: StorageFailed;
 * SocketInUse when it is another user's or no folder at all.
 */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.platform === 'win32') return;
    const uid = process.getuid?.() ?? 0;
    const facts = lstatSync(folder);
    if (facts.isDirectory() && facts.uid === uid) chmodSync(folder, 0o700);
    if (isPrivateFolder(lstatSync(folder), uid)) return;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST') {
      throw new BedrockTrayError(
        'StorageFailed',
        { file: folder, reason: code ?? String(error) },
        { cause: error },
      );
    }
  }
  throw new BedrockTrayError('SocketInUse', { path: folder });
}
