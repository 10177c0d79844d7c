import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import { keptDays } from '../../domain/conversations/conversation-deletion.ts';
import type { FromAskedWorker } from '../asked-worker.ts';
import { IndexWorker } from '../index-worker.ts';
import { findInTranscript, folderOf, readTranscript, transcriptOf } from './conversation-reading.ts';
import { listConversations } from './conversation-search.ts';
import { openIndex } from './index-file.ts';
import type { TranscriptFile } from './transcript-files.ts';
import { TranscriptIndex } from './transcript-index.ts';
import type { HistoryRequests, HistoryWorkerData } from './worker-messages.ts';

/** Past conversations: the index, and what is read from the transcripts themselves. */
export class HistoryWorker extends IndexWorker<HistoryRequests> {
  /** Throws what SQLite throws where the index cannot be opened. */
  constructor(data: HistoryWorkerData, say: (message: FromAskedWorker) => void, ended: () => void) {
    const of = <T>(conversation: string, read: (file: TranscriptFile) => T | undefined): T => {
      const file = transcriptOf(data.projects, conversation);
      const answer = file && read(file);
      if (answer === undefined) throw new BedrockTrayError('ConversationUnknown', { conversation });
      return answer;
    };
    super({
      file: data.file,
      name: 'conversations',
      open: (anew) => openIndex(data.file, { anew, maxPages: data.maxPages }),
      index: (database) => new TranscriptIndex(database, data.projects),
      answer: (message, { database, newest }) => {
        switch (message.ask) {
          case 'list':
            newest();
            return listConversations(database, message.wish, keptDays(settingsTexts(data)));
          case 'find': {
            const { conversation, text } = message.wish;
            return of(conversation, (file) => findInTranscript(file, text));
          }
          case 'read': {
            const { conversation, from } = message.wish;
            return of(conversation, (file) => readTranscript(file, from));
          }
          case 'folder':
            return of(message.wish, folderOf);
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

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** The settings files in which `cleanupPeriodDays` counts, the strongest first. */
function settingsTexts({ managedSettings, settings }: HistoryWorkerData): (string | null)[] {
  const parts = join(managedSettings, 'managed-settings.d');
  let names: string[] = [];
  try {
    names = readdirSync(parts).filter((name) => name.endsWith('.json'));
  } catch {
    // There is none.
  }
  return [
    ...names
      .sort()
      .reverse()
      .map((name) => textOf(join(parts, name))),
    textOf(join(managedSettings, 'managed-settings.json')),
    textOf(settings),
  ];
}
