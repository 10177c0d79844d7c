export const troubles = {} as const;
