import { existsSync } from 'node:fs';
import { describeElectron, findElectron } from './electron-runtime.ts';
import { ordinaryUser } from './ordinary-user.ts';

const PROGRAMS = {
  Xvfb: 'xvfb',
  xauth: 'xauth',
  'dbus-daemon': 'dbus',
  import: 'imagemagick',
  xdotool: 'xdotool',
  'gnome-keyring-daemon': 'gnome-keyring',
  'xfce4-panel': 'xfce4-panel',
} as const;

/**
 * Why end-to-end tests on the private desktop cannot run here, as one sentence for the name of what is skipped;
 * `undefined` where all parts are there.
 */
export function desktopMissing(): string | undefined {
  if (process.platform !== 'linux') return 'the private desktop needs Linux';
  const absent = Object.entries(PROGRAMS).filter(([name]) => !existsSync(`/usr/bin/${name}`));
  if (absent.length > 0) return `apt-get install ${absent.map(([, from]) => from).join(' ')}`;
  if (findElectron() === undefined) return describeElectron(undefined);
  try {
    ordinaryUser();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
