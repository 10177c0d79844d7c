import type { Snapshot } from '../contract/state.ts';
import { portalConsoleUrl } from '../domain/profiles/partition.ts';
import { isAwsPortalHost } from '../domain/profiles/portal-address.ts';

/** `ask`: shown whole first, with the host apart. `open`: an address that is ours to open. `refuse`: never leaves. */
export type LinkVerdict =
  | { verdict: 'open'; url: string }
  | { verdict: 'ask'; url: string; host: string }
  | { verdict: 'refuse' };

const LONGEST = 2048;

/** Where documentation lies that these pages and Claude Code point to: host and the path's beginning. */
export const documentation = [
  ['docs.aws.amazon.com', '/'],
  ['code.claude.com', '/docs/'],
  ['docs.claude.com', '/'],
  ['docs.anthropic.com', '/'],
] as const;

/**
 * What becomes of a link. Terminals show hostile bytes, so a link says nothing about where it came from: only the
 * addresses of a sign-in under way, the configured access portals of AWS, their console shortcuts for a role, and
 * documentation open unasked; any other https address after a person has read it; nothing else at all. What is opened
 * or shown is the address as it will be asked for: hosts in their ASCII form, everything else percent-encoded, so
 * that no character turns the direction of what is read.
 */
export function judgeLink(address: string, snapshot: Pick<Snapshot, 'ssoSessions'> | null): LinkVerdict {
  const url = parsed(address);
  if (url === null || url.username !== '' || url.password !== '') return { verdict: 'refuse' };
  if (url.href.length > LONGEST || !/^[\x21-\x7e]+$/.test(url.href)) return { verdict: 'refuse' };
  // A page may add SSO sessions: a start URL that anybody could answer under is asked about as any other address.
  const isPortal = isLoopback(url) || isAwsPortalHost(url.hostname);
  const own = (snapshot?.ssoSessions ?? []).some(
    ({ startUrl, signIn }) =>
      (signIn !== null && isSame(url, signIn.url)) ||
      (isPortal && (isSame(url, startUrl) || isConsole(url, startUrl))),
  );
  if (own && (url.protocol === 'https:' || isLoopback(url))) return { verdict: 'open', url: url.href };
  if (url.protocol !== 'https:') return { verdict: 'refuse' };
  const isDocumentation = documentation.some(
    ([host, path]) => url.host === host && url.pathname.startsWith(path),
  );
  return isDocumentation
    ? { verdict: 'open', url: url.href }
    : { verdict: 'ask', url: url.href, host: url.host };
}

function parsed(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

const isSame = (url: URL, known: string): boolean => parsed(known)?.href === url.href;

/** AWS's own sandbox and tests sign in on this computer. */
const isLoopback = (url: URL): boolean =>
  url.protocol === 'http:' && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);

/** The portal's shortcut to the console for an account and role, of which nothing but these two is free. */
function isConsole(url: URL, startUrl: string): boolean {
  const query = /^#\/console\?account_id=(\d{12})&role_name=([^&]+)$/.exec(url.hash);
  if (query === null) return false;
  const [, account = '', role = ''] = query;
  let name: string;
  try {
    name = decodeURIComponent(role);
  } catch {
    return false;
  }
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) return false;
  return isSame(url, portalConsoleUrl(startUrl, { accountId: account, roleName: name }));
}
