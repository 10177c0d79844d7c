import { parentPort, workerData } from 'node:worker_threads';
import type { FromAskedWorker } from '../asked-worker.ts';
import { beLessUrgent } from '../less-urgent.ts';
import { HistoryWorker } from './history-worker.ts';
import type { HistoryWorkerData, ToHistoryWorker } from './worker-messages.ts';

/** Past conversations on a thread of their own: nothing of it runs on the thread that hands out credentials. */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread of the agent');
const say = (message: FromAskedWorker) => port.postMessage(message);

beLessUrgent();
const worker = new HistoryWorker(workerData as HistoryWorkerData, say, () => port.close());
port.on('message', (message: ToHistoryWorker) => worker.handle(message));
