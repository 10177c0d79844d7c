import { partitionFacts, partitionOfStartUrl } from '../domain/profiles/partition.ts';
import {
  hasNoPage,
  isAwsPortalHost,
  regionOfPortalHost,
  regionOfPortalPage,
} from '../domain/profiles/portal-address.ts';
import { endpointOf } from './endpoints.ts';
import { toFault } from './faults.ts';
import type { AwsNetwork } from './network.ts';
import { fetchPage, type Page, TransportError } from './transport.ts';

/** What was found out about an access portal. */
export type PortalFound =
  /** `startUrl`: its own address, where the given one only leads to it. */
  | { found: 'region'; region: string; startUrl: string | null }
  /** It is one, and does not say. */
  | { found: 'silent'; startUrl: string | null }
  /** Nothing is there. */
  | { found: 'unknown' }
  /** Something else is there. */
  | { found: 'not-aws'; host: string };

/** From a company's own address over `www.` and a trailing slash to the portal. */
const maxPages = 4;

const isLoopback = (url: URL) =>
  url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);

/** A portal's address without what only its page's script reads. */
function plainAddress(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/**
 * Where an access portal's region is, by public means alone: its host's name, the page at its address, or where that
 * redirects to. Nothing is registered and nobody is signed in. That an OIDC endpoint takes the start URL proves nothing:
 * it does so in regions where the sign-in then fails (docs/decisions/0029).
 * Errors: AwsFault of kind `network`.
 */
export async function discoverPortal(
  startUrl: string,
  options: {
    network: AwsNetwork;
    signal: AbortSignal;
    /** Reads a page without following redirects. Default: over the network. */
    read?: (url: URL, network: AwsNetwork, signal: AbortSignal) => Promise<Page>;
  },
): Promise<PortalFound> {
  const { network, signal, read = fetchPage } = options;
  const first = new URL(startUrl);
  // A portal's own origin, also the sandbox's; anything else is a company's address that has to lead to one.
  const isPortal = (url: URL) =>
    (url.protocol === 'https:' && isAwsPortalHost(url.hostname)) ||
    (isLoopback(first) && url.origin === first.origin);
  const own = (url: URL) => (isPortal(first) ? null : plainAddress(url));
  // Whoever may ask for this must not reach other programs of this computer: the sandbox alone is a portal here.
  if (isLoopback(first) && first.origin !== signInOrigin(startUrl))
    return { found: 'silent', startUrl: null };

  let url = first;
  for (let n = 0; n < maxPages; n++) {
    const region = isPortal(url) ? regionOfPortalHost(url.hostname) : null;
    if (region !== null) {
      // Its sign-in page is no portal.
      return { found: 'region', region, startUrl: /\.signin\.aws$/.test(url.hostname) ? null : own(url) };
    }
    if (isPortal(url) && hasNoPage(url.hostname)) return { found: 'silent', startUrl: own(url) };

    let page: Page;
    try {
      page = await read(url, network, signal);
    } catch (e) {
      if (e instanceof TransportError && e.code === 'ENOTFOUND' && (await isReachable(startUrl))) {
        return { found: 'unknown' };
      }
      throw toFault(e, { service: 'sso', endpoint: url.origin, secrets: [] });
    }
    if (page.location !== null) {
      if (!URL.canParse(page.location, url)) return { found: 'not-aws', host: url.host };
      const next = new URL(page.location, url);
      if (isPortal(url) && !isPortal(next)) {
        // Over https it was AWS who said so; else somebody in between.
        if (url.protocol === 'https:') return { found: 'silent', startUrl: own(url) };
        return { found: 'not-aws', host: next.host };
      }
      // Never to where an answer could be anybody's.
      if (!isPortal(next) && next.protocol !== 'https:') return { found: 'not-aws', host: next.host };
      url = next;
      continue;
    }
    if (!isPortal(url) || page.status === 511) return { found: 'not-aws', host: url.host };
    if (page.status === 404 || page.status === 410) return { found: 'unknown' };
    const told = page.status < 300 ? regionOfPortalPage(page.text) : null;
    return told === null
      ? { found: 'silent', startUrl: own(url) }
      : { found: 'region', region: told, startUrl: own(url) };
  }
  return { found: 'not-aws', host: url.host };

  function signInEndpointOf(address: string): string {
    const { homeRegion } = partitionFacts(partitionOfStartUrl(address) ?? 'aws');
    return endpointOf('sso-oidc', homeRegion, network.env());
  }

  function signInOrigin(address: string): string {
    return new URL(signInEndpointOf(address)).origin;
  }

  /** Whether the name alone is at fault: AWS's sign-in service is found. */
  async function isReachable(address: string): Promise<boolean> {
    try {
      await read(new URL(signInEndpointOf(address)), network, signal);
      return true;
    } catch {
      return false;
    }
  }
}
