import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { HistoryWorker } from './history-worker.ts';
import type { FromHistoryWorker, HistoryWorkerData, ToHistoryWorker } from './worker-messages.ts';

/** Past conversations on a thread of their own: nothing of it runs on the thread that hands out credentials. */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread of the agent');
const say = (message: FromHistoryWorker) => port.postMessage(message);

try {
  // Less urgent than credentials: Linux has a priority for each thread, and this link names the one that reads it.
  setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
} catch {
  // Other systems have none.
}

const worker = new HistoryWorker(workerData as HistoryWorkerData, say, () => port.close());
port.on('message', (message: ToHistoryWorker) => worker.handle(message));
