import type { ProcedureArguments, ProcedureOutput } from '../../contract/index.ts';
import type { ConversationView } from '../../contract/state.ts';
import type { ToAskedWorker } from '../asked-worker.ts';

/** What the worker is started with. */
export interface HistoryWorkerData {
  /** The index, a file of ours that can be made again at any time. */
  file: string;
  /** Claude Code's `projects` folder: one folder for each working folder, with a transcript for each conversation. */
  projects: string;
  /** Where `cleanupPeriodDays` may stand: an administrator's folder, and the person's own settings file. */
  managedSettings: string;
  settings: string;
  /** It ends after this long without a request and with nothing to index, ms. */
  unusedMs: number;
  /** Largest size of the index in pages of 4 KiB, for tests of a full disk. */
  maxPages?: number;
}

/** A conversation as the index has it: which session has it open is known elsewhere. */
export type IndexedConversation = Omit<ConversationView, 'session'>;

export type HistoryRequests = {
  list: {
    wish: ProcedureArguments<'history.list'> & { now: number };
    answer: { conversations: IndexedConversation[]; more: boolean };
  };
  find: { wish: ProcedureArguments<'history.find'>; answer: ProcedureOutput<'history.find'> };
  read: { wish: ProcedureArguments<'history.read'>; answer: ProcedureOutput<'history.read'> };
  /** The folder where the conversation can be resumed. */
  folder: { wish: string; answer: string };
  /** Looks at the transcripts and answers when all that was new is indexed. */
  look: { wish: null; answer: null };
};

export type ToHistoryWorker = ToAskedWorker<HistoryRequests>;
