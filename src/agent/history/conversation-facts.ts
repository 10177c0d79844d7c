import type { ConversationLine } from '../../domain/conversations/conversation.ts';
import { oneLine } from '../../domain/conversations/conversation-words.ts';

/** What is known of a conversation as a whole, line by line. */
export interface ConversationFacts {
  cwd: string | null;
  /** Whether the transcript lies where Claude Code keeps those of `cwd`: there it can be resumed. */
  cwdCertain: number;
  given: string | null;
  made: string | null;
  summary: string | null;
  /** First words that the person typed, and first words at all. */
  prompt: string | null;
  opening: string | null;
  model: string | null;
  startedAt: number | null;
  lastAt: number | null;
  /** Prompts and answers. */
  messages: number;
  /** The prompt or answer counted last. */
  counted: string | null;
}

export const noFacts = (): ConversationFacts => ({
  cwd: null,
  cwdCertain: 0,
  given: null,
  made: null,
  summary: null,
  prompt: null,
  opening: null,
  model: null,
  startedAt: null,
  lastAt: null,
  messages: 0,
  counted: null,
});

const title = (text: string): string | null => oneLine(text.slice(0, 2_000)).slice(0, 200) || null;

/** The name of the folder in which Claude Code keeps the transcripts of a working folder. */
const projectOf = (cwd: string) => cwd.replace(/[^A-Za-z0-9]/g, '-');

/** Adds what a line says. `project`: the transcript's folder. */
export function learn(facts: ConversationFacts, line: ConversationLine, project: string): void {
  if (line.title) {
    const kind = line.title.kind;
    facts[kind] = title(line.title.text);
  }
  if (line.cwd !== null && !facts.cwdCertain) {
    // Claude Code's own folder may change on the way; the one that the transcript is filed under counts.
    const certain = projectOf(line.cwd) === project;
    if (facts.cwd === null || certain) facts.cwd = line.cwd;
    facts.cwdCertain = certain ? 1 : 0;
  }
  if (line.messages.length === 0 && line.countedAs === null) return;
  if (line.model !== null) facts.model = line.model.slice(0, 200);
  if (line.at !== null) {
    facts.startedAt = facts.startedAt === null ? line.at : Math.min(facts.startedAt, line.at);
    facts.lastAt = facts.lastAt === null ? line.at : Math.max(facts.lastAt, line.at);
  }
  if (line.countedAs !== null && line.countedAs !== facts.counted) {
    facts.counted = line.countedAs;
    facts.messages++;
  }
  if (facts.opening === null || (line.prompt && facts.prompt === null)) {
    const words = line.messages.find((message) => message.role === 'user')?.text;
    if (words !== undefined) {
      facts.opening ??= title(words);
      if (line.prompt) facts.prompt ??= title(words);
    }
  }
}
