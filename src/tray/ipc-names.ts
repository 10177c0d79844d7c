/** Messages between preload and main. */
export const ipc = { openChannel: 'page:open-channel', chooseFolder: 'page:choose-folder' } as const;
