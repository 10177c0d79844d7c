/**
 * The pty-host: `main.ts --socket PATH [--idle-ms N]`. Started detached by the agent, it holds the terminals of
 * Claude Code sessions, so that they outlive whatever happens to the agent and the shells. It unlinks nothing: the
 * agent, of which there is one, clears a dead socket away before it starts a host. An address in use ends it.
 */
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { parseArgs } from 'node:util';
import { terminalSocketOf } from '../contract/pty-protocol.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';
import { PtyHost } from './pty-host.ts';

const IDLE_MS = 60_000;
/** What a done host waits for its last answers to be read. */
const LINGER_MS = 1_000;

const { values } = parseArgs({
  options: { socket: { type: 'string' }, 'idle-ms': { type: 'string' } },
});
const controllerPath = values.socket;
if (!controllerPath) {
  process.stderr.write('usage: pty-host --socket PATH\n');
  process.exit(2);
}

const log = (message: string): void => {
  process.stderr.write(`${new Date().toISOString()} pty-host ${process.pid} ${message}\n`);
};

process.umask(0o077);
const servers: Server[] = [];
const host = new PtyHost({
  idleMs: Number(values['idle-ms'] ?? IDLE_MS),
  onDone: () => {
    log('done');
    for (const server of servers) server.close();
    setTimeout(() => process.exit(0), LINGER_MS).unref();
  },
});

const listen = (path: string, role: 'controller' | 'terminal'): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => host.serve(socket, role));
    servers.push(server);
    server.on('error', reject);
    server.listen(path, () => {
      if (process.platform !== 'win32') chmodSync(path, 0o600);
      resolve();
    });
  });

// Losing one connection to a fault of ours is bad; losing every session to it would be worse.
process.on('uncaughtException', (error) => log(`fault: ${error.stack ?? error.message}`));
process.on('unhandledRejection', (reason) =>
  log(`fault: ${reason instanceof Error ? reason.stack : 'unknown'}`),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    log(`ending on ${signal}`);
    void host.shutdown();
  });
}
process.on('SIGHUP', () => undefined);
// The log may be on a full disk, and whoever started us may be gone.
process.stderr.on('error', () => undefined);

try {
  await listen(terminalSocketOf(controllerPath), 'terminal');
  await listen(controllerPath, 'controller');
} catch (error) {
  log(`cannot listen: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  process.exit(1);
}
log('listening');
process.send?.({ listening: true });
if (process.connected) {
  process.once('disconnect', closeInheritedDescriptors);
  process.disconnect();
} else closeInheritedDescriptors();
