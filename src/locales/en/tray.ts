/** Words of the tray room. */
export const tray = {} as const;
