import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BedrockTrayError } from '../contract/errors.ts';
import { terminalSocketOf } from '../contract/pty-protocol.ts';
import { isPrivateFolder, type SocketPlace, socketPlace, stateFolder } from '../contract/socket-path.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface AgentPlaces {
  /** State folder, absolute. */
  home: string;
  agent: SocketPlace;
  /** The pty-host's socket for terminals (pty-protocol.ts): a relay of a page connects here whatever the page says. */
  terminals: SocketPlace;
  logs: string;
}

/** Where the agent of this user and state folder is, whether it runs or not. Touches no file. */
export function agentPlaces(env: Env = process.env): AgentPlaces {
  const userHome = env.HOME || env.USERPROFILE || homedir();
  const home = resolve(stateFolder({ platform: process.platform, env, userHome }));
  const input = {
    platform: process.platform,
    uid: process.getuid?.() ?? 0,
    home,
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
  };
  const ptyHost = socketPlace('pty-host', input);
  return {
    home,
    agent: socketPlace('agent', input),
    terminals: { ...ptyHost, path: terminalSocketOf(ptyHost.path) },
    logs: join(home, 'logs'),
  };
}

/**
 * Whether the socket's folder may be trusted. False where it is not there or not closed yet (no agent of ours
 * listens in it). Errors: SocketInUse when it belongs to someone else, who could answer in our agent's place.
 */
export function isTrustedPlace(place: SocketPlace): boolean {
  if (place.folder === null) return true;
  const uid = process.getuid?.() ?? 0;
  try {
    const facts = lstatSync(place.folder);
    if (isPrivateFolder(facts, uid)) return true;
    if (facts.isDirectory() && facts.uid === uid) return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new BedrockTrayError('SocketInUse', { path: place.folder }, { cause: error });
  }
  throw new BedrockTrayError('SocketInUse', { path: place.folder });
}
