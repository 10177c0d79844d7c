import { readFile } from 'node:fs/promises';

/**
 * The user that owns the other end of a loopback connection, from Linux's /proc/net/tcp; undefined where that
 * cannot be told (other systems). `peerPort` is the other end's port, `port` ours, both on 127.0.0.1.
 */
export function ownerOf(table: string, peerPort: number, port: number): number | undefined {
  const address = (p: number): string => `0100007F:${p.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/);
    if (local === address(peerPort) && remote === address(port)) return Number(uid);
  }
  return undefined;
}

/**
 * Whether a connection is not known to be another user's. The address with the ticket is an argument of the browser,
 * which other users of the machine can read for a moment; this keeps them from being faster than the browser.
 */
export async function isOwnUsers(peerPort: number | undefined, port: number): Promise<boolean> {
  const uid = process.getuid?.();
  if (process.platform !== 'linux' || uid === undefined) return true;
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  const owner = ownerOf(table, peerPort ?? 0, port);
  // Root needs no ticket to do what it likes. A connection that is gone already is nobody's.
  return owner === uid || owner === 0;
}
