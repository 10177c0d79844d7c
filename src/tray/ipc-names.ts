/** Messages between preload and main. */
export const ipc = {
  openChannel: 'page:open-channel',
  chooseFolder: 'page:choose-folder',
  startAgent: 'page:start-agent',
} as const;
