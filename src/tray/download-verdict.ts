import { pageOrigin } from '../contract/page-relay.ts';

/** Names of files that the page makes itself: one plain word and a kind that nothing runs. */
const ownFile = /^bedrock-[\w.-]{1,120}\.(?:csv|json|txt|yaml)$/;

/**
 * Whether a download is a file that the page made of what it shows (usage as CSV, a policy): then Electron asks the
 * person where to put it. Everything else that begins a download is prevented: the page loads nothing from anywhere.
 */
export function isOwnFile(url: string, name: string): boolean {
  return url.startsWith(`blob:${pageOrigin.scheme}://${pageOrigin.host}/`) && ownFile.test(name);
}
