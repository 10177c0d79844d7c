/** Commands to try in turn: those that $BROWSER names (`%s` stands for the URL), else the platform's own. */
export function browserCommands(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string[][] {
  if (env.BROWSER) {
    return env.BROWSER.split(platform === 'win32' ? ';' : ':')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map((entry) => {
        const words = entry.split(/\s+/);
        const named = words.some((word) => word.includes('%s'));
        // A function, so that `$&` in a URL stays what it is.
        return named ? words.map((word) => word.replaceAll('%s', () => url)) : [...words, url];
      });
  }
  if (platform === 'darwin') return [['open', url]];
  if (platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler', url]];
  const windows = env.WSL_DISTRO_NAME ? [['wslview', url]] : [];
  // Without a display xdg-open would put a text browser into nobody's terminal.
  const desktop = env.DISPLAY || env.WAYLAND_DISPLAY ? [['xdg-open', url]] : [];
  return [...windows, ...desktop];
}
