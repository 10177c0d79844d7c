import type { ProcedureArguments, ProcedureOutput } from '../../contract/index.ts';
import type { ToAskedWorker } from '../asked-worker.ts';
import type { PriceFacts } from '../prices/price-list.ts';

/** What the worker is started with. */
export interface UsageWorkerData {
  /** The index, a file of ours. */
  file: string;
  /** Claude Code's `projects` folder. */
  projects: string;
  /** It ends after this long without a request and with nothing to index, ms. */
  unusedMs: number;
  /** Largest size of the index in pages of 4 KiB, for tests of a full disk. */
  maxPages?: number;
}

/** A conversation was held in an environment (null: in none) from then on, epoch ms. */
export interface Stay {
  conversation: string;
  environment: string | null;
  since: number;
}

export type UsageRequests = {
  query: {
    wish: ProcedureArguments<'usage.query'> & { zone: string; prices: PriceFacts };
    answer: ProcedureOutput<'usage.query'> & {
      /** Names of models that say nothing by themselves (ARNs), and environments in which they were used. */
      unnamed: { model: string; environment: string }[];
    };
  };
  opened: { wish: readonly Stay[]; answer: null };
  /** Looks at the transcripts and answers when all that was new is indexed. */
  look: { wish: null; answer: null };
};

export type ToUsageWorker = ToAskedWorker<UsageRequests>;
