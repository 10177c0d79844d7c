import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import {
  type BrowserKind,
  type BrowserProfile,
  browserKinds,
  chromiumProfiles,
  firefoxProfiles,
  type Platform,
} from '../../domain/desktop/browsers.ts';

export interface FoundBrowser {
  kind: BrowserKind;
  /** Its executable; on macOS the bundle. */
  program: string;
  profiles: BrowserProfile[];
}

export interface BrowserPlaces {
  platform: Platform;
  env: Readonly<Record<string, string | undefined>>;
  userHome: string;
}

/** Where Flatpak puts a command for each application, on PATH or not. */
const flatpakBins = ['/var/lib/flatpak/exports/bin', '.local/share/flatpak/exports/bin'];

/** What is installed, with the profiles that each has, as it is now. Never rejects. */
export async function findBrowsers(places: BrowserPlaces): Promise<FoundBrowser[]> {
  const found = await Promise.all(
    browserKinds.map(async (kind): Promise<FoundBrowser | null> => {
      const program = await first(programPaths(kind, places), places.platform);
      return program === null ? null : { kind, program, profiles: await profilesOf(kind, places) };
    }),
  );
  return found.filter((browser) => browser !== null);
}

/** Where a browser would be, best first. */
function programPaths(kind: BrowserKind, { platform, env, userHome }: BrowserPlaces): string[] {
  switch (platform) {
    case 'linux': {
      const folders = (env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
      const flatpaks = flatpakBins.map((folder) => posix.resolve(userHome, folder));
      return kind.commands.flatMap((command) =>
        [...folders, ...flatpaks].map((folder) => posix.join(folder, command)),
      );
    }
    case 'darwin':
      return ['/Applications', posix.join(userHome, 'Applications')].map((folder) =>
        posix.join(folder, `${kind.app}.app`),
      );
    case 'win32':
      return [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA]
        .filter((folder) => folder !== undefined)
        .map((folder) => win32.join(folder, kind.program));
  }
}

async function first(paths: readonly string[], platform: Platform): Promise<string | null> {
  for (const path of paths) {
    const there = await access(path, platform === 'linux' ? constants.X_OK : constants.F_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return null;
}

async function profilesOf(
  kind: BrowserKind,
  { platform, env, userHome }: BrowserPlaces,
): Promise<BrowserProfile[]> {
  const { join } = platform === 'win32' ? win32 : posix;
  const windowsBase = kind.family === 'firefox' ? env.APPDATA : env.LOCALAPPDATA;
  const base = platform === 'win32' ? (windowsBase ?? userHome) : userHome;
  for (const folder of kind.data[platform]) {
    const file = join(base, folder, kind.family === 'firefox' ? 'profiles.ini' : 'Local State');
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    const profiles = kind.family === 'firefox' ? firefoxProfiles(text) : chromiumProfiles(text);
    if (profiles.length > 0) return profiles;
  }
  return [];
}
