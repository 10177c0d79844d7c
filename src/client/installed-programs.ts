import { join } from 'node:path';
import { agentPlaces, type Env } from './agent-places.ts';
import { appImageOf } from './app-image.ts';
import { appOf, installPayload, type Payload, readPayload, recordApp, versionsFolder } from './payload.ts';

/**
 * The programs of the package that this runs from, copied to the person's data once; null where `payload` is no
 * package's. The tray's own program is written down with it. Errors: StorageFailed.
 */
export async function installedPrograms(
  payload: string,
  env: Env = process.env,
): Promise<{ folder: string; version: string } | null> {
  const manifest: Payload | null = await readPayload(payload);
  if (manifest === null) return null;
  const { home } = agentPlaces(env);
  const folder = await installPayload(payload, manifest, home);
  // An AppImage's program is the file itself; what is inside of it is there only while it runs.
  const app = appImageOf(payload, env) ?? appOf(payload, manifest);
  await recordApp(versionsFolder(home), app).catch(() => undefined);
  return { folder, version: manifest.version };
}

/** The built programs in a version's folder. */
export const outOf = (folder: string): string => join(folder, 'out');
