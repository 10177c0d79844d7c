import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';

/** The Electron that tests run on. */
export type ElectronRuntime = {
  /** Absolute path of the executable. */
  readonly executable: string;
  /** The same, relative to the checkout, when it lies inside it. */
  readonly inCheckout: string | undefined;
  readonly version: string;
  readonly major: number;
  readonly from: 'ELECTRON_OVERRIDE_DIST_PATH' | 'the electron package' | 'scripts/install-test-parts.ts';
};

const checkout = resolve(import.meta.dirname, '../../..');

/** Every distribution of Electron carries its version in a file beside the executable. */
function inFolder(folder: string, from: ElectronRuntime['from']): ElectronRuntime | undefined {
  const executable = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
  if (!existsSync(executable)) return undefined;
  const file = join(folder, 'version');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : 'unknown';
  const inside = relative(checkout, executable);
  return {
    executable,
    inCheckout: inside.startsWith('..') || isAbsolute(inside) ? undefined : inside,
    version,
    major: Number.parseInt(version, 10) || 0,
    from,
  };
}

/**
 * Finds the Electron for tests: `ELECTRON_OVERRIDE_DIST_PATH`, else the `electron` package's own where it has been
 * downloaded, else the Electron 22 that scripts/install-test-parts.ts prepares. `undefined` where there is none;
 * nothing is ever downloaded here.
 */
export function findElectron(): ElectronRuntime | undefined {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  return (
    (named ? inFolder(resolve(named), 'ELECTRON_OVERRIDE_DIST_PATH') : undefined) ??
    inFolder(join(checkout, 'node_modules/electron/dist'), 'the electron package') ??
    inFolder(join(checkout, '.cache/test-electron'), 'scripts/install-test-parts.ts')
  );
}

/** One line for the head of a test run. */
export function describeElectron(runtime: ElectronRuntime | undefined): string {
  if (runtime === undefined) {
    return 'no Electron here: run `node scripts/install-test-parts.ts --only electron`';
  }
  return `Electron ${runtime.version} (from ${runtime.from})`;
}
