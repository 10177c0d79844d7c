import type { Snapshot } from '../contract/state.ts';

/** `ask`: shown whole first. `open`: the agent itself named it. `refuse`: never leaves. */
export type LinkVerdict = { verdict: 'open' | 'ask'; url: string } | { verdict: 'refuse' };

const LONGEST = 2048;

/**
 * What becomes of a link in the page. Terminals show hostile bytes, so a link says nothing about where it came from:
 * only the addresses of a sign-in under way and of the configured access portals open unasked, any other https
 * address after a person has read it, nothing else at all.
 */
export function judgeLink(address: string, snapshot: Pick<Snapshot, 'ssoSessions'> | null): LinkVerdict {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return { verdict: 'refuse' };
  }
  const own = (snapshot?.ssoSessions ?? []).flatMap((s) => [s.startUrl, ...(s.signIn ? [s.signIn.url] : [])]);
  const isOwn = own.some((known) => {
    try {
      return new URL(known).href === url.href;
    } catch {
      return false;
    }
  });
  if (isOwn && (url.protocol === 'https:' || url.protocol === 'http:'))
    return { verdict: 'open', url: url.href };
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.href.length > LONGEST) {
    return { verdict: 'refuse' };
  }
  return { verdict: 'ask', url: url.href };
}
