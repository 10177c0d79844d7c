import type { DatabaseSync } from 'node:sqlite';
import type { ConversationMessage } from '../../domain/conversations/conversation.ts';
import { deletedAt, ENDING_SOON_MS } from '../../domain/conversations/conversation-deletion.ts';
import { namedConversation } from '../../domain/conversations/conversation-id.ts';
import {
  excerpt,
  folded,
  matchesIn,
  type QueryWord,
  queryWords,
} from '../../domain/conversations/conversation-words.ts';
import { CHUNK_SPAN } from './index-file.ts';
import { readStretch, searchedTexts } from './transcript-chunk.ts';
import type { HistoryRequests, IndexedConversation } from './worker-messages.ts';

/** So long a search reads transcripts to see whether words stand as they were typed; after that the index is believed. */
const READING_MS = 150;
/** The newest chunks of one conversation that are read for one word. */
const CHUNKS_READ = 6;

interface Row {
  key: number;
  path: string;
  id: string;
  mtime: number;
  cwd: string | null;
  title: string | null;
  model: string | null;
  startedAt: number | null;
  spokenAt: number;
  messages: number;
}

type Wish = HistoryRequests['list']['wish'];
type Snippet = NonNullable<IndexedConversation['snippet']>;

/** Conversations, the one spoken in last first: people remember when, and a score of words would hide that. */
export function listConversations(
  database: DatabaseSync,
  wish: Wish,
  days: number | null,
): HistoryRequests['list']['answer'] {
  const { limit } = wish;
  if (wish.endingSoon && days === null) return { conversations: [], more: false };
  const named = knownConversation(database, wish.query ?? '');
  const words = named === null ? queryWords(wish.query ?? '') : [];
  const found = words.length > 0 ? chunksWith(database, words) : null;
  if (found?.size === 0) return { conversations: [], more: false };
  const budget = { until: performance.now() + READING_MS };
  const conversations: IndexedConversation[] = [];
  const seen = new Set<string>();
  for (const row of rows(database, wish, named, days)) {
    if (seen.has(row.id)) continue;
    let snippet: Snippet | null = null;
    if (found) {
      const chunks = found.get(row.key);
      if (!chunks) continue;
      const read = snippetOf(database, row.path, words, chunks, budget);
      if (read === 'absent') continue;
      snippet = read;
    }
    seen.add(row.id);
    if (conversations.length === limit) return { conversations, more: true };
    conversations.push({
      id: row.id,
      cwd: row.cwd ?? '',
      title: row.title ?? '',
      startedAt: row.startedAt ?? row.spokenAt,
      lastAt: row.spokenAt,
      messages: row.messages,
      model: row.model,
      deletedAt: deletedAt(row.mtime, days),
      snippet,
    });
  }
  return { conversations, more: false };
}

/** Ids stand in transcripts as well: one that no conversation in the list has is searched for. */
function knownConversation(database: DatabaseSync, query: string): string | null {
  const id = namedConversation(query);
  if (id === null) return null;
  return database.prepare('SELECT 1 FROM conversation WHERE id = ? AND messages > 0').get(id) ? id : null;
}

/** Where nobody has spoken yet there is no conversation. */
function rows(database: DatabaseSync, wish: Wish, named: string | null, days: number | null): Iterable<Row> {
  const conditions = ['messages > 0'];
  const values: (string | number)[] = [];
  const when = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  when('id = ?', named ?? undefined);
  when('cwd = ?', wish.cwd);
  when('coalesce(lastAt, CAST(mtime AS INTEGER)) < ?', wish.before);
  if (wish.endingSoon && days !== null)
    when('mtime < ?', wish.now + ENDING_SOON_MS - (deletedAt(0, days) as number));
  return database
    .prepare(
      `SELECT key, path, id, mtime, cwd, coalesce(given, made, summary, prompt, opening) AS title, model, startedAt,
         messages, coalesce(lastAt, CAST(mtime AS INTEGER)) AS spokenAt
       FROM conversation WHERE ${conditions.join(' AND ')} ORDER BY spokenAt DESC`,
    )
    .iterate(...values) as unknown as Iterable<Row>;
}

/** The conversations in which every word may stand, with the chunks for each of the words, the newest first. */
function chunksWith(database: DatabaseSync, words: readonly QueryWord[]): Map<number, number[][]> {
  const query = database.prepare('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC');
  query.setReturnArrays(true);
  let all: Map<number, number[][]> | undefined;
  for (const { terms } of words) {
    // Signs that no index keeps stand beside others, or nothing is found.
    if (terms.length === 0) continue;
    const match = terms.map(({ term, prefix }) => `"${term}"${prefix ? '*' : ''}`).join(' AND ');
    const chunks = new Map<number, number[]>();
    for (const [rowid] of query.all(match) as unknown as [number][]) {
      const key = Math.floor(rowid / CHUNK_SPAN);
      if (all && !all.has(key)) continue;
      const there = chunks.get(key);
      if (there) there.push(rowid);
      else chunks.set(key, [rowid]);
    }
    const before = all;
    all = new Map();
    for (const [key, own] of chunks) all.set(key, [...(before?.get(key) ?? []), own]);
  }
  return all ?? new Map();
}

/**
 * Reads the chunks again: the words' surroundings, `absent` where one of the words does not stand there as it was
 * typed, null where time is up or the transcript cannot be read.
 */
function snippetOf(
  database: DatabaseSync,
  path: string,
  words: readonly QueryWord[],
  chunks: readonly (readonly number[])[],
  budget: { until: number },
): Snippet | null | 'absent' {
  const texts = words.map((word) => word.text);
  // Signs alone, which no index keeps, are wished for, not asked for.
  const missing = new Set(words.filter((word) => word.terms.length > 0).map((word) => word.text));
  const read = new Set<number>();
  let best: { message: ConversationMessage; worth: number } | undefined;
  let unsure = false;
  // A chunk that several words share first: there they stand together.
  const shared = new Map<number, number>();
  for (const chunk of chunks.flat()) shared.set(chunk, (shared.get(chunk) ?? 0) + 1);
  for (const own of chunks) {
    const order = own.toSorted((a, b) => (shared.get(b) ?? 0) - (shared.get(a) ?? 0) || b - a);
    for (const chunk of order.slice(0, CHUNKS_READ)) {
      if (missing.size === 0) break;
      if (read.has(chunk)) continue;
      if (performance.now() > budget.until) {
        unsure = true;
        break;
      }
      read.add(chunk);
      const where = database.prepare('SELECT start, stop FROM chunk WHERE key = ?').get(chunk) as
        | { start: number; stop: number }
        | undefined;
      if (!where) continue;
      const readable = readStretch(path, where.start, where.stop, (line) => {
        for (const message of searchedTexts(line)) {
          const text = folded(message.text);
          const here = texts.filter((word) => text.includes(word));
          for (const word of here) missing.delete(word);
          // What people said tells more than what a tool printed.
          const worth = here.length * 2 + (message.role === 'tool' ? 0 : 1);
          if (here.length > 0 && worth > (best?.worth ?? 0)) best = { message, worth };
        }
        return (best?.worth ?? 0) < 2 * texts.length;
      });
      if (!readable) unsure = true;
    }
    if (own.length > CHUNKS_READ) unsure = true;
  }
  if (missing.size > 0 && !unsure) return 'absent';
  const chosen = best as { message: ConversationMessage } | undefined;
  if (!chosen) return null;
  const first = matchesIn(chosen.message.text, texts, 1)[0];
  return first ? excerpt(chosen.message.text, first, texts) : null;
}
