import type { ConversationMatch } from '../../contract/state.ts';
import { excerpt, folded, matchesIn, oneLine } from '../../domain/conversations/conversation-words.ts';
import { learn, noFacts } from './conversation-facts.ts';
import { readStretch } from './transcript-chunk.ts';
import { findTranscripts, type TranscriptFile } from './transcript-files.ts';
import type { HistoryRequests } from './worker-messages.ts';

const MOST_MATCHES = 200;
/** Places of one message that are told each by itself. */
const MATCHES_OF_MESSAGE = 20;
/** After so long the rest of a transcript is left for another question. */
const READING_MS = 2_000;
/** One answer of `history.read`, UTF-16 units; a single message is no longer than half of it. */
const PAGE_LENGTH = 256 * 1024;

/** The transcript of a conversation: the one written last where several folders have one. */
export function transcriptOf(projects: string, conversation: string): TranscriptFile | undefined {
  return findTranscripts(projects)
    .files.filter((file) => file.id === conversation && file.size > 0)
    .sort((a, b) => b.mtime - a.mtime)[0];
}

/** Where a text stands in a conversation, as it is typed, in its order. */
export function findInTranscript(
  file: TranscriptFile,
  text: string,
): HistoryRequests['find']['answer'] | undefined {
  const wanted = folded(oneLine(text));
  const matches: ConversationMatch[] = [];
  const until = performance.now() + READING_MS;
  let more = false;
  let at = Math.round(file.mtime);
  const read = readStretch(file.path, 0, file.size, (line) => {
    at = line.at ?? at;
    if (performance.now() > until) more = true;
    for (const message of line.messages) {
      if (more) break;
      const plain = oneLine(message.text);
      if (wanted === '' || !folded(plain).includes(wanted)) continue;
      let shown = 0;
      for (const place of matchesIn(plain, [wanted], MATCHES_OF_MESSAGE)) {
        // Those that an excerpt shows already.
        if (place[0] < shown) continue;
        if (matches.length === MOST_MATCHES) {
          more = true;
          break;
        }
        matches.push({ role: message.role, at, ...excerpt(plain, place, [wanted]) });
        shown = place[0] + 160;
      }
    }
    return !more;
  });
  return read ? { matches, more } : undefined;
}

/** What was said from a place in the transcript on (bytes; 0 is the beginning). */
export function readTranscript(
  file: TranscriptFile,
  from: number,
): HistoryRequests['read']['answer'] | undefined {
  const messages: HistoryRequests['read']['answer']['messages'] = [];
  let length = 0;
  let next: number | null = null;
  let at = Math.round(file.mtime);
  const read = readStretch(file.path, from, file.size, (line, raw) => {
    at = line.at ?? at;
    for (const { role, text } of line.messages) {
      const most = PAGE_LENGTH / 2;
      const shown = text.length > most ? `${text.slice(0, most)}…` : text;
      messages.push({ role, at, text: shown });
      length += shown.length;
    }
    if (length < PAGE_LENGTH) return true;
    next = raw.to < file.size ? raw.to : null;
    return false;
  });
  return read ? { messages, next } : undefined;
}

/** The folder that a conversation was held in and can be resumed in. */
export function folderOf(file: TranscriptFile): string | undefined {
  const facts = noFacts();
  readStretch(file.path, 0, Math.min(file.size, 16 * 1024 * 1024), (line) => {
    learn(facts, line, file.project);
    return !facts.cwdCertain;
  });
  return facts.cwd ?? undefined;
}
