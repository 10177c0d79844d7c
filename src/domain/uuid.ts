/** The pattern of a UUID in lower case, for larger patterns; conversations and sessions are named by these. */
export const uuidPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const uuid = new RegExp(`^${uuidPattern}$`, 'i');

/** Whether a text is a UUID and nothing else, in either case. */
export const isUuid = (text: string): boolean => uuid.test(text);
