/** Words of the page room. */
export const page = {} as const;
