import type { FromAskedWorker } from '../asked-worker.ts';
import { IndexWorker } from '../index-worker.ts';
import { PriceList } from '../prices/price-list.ts';
import { openUsage } from './usage-file.ts';
import { UsageIndex } from './usage-index.ts';
import { queryUsage } from './usage-query.ts';
import type { UsageRequests, UsageWorkerData } from './worker-messages.ts';

/** What was used: the index of transcripts, and sums of it. */
export class UsageWorker extends IndexWorker<UsageRequests, UsageIndex> {
  /** Throws what SQLite throws where the index cannot be opened. */
  constructor(data: UsageWorkerData, say: (message: FromAskedWorker) => void, ended: () => void) {
    const prices = new PriceList();
    super({
      file: data.file,
      name: 'usage',
      open: (anew) => openUsage(data.file, { anew, maxPages: data.maxPages }),
      index: (database) => new UsageIndex(database, data.projects),
      answer: (message, { database, index, newest, write }) => {
        switch (message.ask) {
          case 'query':
            newest();
            write(() => {
              index().setZone(message.wish.zone);
              return false;
            });
            prices.set(message.wish.prices);
            return queryUsage(database, message.wish, prices, index().pending);
          case 'opened':
            write(() => {
              const moved = message.wish.map((stay) => index().opened(stay));
              return moved.includes(true);
            });
            return null;
          case 'look':
            return null;
        }
      },
      unusedMs: data.unusedMs,
      say,
      ended,
    });
  }
}
