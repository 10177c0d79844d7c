import { access, constants, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { app, powerMonitor } from 'electron';
import { appImageOf } from '../client/app-image.ts';
import { BedrockTrayError } from '../contract/errors.ts';
import { type InstallationFacts, updateWay } from '../domain/updates/update-way.ts';
import type { AgentLink } from './agent-link.ts';
import { updateKeys } from './update-keys.ts';
import { Updater } from './updater.ts';

/** Follows updates once the tray is there; what downloads and installs is loaded at the first look only. */
export function followUpdates(link: AgentLink): { close(): void } {
  let updater: Updater | null = null;
  let stop: () => void = () => {};
  let closed = false;
  const begin = async (): Promise<void> => {
    const way = updateWay(await installationFacts());
    if (closed) return;
    if (way.way === 'none') {
      stop = tellUnavailable(link, way.reason);
      return;
    }
    const { feed } = way;
    updater = new Updater({
      link,
      elsewhere: way.way === 'self' ? null : way.reason,
      load: async () => (await import('./update-engine.ts')).createUpdateEngine({ feed, keys: updateKeys }),
    });
  };
  // A computer that shuts down is not held up.
  let shutsDown = false;
  powerMonitor.on('shutdown', () => {
    shutsDown = true;
  });
  app.on('before-quit', (event) => {
    if (!shutsDown && updater?.quitting(() => app.quit())) event.preventDefault();
  });
  void begin();
  return {
    close() {
      closed = true;
      stop();
      updater?.close();
    },
  };
}

/** Says why nothing is looked for, again to each agent. */
function tellUnavailable(link: AgentLink, reason: string): () => void {
  let told = false;
  const tell = (): void => {
    const isThere = link.snapshot !== null;
    if (isThere && !told) {
      const problem = new BedrockTrayError('UpdatesUnavailable', { reason }).view();
      const none = { state: 'none', version: null, progress: null, checkedAt: null, problem } as const;
      link.call('update.report', none).catch(() => {});
    }
    told = isThere;
  };
  const stop = link.onChange(tell);
  tell();
  return stop;
}

async function installationFacts(): Promise<InstallationFacts> {
  const read = (name: string): Promise<string> =>
    readFile(join(process.resourcesPath, name), 'utf8').catch(() => '');
  const [config, packageType] = await Promise.all([read('app-update.yml'), read('package-type')]);
  // Never another program's AppImage: the update would be put in its place.
  const path = appImageOf(process.execPath, process.env);
  const writable = (folder: string): Promise<boolean> =>
    access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
  const appImage = path === null ? null : { path, writable: await writable(dirname(path)) };
  const address = /^url:\s*['"]?([^\s'"]+)['"]?\s*$/m.exec(config)?.[1];
  return {
    platform: process.platform,
    packaged: app.isPackaged,
    appImage,
    packageType: packageType.trim() || null,
    feed: address === undefined ? null : `${address.replace(/\/+$/, '')}/`,
    keys: updateKeys.length,
  };
}
