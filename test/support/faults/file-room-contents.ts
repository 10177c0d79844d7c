/** What the child of file-room.ts writes: whether it is whole can be told from any of it. */
export const sessionId = 'kept';

/** So much text that a write is not over at once; of another length each time. */
export const padding = (seq: number) => `${seq}.`.repeat(200 + (seq % 7) * 100);

export const accessTokenOf = (seq: number) => `${seq}:${padding(seq)}`;
