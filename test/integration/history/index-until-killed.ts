import { join } from 'node:path';
import { HistoryWorker } from '../../../src/agent/history/history-worker.ts';

/** Indexes the transcripts of a test's folder, and says so again and again. */
const folder = process.argv[2] as string;
const worker: HistoryWorker = new HistoryWorker(
  {
    file: join(folder, 'state', 'history.db'),
    projects: join(folder, 'home', '.claude', 'projects'),
    managedSettings: join(folder, 'none'),
    settings: join(folder, 'none'),
    unusedMs: 60_000,
  },
  (message) => {
    if (message.type === 'answer') process.stdout.write('done\n');
    else if (message.type === 'status') process.stdout.write(`indexing, ${message.pending} bytes left\n`);
  },
  () => process.exit(1),
);
worker.handle({ type: 'ask', id: 1, ask: 'look', wish: null });
