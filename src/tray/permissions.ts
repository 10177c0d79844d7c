import type { Session } from 'electron';

type Asked = Parameters<NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>>[1];

/**
 * Why the page gets a permission of Chromium's, or does not. Every one that Electron names stands here, so that a
 * newer Electron with one more does not compile before it is thought about; one that nobody named is denied.
 */
export const permissions: Readonly<Record<Asked, { granted: boolean; reason: string }>> = {
  'clipboard-sanitized-write': {
    granted: true,
    reason: 'Copy buttons write plain text; Chromium asks for focus besides',
  },
  'clipboard-read': denied('a terminal’s bytes must never learn what was copied elsewhere'),
  'deprecated-sync-clipboard-read': denied('as clipboard-read'),
  fileSystem: denied('folders are chosen in a dialog of main’s; the page reads no file'),
  media: denied('the page neither hears nor sees'),
  'display-capture': denied('the page does not look at the screen'),
  'captured-surface-control': denied('as display-capture'),
  'speaker-selection': denied('the page makes no sound'),
  mediaKeySystem: denied('the page plays nothing'),
  notifications: denied('main notifies, from the agent’s facts; the page has no reason to speak outside'),
  geolocation: denied('where the person is concerns nobody'),
  'geolocation-approximate': denied('as geolocation'),
  'idle-detection': denied('main tells the agent whether somebody is there'),
  sensors: denied('no use'),
  'hand-tracking': denied('no use'),
  ar: denied('no use'),
  vr: denied('no use'),
  midi: denied('no device is spoken to'),
  midiSysex: denied('no device is spoken to'),
  hid: denied('no device is spoken to'),
  serial: denied('no device is spoken to'),
  usb: denied('no device is spoken to'),
  nfc: denied('no device is spoken to'),
  'smart-card': denied('no device is spoken to'),
  'web-printing': denied('no device is spoken to'),
  'local-fonts': denied('a list of fonts tells computers apart; the font is chosen by its name'),
  'local-network': denied('the page fetches nothing but its own files'),
  'local-network-access': denied('as local-network'),
  'loopback-network': denied('as local-network: the agent is reached through main alone'),
  'background-fetch': denied('the page fetches nothing but its own files'),
  'background-sync': denied('the agent works in the background, the page does not'),
  'periodic-background-sync': denied('as background-sync'),
  'persistent-storage': denied('the page keeps its layout in the agent'),
  'storage-access': denied('there is no other site'),
  'top-level-storage-access': denied('there is no other site'),
  'payment-handler': denied('no use'),
  'web-app-installation': denied('no use'),
  openExternal: denied('main alone opens addresses, each judged (link-verdict.ts)'),
  fullscreen: denied('a page that fills the screen could pass for the system'),
  'automatic-fullscreen': denied('as fullscreen'),
  pointerLock: denied('a page that holds the pointer could pass for the system'),
  keyboardLock: denied('a page that holds the keyboard could pass for the system'),
  'window-management': denied('main places windows'),
  'screen-wake-lock': denied('sessions run on by themselves; the screen may sleep'),
  'system-wake-lock': denied('as screen-wake-lock'),
  unknown: denied('what nobody named'),
};

function denied(reason: string): { granted: false; reason: string } {
  return { granted: false, reason };
}

/** Whether the page is given it. */
export function isGranted(permission: string): boolean {
  return Object.hasOwn(permissions, permission) && permissions[permission as Asked].granted;
}
