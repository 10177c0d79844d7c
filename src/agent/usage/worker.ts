import { parentPort, workerData } from 'node:worker_threads';
import type { FromAskedWorker } from '../asked-worker.ts';
import { beLessUrgent } from '../less-urgent.ts';
import { UsageWorker } from './usage-worker.ts';
import type { ToUsageWorker, UsageWorkerData } from './worker-messages.ts';

/** What was used, on a thread of its own: nothing of it runs on the thread that hands out credentials. */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread of the agent');
const say = (message: FromAskedWorker) => port.postMessage(message);

beLessUrgent();
const worker = new UsageWorker(workerData as UsageWorkerData, say, () => port.close());
port.on('message', (message: ToUsageWorker) => worker.handle(message));
