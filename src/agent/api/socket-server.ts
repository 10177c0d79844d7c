import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { BedrockTrayError } from '../../contract/errors.ts';

/** Whether a program accepts connections at `path`. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const done = (answered: boolean) => {
      probe.destroy();
      resolve(answered);
    };
    probe.setTimeout(2000, () => done(true));
    probe.once('connect', () => done(true));
    probe.once('error', () => done(false));
  });
}

/**
 * Makes the path of the agent's socket free. To be called by the holder of the lock only: a socket that nobody
 * answers was left by an agent that was killed. Errors: SocketInUse when something else is there.
 */
export async function clearSocketPath(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const facts = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new BedrockTrayError('SocketInUse', { path }, { cause: error });
  });
  if (facts === null) return;
  if (!facts.isSocket() || (await isAnswered(path))) throw new BedrockTrayError('SocketInUse', { path });
  await unlink(path);
}
