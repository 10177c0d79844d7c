import { isAbsolute, relative } from 'node:path';

/**
 * The AppImage file that a program runs from; null where it runs from none. An AppImage's variables reach everything
 * that is started in it: in the terminal of an editor that is one, APPIMAGE names the editor. So only one whose folder
 * (APPDIR) holds the program counts.
 */
export function appImageOf(
  program: string,
  { APPIMAGE: file, APPDIR: folder }: Readonly<Record<string, string | undefined>>,
): string | null {
  if (!file || !folder || !isAbsolute(file) || !isAbsolute(folder)) return null;
  const inside = relative(folder, program);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : file;
}
