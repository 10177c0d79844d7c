/**
 * Where the agent listens: a pure rule that every client and the agent apply alike, so that nobody needs to be
 * told. It depends on the state folder alone, not on XDG_RUNTIME_DIR or TMPDIR, which differ between a desktop,
 * an ssh login and the cleaned environment of a child process (docs/decisions/0010-socket-beside-the-state.md).
 */

export interface StateFolderInput {
  platform: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  userHome: string;
}

/**
 * The state folder: BEDROCK_TRAY_HOME, or the platform's own place for an application's data (the values of the
 * env-paths package, computed from the variables given instead of this process's).
 */
export function stateFolder({ platform, env, userHome }: StateFolderInput): string {
  if (env.BEDROCK_TRAY_HOME) return env.BEDROCK_TRAY_HOME;
  if (platform === 'darwin') return `${userHome}/Library/Application Support/bedrock-tray`;
  if (platform === 'win32') {
    return `${env.LOCALAPPDATA || `${userHome}\\AppData\\Local`}\\bedrock-tray\\Data`;
  }
  return `${env.XDG_DATA_HOME || `${userHome}/.local/share`}/bedrock-tray`;
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the final NUL included; some room is left. */
export const MAX_SOCKET_PATH_BYTES = 100;

export interface SocketPlace {
  /** Unix socket, or named pipe on Windows. */
  path: string;
  /**
   * The folder that must be ours alone (isPrivateFolder) before the socket in it is trusted; null for a named
   * pipe.
   */
  folder: string | null;
}

export interface SocketPlaceInput {
  platform: string;
  /** The person's numeric user id; ignored on Windows. */
  uid: number;
  /** The state folder as an absolute path without a trailing separator. */
  home: string;
  /** SHA-256 of a text, in hex. */
  sha256(text: string): string;
}

/**
 * The socket named `name` (`agent` or `pty-host`) of the state folder `home`: beside the state where that path
 * is short enough, else in a folder of the user's own under /tmp.
 */
export function socketPlace(name: 'agent' | 'pty-host', input: SocketPlaceInput): SocketPlace {
  // Asked for only where it is needed: loading node:crypto costs the hand-out client several ms.
  const hash = () => input.sha256(input.home).slice(0, 16);
  if (input.platform === 'win32')
    return { path: `\\\\.\\pipe\\bedrock-tray-${hash()}-${name}`, folder: null };
  const beside = `${input.home}/${name}.sock`;
  if (new TextEncoder().encode(beside).byteLength <= MAX_SOCKET_PATH_BYTES) {
    return { path: beside, folder: input.home };
  }
  const folder = `/tmp/bedrock-tray-${input.uid}`;
  return { path: `${folder}/${hash()}-${name}.sock`, folder };
}

/** What is read of a folder with lstat. */
export interface FolderFacts {
  uid: number;
  mode: number;
  isDirectory(): boolean;
}

/** Whether a folder is a real one, the user's own and closed to all others: else someone may have squatted it. */
export function isPrivateFolder(facts: FolderFacts, uid: number): boolean {
  return facts.isDirectory() && facts.uid === uid && (facts.mode & 0o077) === 0;
}
