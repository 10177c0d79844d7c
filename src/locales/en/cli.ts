/** Words of the cli room. */
export const cli = {} as const;
