/** Words of the agent room. */
export const agent = {} as const;
