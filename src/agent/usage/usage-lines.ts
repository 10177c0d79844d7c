import type { ConversationLine } from '../../domain/conversations/conversation.ts';
import { isBearable } from '../../domain/conversations/transcript-line.ts';
import { type CostFact, readCostLine, stampOf } from '../../domain/cost/conversation-cost.ts';
import { understood } from '../history/transcript-chunk.ts';

/** So much of a transcript's beginning is read for its folder and its first words. */
const BEGINNING = 256 * 1024;
const HEAD = 192;

/** The type of a line, where it stands before all that is nested; null where it does not (answers, of the model). */
const typeFirst = /^\{[^{}]*?"type":"([\w-]+)"/;
/** What Claude Code notes for itself, by far the most bytes. */
const attachment = /^\{[^{}]*?"attachment":\{/;
const ASSISTANT = Buffer.from('"type":"assistant"');

/**
 * What a line says of usage or of its conversation; null for almost all bytes of a transcript, by a look at their
 * beginning. `from`: where it stands in the file; `words`: whether the conversation's are wanted, or
 * its titles alone.
 */
export function usageLine(
  bytes: Buffer | null,
  from: number,
  words: 'all' | 'titles' | 'none',
): { cost: CostFact | null; line: ConversationLine | null } | null {
  if (bytes === null || bytes.length < 2) return null;
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, HEAD));
  switch (typeFirst.exec(head)?.[1]) {
    case 'assistant':
    case 'cost-state':
      return cost(bytes);
    case 'user':
      return words === 'all' && from < BEGINNING ? { cost: null, line: understood(bytes) } : null;
    case 'custom-title':
    case 'ai-title':
    case 'summary':
      return words !== 'none' ? { cost: null, line: understood(bytes) } : null;
    case undefined:
      return attachment.test(head) || !bytes.includes(ASSISTANT) ? null : cost(bytes);
    default:
      return null;
  }
}

function cost(bytes: Buffer): { cost: CostFact | null; line: null } | null {
  return isBearable(bytes) ? { cost: readCostLine(bytes.toString()), line: null } : null;
}

/** When something was said last before a line that does not say when: epoch ms, null where nothing says it. */
export function lastStamp(linesBefore: string): number | null {
  for (const line of linesBefore.split('\n').reverse()) {
    if (!line.includes('"timestamp"')) continue;
    try {
      const { timestamp } = JSON.parse(line) as { timestamp?: unknown };
      const at = stampOf(timestamp);
      if (at !== null) return at;
    } catch {
      // Cut off.
    }
  }
  return null;
}
