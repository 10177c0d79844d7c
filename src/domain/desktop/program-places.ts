/** Where a person's own programs would be (terminals, editors), as data. Pure: who looks at the disk is the agent. */
export type Platform = 'linux' | 'darwin' | 'win32';

export interface ProgramPlaces {
  /** Names on the PATH, best first (Linux, macOS). */
  commands: readonly string[];
  /** Below /Applications or ~/Applications (macOS): an executable inside of a bundle, or the bundle itself. */
  apps: readonly string[];
  /** Below %ProgramFiles%, %ProgramFiles(x86)%, %LocalAppData% or %SystemRoot%\System32 (Windows). */
  programs: readonly string[];
}

export const places = (of: Partial<ProgramPlaces>): ProgramPlaces => ({
  commands: of.commands ?? [],
  apps: of.apps ?? [],
  programs: of.programs ?? [],
});

const join = (separator: string, folder: string, path: string) =>
  `${folder.replace(/[\\/]+$/, '')}${separator}${path}`;

/** Every path where such a program may be, best first. Relative folders on a PATH are nobody's. */
export function programPaths(
  of: ProgramPlaces,
  platform: Platform,
  env: Readonly<Record<string, string | undefined>>,
  userHome: string,
): string[] {
  if (platform === 'win32') {
    const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(
      (r) => r !== undefined,
    );
    if (env.SystemRoot) roots.push(join('\\', env.SystemRoot, 'System32'));
    return of.programs.flatMap((program) => roots.map((root) => join('\\', root, program)));
  }
  const folders = (env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const onPath = of.commands.flatMap((command) => folders.map((folder) => join('/', folder, command)));
  if (platform === 'linux') return onPath;
  const apps = ['/Applications', join('/', userHome, 'Applications'), '/System/Applications/Utilities'];
  return [...of.apps.flatMap((app) => apps.map((folder) => join('/', folder, app))), ...onPath];
}
