import type { PageServerOptions } from './page-server.ts';

/** What the worker is started with. */
export type PageWorkerData = Omit<PageServerOptions, 'onUnused'>;

export type ToWorker = { type: 'url' } | { type: 'stop' };

/** One `url` for each asked, in order, after `ready`. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'url'; url: string }
  | { type: 'failed'; reason: string };
