import { closeSync } from 'node:fs';
import {
  type ConversationLine,
  type ConversationMessage,
  conversationLine,
  isWorthParsing,
} from '../../domain/conversations/conversation.ts';
import { isBearable } from '../../domain/conversations/transcript-line.ts';
import { LineReader, type RawLine } from '../line-reader.ts';
import { openTranscript } from '../open-transcript.ts';

/** How much of a tool's words counts for search: what it was asked and how it began and ended. UTF-16 units. */
const TOOL_BEGIN = 3_000;
const TOOL_END = 1_000;
const MESSAGE = 256 * 1024;

/** A line as it is understood; null where it says nothing (or is broken, or too long). */
export function understood(bytes: Buffer | null): ConversationLine | null {
  if (bytes === null || bytes.length < 2) return null;
  if (!isWorthParsing(bytes.toString('latin1', 0, Math.min(bytes.length, 256)))) return null;
  if (!isBearable(bytes)) return null;
  let record: unknown;
  try {
    record = JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
  return conversationLine(record);
}

/** Whether a line without an end is one all the same: the transcript ends there. */
export function isWhole(bytes: Buffer): boolean {
  if (bytes.at(-1) !== 0x7d || !isBearable(bytes)) return false;
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The texts of a line that a search looks at: what is indexed is also what is read again. */
export function searchedTexts(line: ConversationLine): ConversationMessage[] {
  const texts = line.messages.map(({ role, text }): ConversationMessage => {
    if (role !== 'tool') return { role, text: text.slice(0, MESSAGE) };
    return {
      role,
      text:
        text.length > TOOL_BEGIN + TOOL_END ? `${text.slice(0, TOOL_BEGIN)}\n${text.slice(-TOOL_END)}` : text,
    };
  });
  if (line.title) texts.push({ role: 'assistant', text: line.title.text.slice(0, 1_000) });
  return texts;
}

/**
 * Goes through a stretch of a transcript, [start, stop) in bytes, until `take` answers false. False when the file
 * cannot be read.
 */
export function readStretch(
  path: string,
  start: number,
  stop: number,
  take: (line: ConversationLine, raw: RawLine) => boolean | undefined,
): boolean {
  let descriptor: number;
  try {
    descriptor = openTranscript(path);
  } catch {
    return false;
  }
  try {
    const reader = new LineReader(descriptor, start, stop);
    for (let raw = reader.next(); raw !== null; raw = reader.next()) {
      const line = understood(raw.bytes);
      if (line && take(line, raw) === false) break;
    }
    return true;
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}
