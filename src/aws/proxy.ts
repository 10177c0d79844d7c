import { BlockList, isIP } from 'node:net';
import type { Env } from './endpoints.ts';

/** A variable whatever the spelling of its name; the one in small letters wins, as in Python and curl. */
function variable(env: Env, name: string): string | undefined {
  if (env[name] !== undefined) return env[name];
  for (const [key, value] of Object.entries(env)) {
    if (key.toLowerCase() === name && value !== undefined) return value;
  }
  return undefined;
}

/** The host without brackets, and with its port as an entry of NO_PROXY may name it. */
function hostOf(url: URL): { host: string; withPort: string } {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return { host, withPort: `${host}:${port}` };
}

function inRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || !/^\d{1,3}$/.test(bits)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  try {
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family);
    return list.check(host, family);
  } catch {
    return false;
  }
}

/**
 * Whether NO_PROXY names this host. As the AWS CLI (Python's urllib) reads it: `*`, a domain with all below it (a
 * leading dot changes nothing), a host with its port. Beyond that, as curl and Node do: `*.domain`, blanks between
 * entries, and ranges of addresses (10.0.0.0/8), which can only name an endpoint that is an address itself.
 */
export function isBypassed(url: URL, noProxy: string): boolean {
  const { host, withPort } = hostOf(url);
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const name = entry
        .toLowerCase()
        .replace(/^\*?\.+/, '')
        .replace(/^\[|\]$/g, '');
      if (name === '*' || name === host || name === withPort || inRange(host, name)) return true;
      return host.endsWith(`.${name}`) || withPort.endsWith(`.${name}`);
    });
}

/**
 * The ways in a PAC-style answer of the system (`PROXY a:3128; PROXY b:3128; DIRECT`), in its order; null is a direct
 * connection. What we cannot speak to (SOCKS) is passed over; where nothing else is named, directly.
 */
export function systemWaysOf(rules: string): (string | null)[] {
  const ways: (string | null)[] = [];
  for (const rule of rules.split(';')) {
    const [kind = '', place = ''] = rule.trim().split(/\s+/);
    if (kind.toUpperCase() === 'DIRECT') ways.push(null);
    const scheme = { PROXY: 'http', HTTP: 'http', HTTPS: 'https' }[kind.toUpperCase()];
    if (scheme !== undefined && URL.canParse(`${scheme}://${place}`)) ways.push(`${scheme}://${place}`);
  }
  return ways.length === 0 ? [null] : [...new Set(ways)];
}

export function isLoopback(url: URL): boolean {
  const { host } = hostOf(url);
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * The proxies by which a URL is to be reached, null for directly: one, or where the system says it, several of which
 * the next is for when one cannot be reached. HTTPS_PROXY or HTTP_PROXY by the URL's scheme, in
 * any spelling, and NO_PROXY; where no such variable is set, what the system says. May hold a user and a password:
 * never to be logged. A loopback address is never asked for through a proxy.
 */
export function proxiesFor(url: URL, env: Env, systemRules: string | null): (string | null)[] {
  if (isLoopback(url) || isBypassed(url, variable(env, 'no_proxy') ?? '')) return [null];
  const own = variable(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  // An empty one is a wish too: no proxy.
  if (own !== undefined)
    return [own === '' ? null : /^[a-z][a-z0-9+.-]*:\/\//i.test(own) ? own : `http://${own}`];
  return systemRules === null ? [null] : systemWaysOf(systemRules);
}
