import { uuidPattern } from '../uuid.ts';

const uuid = new RegExp(`^${uuidPattern}$`);

/** Claude Code names conversations by UUIDs in lower case. */
export const isConversationId = (text: string): boolean => uuid.test(text);

/** The conversation that a search names by its id, and by nothing else; null where it is words. */
export function namedConversation(query: string): string | null {
  const id = query.trim().toLowerCase();
  return isConversationId(id) ? id : null;
}
