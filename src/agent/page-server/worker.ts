import { parentPort, workerData } from 'node:worker_threads';
import { type PageServer, startPageServer } from './page-server.ts';
import type { FromWorker, PageWorkerData, ToWorker } from './page-worker-messages.ts';

/**
 * The page's server on a thread of its own: neither files nor terminal bytes pass through the thread that hands
 * out credentials.
 */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread of the agent');
const say = (message: FromWorker) => port.postMessage(message);

let server: PageServer | undefined;

async function leave(): Promise<void> {
  // No more requests are taken: whoever asks from now on starts the next worker.
  port?.close();
  await server?.close();
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'stop') void leave();
  else if (server) say({ type: 'url', url: server.url() });
});

try {
  server = await startPageServer({ ...(workerData as PageWorkerData), onUnused: () => void leave() });
  say({ type: 'ready' });
} catch (error) {
  say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  port.close();
}
