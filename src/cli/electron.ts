import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const binary =
  process.platform === 'win32'
    ? 'electron.exe'
    : process.platform === 'darwin'
      ? 'Electron.app/Contents/MacOS/Electron'
      : 'electron';

/** Why no tray can be shown here; each is explained to the person with what to do. */
export type NoTray = 'noElectron' | 'noDisplay' | 'root';

/**
 * Electron's executable: ELECTRON_OVERRIDE_DIST_PATH, else the `electron` package's, if its binary is there already
 * (since Electron 42 it is downloaded by `npx install-electron`; we never download by ourselves).
 */
export function findElectron(env: NodeJS.ProcessEnv): { path: string } | { missing: NoTray } {
  let dist = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!dist) {
    try {
      dist = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
    } catch {
      return { missing: 'noElectron' };
    }
  }
  const path = join(dist, binary);
  if (!existsSync(path)) return { missing: 'noElectron' };
  if (process.platform === 'linux') {
    if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return { missing: 'noDisplay' };
    // Chromium refuses its sandbox to root, and without it we do not show hostile bytes.
    if (process.getuid?.() === 0) return { missing: 'root' };
  }
  return { path };
}
