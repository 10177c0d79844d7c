import { cpSync, existsSync, lutimesSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fusedBinary, setFuses } from './fuses.ts';
import { noticesFile, payloadFolder, type Target, writeManifest } from './payload.ts';

/** What electron-builder tells its hooks, as far as it is used here. */
interface Packed {
  appOutDir: string;
  electronPlatformName: string;
  arch: number;
  packager: {
    appInfo: { productFilename: string; version: string };
    executableName?: string;
    getResourcesDir(appOutDir: string): string;
  };
}

/** electron-builder's numbers of architectures. */
const arches: Readonly<Record<number, Target['arch']>> = { 1: 'x64', 3: 'arm64' };

/** Called by electron-builder when an application's folder is whole and not signed yet. */
export async function afterPack({ appOutDir, electronPlatformName, arch, packager }: Packed): Promise<void> {
  const name = arches[arch];
  if (name === undefined) throw new Error(`no package for architecture ${arch}`);
  const target: Target = { platform: electronPlatformName as Target['platform'], arch: name };
  const resources = packager.getResourcesDir(appOutDir);
  // What an Electron that is used by path carries besides: its own default app.
  for (const own of ['app', 'default_app', 'default_app.asar'])
    rmSync(join(resources, own), { recursive: true, force: true });
  // And those of the tests, which comes out of an AppImage.
  for (const foreign of ['prepared.json', 'AppRun', '.DirIcon', 'fiftyone.desktop', 'fiftyone.png', 'usr'])
    rmSync(join(appOutDir, foreign), { recursive: true, force: true });
  if (!existsSync(join(resources, 'app.asar'))) throw new Error('the package has no app.asar');

  const { productFilename: product, version } = packager.appInfo;
  const executable = packager.executableName ?? product;
  await setFuses(fusedBinary(appOutDir, target.platform, { executable, product }), {
    adHoc: target.platform === 'darwin' && target.arch === 'arm64',
  });

  // Where the program that shows the tray is, seen from the payload.
  const app = {
    linux: `../../${executable}`,
    win32: `../../${product}.exe`,
    darwin: `../../MacOS/${product}`,
  }[target.platform];
  // By ourselves, since electron-builder leaves node_modules out of extra resources.
  const agent = join(resources, 'agent');
  cpSync(payloadFolder(target), agent, { recursive: true });
  cpSync(noticesFile, join(resources, 'THIRD-PARTY-NOTICES.txt'));
  writeManifest(agent, target, { version, app });
  const epoch = Number(process.env.SOURCE_DATE_EPOCH);
  if (process.env.SOURCE_DATE_EPOCH) setTimes(appOutDir, epoch);
}

/** Gives every file and folder the same time, so that the same sources make the same archive. */
function setTimes(folder: string, epoch: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) setTimes(path, epoch);
    else lutimesSync(path, epoch, epoch);
  }
  lutimesSync(folder, epoch, epoch);
}
