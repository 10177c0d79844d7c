import { existsSync, readFileSync } from 'node:fs';
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

/** The program of the installed package, as its last start wrote it down (src/client/payload.ts); null in a checkout. */
function installedApp(): string | null {
  try {
    const versions = join(import.meta.dirname, '..', '..', '..');
    const app = readFileSync(join(versions, 'app'), 'utf8').trim();
    return existsSync(join(import.meta.dirname, '..', '..', 'installed.json')) && existsSync(app)
      ? app
      : null;
  } catch {
    return null;
  }
}

/**
 * What shows the tray, and its first arguments: the installed package's program, else Electron's executable with our
 * folder (not our main file: Electron would take the file's folder for the app's own). The executable is
 * ELECTRON_OVERRIDE_DIST_PATH's, else the `electron` package's, if its binary is there already (since Electron 42 it is
 * downloaded by `npx install-electron`; we never download by ourselves).
 */
export function findElectron(env: NodeJS.ProcessEnv): { path: string; args: string[] } | { missing: NoTray } {
  const found = installedApp();
  const path = found ?? electronPath(env);
  if (path === null) return { missing: 'noElectron' };
  if (process.platform === 'linux') {
    if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return { missing: 'noDisplay' };
    // Chromium refuses its sandbox to root, and without it we do not show hostile bytes.
    if (process.getuid?.() === 0) return { missing: 'root' };
  }
  return { path, args: found === null ? [join(import.meta.dirname, '..', '..')] : [] };
}

function electronPath(env: NodeJS.ProcessEnv): string | null {
  let dist = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!dist) {
    try {
      dist = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
    } catch {
      return null;
    }
  }
  const path = join(dist, binary);
  return existsSync(path) ? path : null;
}
