import { join } from 'node:path';
import { FuseState, FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';

/**
 * The fuses of the shipped binary, each of them decided (`strictlyRequireAllFuses`: an Electron that has one more
 * fails the build). Asar integrity is checked by Electron on macOS and Windows alone: on Linux the fuse stops nobody
 * who can change the files.
 */
export const fuses = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  // The page comes from app://, never from file://.
  GrantFileProtocolExtraPrivileges: false,
  // Out-of-bounds checks by signal, as V8 has them by default; code without WebAssembly does not care.
  WasmTrapHandlers: true,
} as const satisfies Record<keyof typeof FuseV1Options, boolean>;

export type FuseName = keyof typeof fuses;

const names = Object.keys(fuses) as FuseName[];

/** The fuses that a built binary has, read from it. An older Electron has fewer. */
export async function readFuses(binary: string): Promise<Partial<Record<FuseName, boolean>>> {
  const wire = await getCurrentFuseWire(binary);
  return Object.fromEntries(
    names
      .filter((name) => wire[FuseV1Options[name]] !== undefined)
      .map((name) => [name, wire[FuseV1Options[name]] === FuseState.ENABLE]),
  );
}

/** Sets them all and reads them back. Errors: a fuse that is not decided here, or did not take. */
export async function setFuses(binary: string, options: { adHoc: boolean }): Promise<void> {
  const has = await readFuses(binary);
  const decided = names.filter((name) => name in has);
  await flipFuses(binary, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    resetAdHocDarwinSignature: options.adHoc,
    ...Object.fromEntries(decided.map((name) => [FuseV1Options[name], fuses[name]])),
  } as never);
  const now = await readFuses(binary);
  for (const name of decided)
    if (now[name] !== fuses[name]) throw new Error(`the fuse ${name} of ${binary} is ${now[name]}`);
}

/** The file of a packed application that carries the fuses. */
export function fusedBinary(
  appOutDir: string,
  platform: string,
  names: { executable: string; product: string },
): string {
  if (platform === 'darwin') return join(appOutDir, `${names.product}.app`);
  return join(appOutDir, platform === 'win32' ? `${names.product}.exe` : names.executable);
}
