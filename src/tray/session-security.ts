import type { Session, WebContents } from 'electron';
import { pageOrigin } from '../contract/page-relay.ts';
import { isOwnFile } from './download-verdict.ts';
import { isGranted } from './permissions.ts';

/** Whether an address is the page's own. */
export function isPageUrl(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === `${pageOrigin.scheme}:` && url.host === pageOrigin.host;
  } catch {
    return false;
  }
}

const grants = (permission: string, requestedBy: string): boolean =>
  isGranted(permission) && isPageUrl(requestedBy);

/** Denies every permission but those that permissions.ts grants, and every request that leaves the page's own files. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(grants(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => grants(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  let isAsking = false;
  session.on('will-download', (event, item) => {
    // One question where to put a file at a time, so that a page cannot pile them up.
    if (!isAsking && isOwnFile(item.getURL(), item.getFilename())) {
      isAsking = true;
      item.once('done', () => {
        isAsking = false;
      });
    } else event.preventDefault();
  });
  session.webRequest.onBeforeRequest((details, answer) => {
    // The developer tools of an unpackaged app load their own files.
    const allowed =
      isPageUrl(details.url) || /^(blob:app:\/\/bedrock-tray\/|data:|devtools:)/.test(details.url);
    answer({ cancel: !allowed });
  });
}

/** Keeps contents of any kind where they are: no navigation, no new window, no webview. */
export function guardContents(contents: WebContents, openLink: (url: string) => void): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
}
