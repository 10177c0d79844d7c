import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import { keptDays } from '../../domain/conversations/conversation-deletion.ts';
import { findInTranscript, folderOf, readTranscript, transcriptOf } from './conversation-reading.ts';
import { listConversations } from './conversation-search.ts';
import { isCorrupt, isFull, openIndex } from './index-file.ts';
import type { TranscriptFile } from './transcript-files.ts';
import { TranscriptIndex } from './transcript-index.ts';
import type { FromHistoryWorker, HistoryWorkerData, ToHistoryWorker } from './worker-messages.ts';

/** Requests wait no longer than this for a piece of indexing. */
const SLICE_MS = 25;
/** What a question for the list waits for the newest words. */
const LIST_WAIT_MS = 60;
/** Words are kept at least this often while there is much to index. */
const COMMIT_MS = 1_000;
const STATUS_MS = 500;
/** Looked again for a question only after this. */
const LOOK_MS = 500;

type Ask = Extract<ToHistoryWorker, { type: 'ask' }>;

/** The worker's doing: indexes in short pieces, and answers between them. */
export class HistoryWorker {
  readonly #data: HistoryWorkerData;
  readonly #say: (message: FromHistoryWorker) => void;
  readonly #ended: () => void;
  #database: DatabaseSync;
  #index: TranscriptIndex;
  #committedAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #saidAt = Number.NEGATIVE_INFINITY;
  #saidPending = 0;
  #changed = false;
  #working: NodeJS.Immediate | undefined;
  #unused: NodeJS.Timeout | undefined;
  /** The disk is full or will not be written: nothing is, until the next look. */
  #full = false;
  #waitingForAll: number[] = [];
  #stopped = false;

  /** Throws what SQLite throws where the index cannot be opened. */
  constructor(data: HistoryWorkerData, say: (message: FromHistoryWorker) => void, ended: () => void) {
    this.#data = data;
    this.#say = say;
    this.#ended = ended;
    this.#database = openIndex(data.file, { maxPages: data.maxPages });
    this.#index = new TranscriptIndex(this.#database, data.projects);
    this.#used();
  }

  handle(message: ToHistoryWorker): void {
    // What came too late is asked again of the next worker.
    if (this.#stopped) return;
    if (message.type === 'stop') {
      this.stop();
      return;
    }
    this.#used();
    try {
      if (message.ask === 'look') {
        this.#waitingForAll.push(message.id);
        this.#look(0);
        this.#goOn();
      } else this.#say({ type: 'answer', id: message.id, value: this.#guarded(() => this.#answer(message)) });
    } catch (error) {
      this.#say({ type: 'refused', id: message.id, error: this.#refusal(error) });
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#unused);
    clearImmediate(this.#working);
    try {
      this.#commit();
      this.#database.close();
    } catch {
      // It is made again where it was not kept.
    }
    this.#ended();
  }

  #answer(message: Ask): unknown {
    switch (message.ask) {
      case 'list': {
        this.#look(LOOK_MS);
        const until = performance.now() + LIST_WAIT_MS;
        this.#work(until);
        this.#goOn();
        return listConversations(this.#database, message.wish, keptDays(settingsTexts(this.#data)));
      }
      case 'find': {
        const { conversation, text } = message.wish;
        return this.#of(conversation, (file) => findInTranscript(file, text));
      }
      case 'read': {
        const { conversation, from } = message.wish;
        return this.#of(conversation, (file) => readTranscript(file, from));
      }
      case 'folder':
        return this.#of(message.wish, folderOf);
      case 'look':
        return null;
    }
  }

  #of<T>(conversation: string, read: (file: TranscriptFile) => T | undefined): T {
    const file = transcriptOf(this.#data.projects, conversation);
    const answer = file && read(file);
    if (answer === undefined) throw new BedrockTrayError('ConversationUnknown', { conversation });
    return answer;
  }

  /** Looks at the transcripts unless that was done less than `ageMs` ago. */
  #look(ageMs: number): void {
    const now = performance.now();
    if (now - this.#lookedAt < ageMs) return;
    this.#lookedAt = now;
    this.#full = false;
    this.#guarded(() => {
      this.#begin();
      if (this.#index.look()) this.#changed = true;
    });
  }

  /** Indexes until `until` (performance.now), or until all is done. */
  #work(until: number): void {
    if (this.#full) return;
    this.#guarded(() => {
      this.#begin();
      const { finished, changed } = this.#index.work(() => performance.now() >= until);
      this.#changed ||= changed;
      if (finished || performance.now() - this.#committedAt > COMMIT_MS) this.#commit();
    });
  }

  #goOn(): void {
    this.#working ??= setImmediate(() => {
      this.#working = undefined;
      try {
        this.#work(performance.now() + SLICE_MS);
      } catch (error) {
        this.#full = true;
        for (const id of this.#waitingForAll.splice(0))
          this.#say({ type: 'refused', id, error: this.#refusal(error) });
      }
      const over = this.#full || this.#index.finished;
      this.#tell(over);
      if (!over) return this.#goOn();
      for (const id of this.#waitingForAll.splice(0)) this.#say({ type: 'answer', id, value: null });
    });
  }

  #tell(now: boolean): void {
    const pending = this.#index.pending;
    if (!this.#changed && pending === this.#saidPending) return;
    if (!now && performance.now() - this.#saidAt < STATUS_MS) return;
    this.#say({ type: 'status', changed: this.#changed, pending });
    this.#saidAt = performance.now();
    this.#saidPending = pending;
    this.#changed = false;
  }

  #begin(): void {
    if (this.#database.isTransaction) return;
    this.#database.exec('BEGIN IMMEDIATE');
    this.#committedAt = performance.now();
  }

  #commit(): void {
    if (this.#database.isTransaction) this.#database.exec('COMMIT');
  }

  /** Does what touches the index; a damaged one is made anew, on a full disk it stays as it was. */
  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isCorrupt(error)) {
        this.#say({
          type: 'trouble',
          what: 'the index of conversations was damaged and is made anew',
          reason,
        });
        this.#database.close();
        this.#database = openIndex(this.#data.file, { anew: true, maxPages: this.#data.maxPages });
        this.#index = new TranscriptIndex(this.#database, this.#data.projects);
        this.#index.look();
        this.#changed = true;
        return act();
      }
      if (isFull(error)) {
        this.#say({ type: 'trouble', what: 'no room for the index of conversations', reason });
        this.#full = true;
        // SQLite may have taken it back by itself.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        return undefined as T;
      }
      throw error;
    }
  }

  #refusal(error: unknown) {
    if (isBedrockTrayError(error)) return error.view();
    const reason = error instanceof Error ? error.message : String(error);
    return new BedrockTrayError('StorageFailed', { file: this.#data.file, reason }).view();
  }

  /** Nobody has asked for long and nothing is left to do: the thread's memory is given back. */
  #used(): void {
    clearTimeout(this.#unused);
    this.#unused = setTimeout(() => {
      if (!this.#index.finished && !this.#full) this.#used();
      else this.stop();
    }, this.#data.unusedMs);
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
