import { parentPort } from 'node:worker_threads';
import { MeterWorker } from './meter-worker.ts';
import type { ToMeterWorker } from './worker-messages.ts';

/** Transcripts are added up on a thread of their own: nothing of it runs on the thread that hands out credentials. */
const port = parentPort;
if (!port) throw new Error('runs as a worker thread of the agent');
const worker = new MeterWorker((message) => port.postMessage(message));
port.on('message', (message: ToMeterWorker) => worker.handle(message));
